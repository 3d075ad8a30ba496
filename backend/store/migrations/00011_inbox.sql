-- +goose Up
-- What is known of the mailboxes that are read. Only the holder of the lock writes what it read there.
CREATE TABLE inbox_mailbox (
    name     TEXT PRIMARY KEY,
    place    TEXT NOT NULL,              -- which server and user: what was read of another one is void
    validity INTEGER NOT NULL DEFAULT 0, -- UIDVALIDITY; 0: never read
    next_uid INTEGER NOT NULL DEFAULT 0,
    modseq   INTEGER NOT NULL DEFAULT 0,
    synced   INTEGER NOT NULL DEFAULT 0, -- Unix milliseconds: when it was last read to its end; 0: never
    online   INTEGER NOT NULL DEFAULT 0,
    problem  TEXT NOT NULL DEFAULT '',
    left_out INTEGER NOT NULL DEFAULT 0, -- 1: it has older messages that are not listed here
    asked    INTEGER NOT NULL DEFAULT 0  -- how often somebody asked to look now
) STRICT;

-- Of a message that is withheld, nothing of what it says is here.
CREATE TABLE inbox_message (
    id       TEXT PRIMARY KEY,
    mailbox  TEXT NOT NULL REFERENCES inbox_mailbox (name) ON DELETE CASCADE,
    uid      INTEGER NOT NULL,           -- 0: it was renumbered, and not found again yet
    received INTEGER NOT NULL,           -- Unix milliseconds
    size     INTEGER NOT NULL,
    seen     INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    to_mark  INTEGER NOT NULL DEFAULT 0, -- 1: the mailbox does not know of seen or answered yet
    state    TEXT NOT NULL,              -- listed, kept, withheld, failed
    problem  TEXT NOT NULL DEFAULT '',   -- why it failed
    head     TEXT NOT NULL DEFAULT '',   -- SHA-256 of its header
    envelope TEXT NOT NULL DEFAULT '',   -- of its header what says who, when and its label
    inner    TEXT NOT NULL DEFAULT '',   -- labels of what goes with it, JSON
    facts    TEXT NOT NULL DEFAULT '',   -- what the list shows of a kept one, JSON
    message_id TEXT NOT NULL DEFAULT '', -- of a kept one
    body     TEXT NOT NULL DEFAULT '',   -- SHA-256, of a kept one
    logged   INTEGER NOT NULL DEFAULT 0  -- 1: that it was withheld is in the audit log
) STRICT;
CREATE INDEX inbox_message_list ON inbox_message (mailbox, received, id);
CREATE INDEX inbox_message_identifier ON inbox_message (message_id) WHERE message_id <> '';

-- What was reported of the recipients of sent messages: claims.
CREATE TABLE inbox_report (
    message   TEXT NOT NULL,
    recipient TEXT NOT NULL, -- as the message has it
    source    TEXT NOT NULL, -- SHA-256 of the header of the mail that says so
    position  INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    at        INTEGER NOT NULL, -- Unix milliseconds
    status    TEXT NOT NULL,
    text      TEXT NOT NULL,
    reporter  TEXT NOT NULL,
    automatic INTEGER NOT NULL,
    PRIMARY KEY (message, source, position)
) STRICT, WITHOUT ROWID;
