-- +goose Up

-- The number of a directory is never used again: what was begun for one that was forgotten must not be written as another's.
CREATE TABLE directory_new (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  name         TEXT    NOT NULL UNIQUE,
  nation       TEXT    NOT NULL DEFAULT '',
  last_attempt INTEGER NOT NULL DEFAULT 0,
  last_success INTEGER NOT NULL DEFAULT 0,
  full_read_at INTEGER NOT NULL DEFAULT 0, -- start of the last complete read: every row of the directory is at least as fresh
  incomplete   INTEGER NOT NULL DEFAULT 0,
  error        TEXT    NOT NULL DEFAULT ''
);
INSERT INTO directory_new SELECT id, name, nation, last_attempt, last_success, full_read_at, incomplete, error FROM directory;
DROP TABLE directory;
ALTER TABLE directory_new RENAME TO directory;
