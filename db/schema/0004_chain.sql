-- SPDX-License-Identifier: ISC
-- Every event carries the hash of itself and the one before it (db/chain.c); those that were there already get theirs
-- when a writer opens the database. Then no event is changed or removed any more.
ALTER TABLE event ADD COLUMN hash TEXT NOT NULL DEFAULT '';
DROP TRIGGER event_stays_put;
CREATE TRIGGER event_stays_put BEFORE UPDATE ON event WHEN OLD.hash <> ''
BEGIN
	SELECT RAISE(ABORT, 'events are append-only');
END;
CREATE TRIGGER event_stays BEFORE DELETE ON event
BEGIN
	SELECT RAISE(ABORT, 'events are append-only');
END;
