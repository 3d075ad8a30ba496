-- +goose Up
-- The Merkle tree over the lines of the audit log (RFC 6962), as far as it was worked out; all of it follows from the lines. position counts
-- complete subtrees in the order in which they become complete.
CREATE TABLE audit_tree (
    position INTEGER PRIMARY KEY,
    hash     BLOB NOT NULL
) STRICT;

-- Where in the log the lines with keys and signed checkpoints are: what counts is what those lines say.
CREATE TABLE audit_mark (
    seq  INTEGER PRIMARY KEY REFERENCES audit (seq),
    kind TEXT NOT NULL,    -- key, checkpoint
    size INTEGER NOT NULL  -- of a checkpoint: the lines that it covers
) STRICT;
CREATE INDEX audit_mark_kind ON audit_mark (kind, seq);

-- How checkpoints leave the machine.
CREATE TABLE audit_way (
    name    TEXT PRIMARY KEY,            -- drop, syslog
    place   TEXT NOT NULL,
    began   INTEGER NOT NULL,            -- Unix milliseconds: since when they are to go there
    gone    INTEGER NOT NULL DEFAULT 0,  -- when one last went; 0: never
    size    INTEGER NOT NULL DEFAULT 0,  -- the lines that it covers
    problem TEXT NOT NULL DEFAULT ''     -- why the last attempt failed; empty: it did not
) STRICT;
