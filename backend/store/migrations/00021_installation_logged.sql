-- +goose Up
-- What the installation file said when the audit log last knew, without secrets and whole documents; the line of the log holds its
-- SHA-256. None: no program has loaded it here yet. rules_logged, which knew of rules alone, is not used any more.
CREATE TABLE installation_logged (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    audit_seq INTEGER NOT NULL REFERENCES audit (seq),
    recorded  TEXT NOT NULL -- TOML
) STRICT;
