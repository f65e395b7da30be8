-- SPDX-License-Identifier: ISC
-- Documents that are collected for one interchange. batch: the document of kind batch that they went into, 0 until then;
-- a batch has a row of its own, that names itself, with its control numbers.
CREATE TABLE batch (
	doc         INTEGER PRIMARY KEY REFERENCES document (id),
	batch       INTEGER NOT NULL,
	partner     TEXT NOT NULL,
	key         BLOB NOT NULL,
	messages    INTEGER NOT NULL,
	groups      INTEGER NOT NULL,
	size        INTEGER NOT NULL,
	due_ms      INTEGER NOT NULL,
	interchange INTEGER NOT NULL,
	grp         INTEGER NOT NULL
) STRICT;
CREATE INDEX batch_open ON batch (partner, key) WHERE batch = 0;
CREATE INDEX batch_in   ON batch (batch, doc) WHERE batch > 0;
