-- +goose Up
-- Drafts that are being written (RULES 21). One is removed when it is deleted, or in the transaction that queues it.
CREATE TABLE draft (
    id      TEXT PRIMARY KEY, -- made by the page
    version INTEGER NOT NULL, -- counts the saves, from 1
    content TEXT NOT NULL,    -- document, as far as it was typed
    changed INTEGER NOT NULL  -- Unix milliseconds
) STRICT;

-- The report of the check that cleared the message, JSON; its digest is report_digest. Empty: cleared before this column was.
ALTER TABLE message ADD COLUMN report TEXT NOT NULL DEFAULT '';
