-- +goose Up

-- Whether its directory says that an entry is not in use, and whether it publishes an end, is decided by class as well. The classes
-- of entries that are here cannot tell, and a book is a cache: nothing is carried over but the tombstones; the directories fill it
-- again. Rows are deleted and tables kept, so that no number is used again.
DELETE FROM entry;
DELETE FROM lookup;
DELETE FROM posting;
DELETE FROM block;
DELETE FROM claimed;
DELETE FROM spread;
DELETE FROM node;
DELETE FROM organisation;
DELETE FROM class;
DELETE FROM tally;
DELETE FROM loading;
DELETE FROM refresh;
DELETE FROM container;
UPDATE directory SET last_success = 0, full_read_at = 0;
UPDATE edition SET n = n + 1;

DROP INDEX class_all;
ALTER TABLE class ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE class ADD COLUMN expires INTEGER NOT NULL DEFAULT 0; -- an end is published; when, the entry says
CREATE UNIQUE INDEX class_all ON class (directory, kind, clearance, transport, mail_domain, chat_domain, disabled, expires);
