-- +goose Up

-- How each directory is kept up to date. The rows of a directory are worth nothing without what stands here, and the other way
-- round: a migration that drops entries drops these two tables' rows as well.
CREATE TABLE refresh (
  directory INTEGER PRIMARY KEY,
  strategy  TEXT    NOT NULL DEFAULT '', -- of the last attempt
  refused   TEXT    NOT NULL DEFAULT '', -- strategies, separated by spaces, that the server does not do
  asked     BLOB, -- hash of what refused holds for
  scope     BLOB, -- hash of what cookie, resume and mark hold for: server, base, mapping, strategy
  cookie    BLOB, -- of syncrepl or DirSync: the rows are the directory as it was then; NULL: none
  resume    BLOB, -- a cookie from inside a first refresh that was broken off; NULL: none
  mark      TEXT    NOT NULL DEFAULT '', -- the newest entryCSN or modifyTimestamp
  last_full INTEGER NOT NULL DEFAULT 0, -- start of the last complete read of everything
  bytes     INTEGER NOT NULL DEFAULT 0, -- read in the last attempt
  duration  INTEGER NOT NULL DEFAULT 0, -- of the last attempt, microseconds
  held      INTEGER NOT NULL DEFAULT 0, -- entries that are gone and wait for a confirmation
  confirmed INTEGER NOT NULL DEFAULT 0, -- entries that the next read may remove, whatever their share
  file      TEXT    NOT NULL DEFAULT '' -- of a file that was read to its end: size, time, hash
);

-- The containers' names: one that is renamed renames everything below it, of which servers tell nothing.
CREATE TABLE container (
  directory INTEGER NOT NULL,
  uuid      TEXT    NOT NULL,
  dn        TEXT    NOT NULL, -- folded
  PRIMARY KEY (directory, uuid)
) WITHOUT ROWID;
