-- +goose Up
-- The reads of directories that are going on, so that every process can tell how far they are, and ask one to stop. The holder
-- of the lock writes them, and clears them when it begins.
CREATE TABLE sync_run (
    directory  TEXT PRIMARY KEY,
    started    INTEGER NOT NULL, -- Unix milliseconds
    updated    INTEGER NOT NULL, -- Unix milliseconds
    full       INTEGER NOT NULL,
    entries    INTEGER NOT NULL, -- read so far
    added      INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    expected   INTEGER NOT NULL, -- 0: not known
    per_second REAL    NOT NULL,
    bytes      INTEGER NOT NULL,
    stop       INTEGER NOT NULL DEFAULT 0 -- somebody asked it to stop
) STRICT, WITHOUT ROWID;
