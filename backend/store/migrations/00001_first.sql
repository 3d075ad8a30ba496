-- +goose Up
CREATE TABLE change (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

CREATE TABLE job (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    request TEXT NOT NULL,
    state   TEXT NOT NULL,
    result  TEXT NOT NULL DEFAULT '',
    error   TEXT NOT NULL DEFAULT '',
    created INTEGER NOT NULL -- Unix seconds
) STRICT;

-- Counts how often a process became the holder: what was checked in an earlier epoch is checked again (RULES 24).
CREATE TABLE epoch (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    count INTEGER NOT NULL
) STRICT;
INSERT INTO epoch (only, count) VALUES (1, 0);

-- The audit log: line is one JSON object, byte for byte as it is exported; hash is over those bytes (package audit).
CREATE TABLE audit (
    seq  INTEGER PRIMARY KEY,
    line BLOB NOT NULL,
    hash TEXT NOT NULL
) STRICT;

-- What a check has met (RULES 8): an entry or clearance that is gone later is withdrawn, not unknown.
CREATE TABLE seen (
    address       TEXT NOT NULL, -- folded
    directory     TEXT NOT NULL,
    uuid          TEXT NOT NULL,
    dn            TEXT NOT NULL,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    nation        TEXT NOT NULL,
    had_clearance INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL, -- Unix seconds
    PRIMARY KEY (address, directory, uuid)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id          TEXT PRIMARY KEY,
    state       TEXT NOT NULL,
    channel     TEXT NOT NULL,
    account     TEXT NOT NULL,
    sender      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    marking     TEXT NOT NULL,
    draft       TEXT NOT NULL, -- canonical document
    draft_digest  TEXT NOT NULL,
    report_digest TEXT NOT NULL,
    wire_sha256   TEXT NOT NULL,
    wire_size     INTEGER NOT NULL,
    audit_seq   INTEGER NOT NULL REFERENCES audit (seq),
    overridden  INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    created     INTEGER NOT NULL, -- Unix milliseconds
    next_try    INTEGER NOT NULL, -- Unix milliseconds
    checked     INTEGER NOT NULL, -- Unix milliseconds: when the last check passed
    epoch       INTEGER NOT NULL, -- in which the last check passed
    note        TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX message_state ON message (state, next_try);

CREATE TABLE message_recipient (
    message  TEXT NOT NULL REFERENCES message (id),
    position INTEGER NOT NULL,
    address  TEXT NOT NULL,
    state    TEXT NOT NULL,
    code     INTEGER NOT NULL DEFAULT 0,
    reply    TEXT NOT NULL DEFAULT '',
    changed  INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;
