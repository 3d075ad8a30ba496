-- +goose Up
-- Contents of files that are attached: they lie in DATA/spool under their hash. The row comes after the file; one that nothing
-- refers to any more is collected when the holder of the lock begins.
CREATE TABLE attachment (
    sha256  TEXT PRIMARY KEY,
    size    INTEGER NOT NULL,
    kept    INTEGER NOT NULL -- Unix milliseconds: when it was handed in last
) STRICT, WITHOUT ROWID;

-- Every label that a file bears or ever bore: none replaces another one (RULES 1).
CREATE TABLE attachment_label (
    sha256  TEXT NOT NULL REFERENCES attachment (sha256),
    label   TEXT NOT NULL, -- XML; as it stands there when it cannot be read
    problem TEXT NOT NULL, -- why it cannot be read; '': it can
    inside  INTEGER NOT NULL, -- it stands in the file itself, not in a sidecar
    PRIMARY KEY (sha256, label, problem, inside)
) STRICT, WITHOUT ROWID;

-- Earlier versions of drafts that are being written. They go with the draft.
CREATE TABLE draft_version (
    draft   TEXT NOT NULL REFERENCES draft (id),
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    changed INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (draft, version)
) STRICT, WITHOUT ROWID;

-- The last whole label of a draft, JSON: a less restrictive one needs a reason, even after a moment without any (RULES 1).
ALTER TABLE draft ADD COLUMN labelled TEXT NOT NULL DEFAULT '';

CREATE TABLE template (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    content TEXT NOT NULL, -- document of a draft, as far as it was typed
    changed INTEGER NOT NULL -- Unix milliseconds
) STRICT;

-- Labels that the user sent something under or keeps at hand.
CREATE TABLE label_use (
    selection TEXT PRIMARY KEY, -- JSON
    used      INTEGER NOT NULL DEFAULT 0,
    last      INTEGER NOT NULL DEFAULT 0, -- Unix milliseconds; 0: never
    favourite INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- When a message is to leave; 0: at once. It is checked again then (RULES 24).
ALTER TABLE message ADD COLUMN send_at INTEGER NOT NULL DEFAULT 0; -- Unix milliseconds
