-- SPDX-License-Identifier: ISC
-- Times are milliseconds since 1970 UTC, 0: not set. File names are BLOBs: any bytes. Numbers of axes and stages are
-- those of gateway/exchange.h; what people see is in words (document.shown), and events are stored by name.

CREATE TABLE document (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	ulid        TEXT NOT NULL UNIQUE,
	dir         INTEGER NOT NULL,
	kind        INTEGER NOT NULL,
	partner     TEXT NOT NULL,
	name        BLOB NOT NULL,
	path        BLOB NOT NULL,
	size        INTEGER NOT NULL,
	sha256      TEXT NOT NULL,
	format      TEXT NOT NULL,
	type        TEXT NOT NULL,
	number      TEXT NOT NULL,
	sender      TEXT NOT NULL,
	receiver    TEXT NOT NULL,
	control     TEXT NOT NULL,
	test        INTEGER NOT NULL,
	message_id  TEXT NOT NULL,
	subject     TEXT NOT NULL,
	stage       INTEGER NOT NULL,
	t           INTEGER NOT NULL,
	r           INTEGER NOT NULL,
	a           INTEGER NOT NULL,
	b           INTEGER NOT NULL,
	shown       TEXT NOT NULL,
	reason      TEXT NOT NULL,
	parent      INTEGER NOT NULL,
	created_ms  INTEGER NOT NULL,
	changed_ms  INTEGER NOT NULL,
	deadline_ms INTEGER NOT NULL,
	attempts    INTEGER NOT NULL
) STRICT;
CREATE INDEX document_partner  ON document (partner, id);
CREATE INDEX document_shown    ON document (shown, id);
CREATE INDEX document_counts   ON document (dir, kind, partner, shown);
CREATE INDEX document_name     ON document (name);
CREATE INDEX document_mail     ON document (message_id, partner) WHERE message_id <> '';
CREATE INDEX document_control  ON document (control, sender, receiver) WHERE control <> '';
CREATE INDEX document_number   ON document (number) WHERE number <> '';
CREATE INDEX document_deadline ON document (deadline_ms) WHERE deadline_ms > 0;

CREATE TABLE message (
	doc     INTEGER NOT NULL REFERENCES document (id),
	ordinal INTEGER NOT NULL,
	type    TEXT NOT NULL,
	version TEXT NOT NULL,
	control TEXT NOT NULL,
	grp     TEXT NOT NULL,
	number  TEXT NOT NULL,
	PRIMARY KEY (doc, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_number ON message (number) WHERE number <> '';

CREATE TABLE transmission (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	doc           INTEGER NOT NULL REFERENCES document (id),
	kind          INTEGER NOT NULL,
	ulid          TEXT NOT NULL UNIQUE,
	message_id    TEXT NOT NULL UNIQUE,
	envid         TEXT NOT NULL,
	sender        TEXT NOT NULL,
	recipient     TEXT NOT NULL,
	size          INTEGER NOT NULL,
	sha256        TEXT NOT NULL,
	mic           TEXT NOT NULL,
	wants_receipt INTEGER NOT NULL,
	t             INTEGER NOT NULL,
	superseded_by INTEGER NOT NULL,
	created_ms    INTEGER NOT NULL,
	first_try_ms  INTEGER NOT NULL,
	accepted_ms   INTEGER NOT NULL,
	tries         INTEGER NOT NULL
) STRICT;
CREATE INDEX transmission_doc   ON transmission (doc, kind);
CREATE INDEX transmission_envid ON transmission (envid) WHERE envid <> '';

CREATE TABLE attempt (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	tx           INTEGER NOT NULL REFERENCES transmission (id),
	phase        INTEGER NOT NULL,
	started_ms   INTEGER NOT NULL,
	committed_ms INTEGER NOT NULL,
	ended_ms     INTEGER NOT NULL,
	result       TEXT NOT NULL,
	peer         TEXT NOT NULL,
	tls          TEXT NOT NULL,
	code         INTEGER NOT NULL,
	enhanced     TEXT NOT NULL,
	reply        TEXT NOT NULL,
	transcript   TEXT NOT NULL
) STRICT;
CREATE INDEX attempt_tx   ON attempt (tx);
CREATE INDEX attempt_open ON attempt (id) WHERE phase < 2;

CREATE TABLE event (
	id    INTEGER PRIMARY KEY AUTOINCREMENT,
	doc   INTEGER NOT NULL REFERENCES document (id),
	tx    INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	role  TEXT NOT NULL,
	kind  TEXT NOT NULL,
	arg   INTEGER NOT NULL,
	text  TEXT NOT NULL,
	proof TEXT NOT NULL
) STRICT;
CREATE INDEX event_doc ON event (doc);
CREATE TRIGGER event_stays_put BEFORE UPDATE ON event
BEGIN
	SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TABLE job (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	kind           INTEGER NOT NULL,
	doc            INTEGER NOT NULL REFERENCES document (id),
	tx             INTEGER NOT NULL,
	due_ms         INTEGER NOT NULL,
	lease_until_ms INTEGER NOT NULL,
	owner          TEXT NOT NULL,
	tries          INTEGER NOT NULL,
	detail         TEXT NOT NULL
) STRICT;
CREATE INDEX job_due   ON job (kind, due_ms) WHERE lease_until_ms = 0;
CREATE INDEX job_next  ON job (due_ms) WHERE lease_until_ms = 0;
CREATE INDEX job_lease ON job (lease_until_ms) WHERE lease_until_ms > 0;
CREATE INDEX job_doc   ON job (doc);

CREATE TABLE waiting (
	partner  TEXT NOT NULL,
	name     BLOB NOT NULL,
	reason   TEXT NOT NULL,
	refused  INTEGER NOT NULL,
	since_ms INTEGER NOT NULL,
	PRIMARY KEY (partner, name)
) STRICT, WITHOUT ROWID;
