-- +goose Up
-- The policies that were loaded, or were found in force; the documents lie in DATA/policies/<sha256>.xml.
CREATE TABLE policy_version (
    sha256     TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    id         TEXT NOT NULL,              -- object identifier
    version    INTEGER NOT NULL,
    loaded     INTEGER NOT NULL,           -- Unix milliseconds
    loaded_by  TEXT NOT NULL,
    warnings   INTEGER NOT NULL,           -- of lint, when it was loaded
    notes      INTEGER NOT NULL,
    acceptance TEXT NOT NULL DEFAULT ''    -- who accepted it without a verified signature, when and why; '': nobody yet
) STRICT, WITHOUT ROWID;

-- Since when each was in force: the last one of an id is the one that is.
CREATE TABLE policy_use (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL REFERENCES policy_version (sha256),
    at     INTEGER NOT NULL,               -- Unix milliseconds
    by_user TEXT NOT NULL
) STRICT;
