-- +goose Up
-- The last line of the audit log that says which rules are in force. None: those of a program as delivered, which are none.
CREATE TABLE rules_logged (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    audit_seq INTEGER NOT NULL REFERENCES audit (seq)
) STRICT;
