-- SPDX-License-Identifier: ISC
-- Control numbers that we give out, by partner and purpose: the last one.
CREATE TABLE counter (
	partner TEXT NOT NULL,
	name    TEXT NOT NULL,
	value   INTEGER NOT NULL,
	PRIMARY KEY (partner, name)
) STRICT, WITHOUT ROWID;

-- What an inbound document is due as an acknowledgement: its text with any control numbers, and those it gets.
CREATE TABLE ack (
	doc          INTEGER PRIMARY KEY REFERENCES document (id),
	answer       INTEGER NOT NULL,
	verdict      TEXT NOT NULL,
	body         BLOB NOT NULL,
	interchanges INTEGER NOT NULL,
	groups       INTEGER NOT NULL,
	interchange  INTEGER NOT NULL,
	grp          INTEGER NOT NULL
) STRICT;
CREATE INDEX ack_answer ON ack (answer) WHERE answer > 0;

-- What partners said of each message that we sent; the last word holds.
CREATE TABLE message_ack (
	doc     INTEGER NOT NULL REFERENCES document (id),
	grp     TEXT NOT NULL,
	control TEXT NOT NULL,
	verdict TEXT NOT NULL,
	errors  TEXT NOT NULL,
	said_by INTEGER NOT NULL,
	PRIMARY KEY (doc, grp, control)
) STRICT, WITHOUT ROWID;
