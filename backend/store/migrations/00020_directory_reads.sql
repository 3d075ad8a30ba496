-- +goose Up
-- What reading the directories brought and cost of late; kept for 14 days. A message of its own is in error, empty where all went well.
CREATE TABLE directory_read (
  id INTEGER PRIMARY KEY,
  directory TEXT NOT NULL,
  started INTEGER NOT NULL, -- ms
  ms INTEGER NOT NULL,
  state TEXT NOT NULL, -- ok, incomplete, held, failed, stopped
  strategy TEXT NOT NULL,
  everything INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  error TEXT NOT NULL
) STRICT;
CREATE INDEX directory_read_when ON directory_read (directory, started);
