-- +goose Up
-- What is known of the chat accounts. Only the holder of the lock writes what came.
CREATE TABLE chat_account (
    name     TEXT PRIMARY KEY,
    jid      TEXT NOT NULL,               -- bare: what was said to another one is void
    caught   INTEGER NOT NULL DEFAULT 0,  -- Unix milliseconds: up to when the archive was read; 0: never
    online   INTEGER NOT NULL DEFAULT 0,
    since    INTEGER NOT NULL DEFAULT 0,  -- when it became so; 0: not known
    next_try INTEGER NOT NULL DEFAULT 0,  -- 0: nobody tries
    problem  TEXT NOT NULL DEFAULT '',
    archive  TEXT NOT NULL DEFAULT ''     -- why what was said meanwhile may be missing; empty: nothing is
) STRICT;

CREATE TABLE chat_conversation (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES chat_account (name) ON DELETE CASCADE,
    kind       TEXT NOT NULL,               -- person, room
    address    TEXT NOT NULL,               -- bare
    nick       TEXT NOT NULL DEFAULT '',    -- the user's own, in a room
    wanted     INTEGER NOT NULL DEFAULT 0,  -- 1: the user wants to be in the room
    bookmarked INTEGER NOT NULL DEFAULT 0,
    created    INTEGER NOT NULL,            -- Unix milliseconds
    caught     INTEGER NOT NULL DEFAULT 0,  -- of a room: up to when its archive was read
    problem    TEXT NOT NULL DEFAULT '',
    code       TEXT NOT NULL DEFAULT '',    -- the room's own name of the problem
    UNIQUE (account, address)
) STRICT;

-- Of a message that is withheld, nothing of what it says is here.
CREATE TABLE chat_message (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES chat_conversation (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,               -- message, subject, invitation, refusal
    at           INTEGER NOT NULL,            -- Unix milliseconds
    late         INTEGER NOT NULL DEFAULT 0,  -- 1: it was said before it came
    mine         INTEGER NOT NULL DEFAULT 0,
    nick         TEXT NOT NULL DEFAULT '',
    address      TEXT NOT NULL DEFAULT '',    -- bare; empty: not known
    stanza       TEXT NOT NULL DEFAULT '',    -- its id, as the sender named it
    archive      TEXT NOT NULL DEFAULT '',    -- its name in the archive
    state        TEXT NOT NULL,               -- kept, withheld, missing
    envelope     TEXT NOT NULL DEFAULT '',    -- its label elements as they came
    subject      TEXT NOT NULL DEFAULT '',
    body         TEXT NOT NULL DEFAULT '',
    cut          INTEGER NOT NULL DEFAULT 0,
    private      INTEGER NOT NULL DEFAULT 0,
    corrections  TEXT NOT NULL DEFAULT '',    -- ids of those that were taken in, one a line
    relabelled   INTEGER NOT NULL DEFAULT 0,  -- 1: it corrects another one that has another label
    problem      TEXT NOT NULL DEFAULT '',
    room         TEXT NOT NULL DEFAULT '',    -- of an invitation
    unread       INTEGER NOT NULL DEFAULT 0,
    labelled     INTEGER NOT NULL DEFAULT 0,  -- 1: it came with something that is, or should be, a label
    delivered    INTEGER NOT NULL DEFAULT 0,  -- 1: the receiver says that it has come
    outbox       TEXT NOT NULL DEFAULT '',    -- of one that was sent from here: its name in the queue
    logged       INTEGER NOT NULL DEFAULT 0   -- 1: that it was withheld is in the audit log
) STRICT;
CREATE INDEX chat_message_list ON chat_message (conversation, at, seq);
CREATE INDEX chat_message_stanza ON chat_message (conversation, stanza);
CREATE INDEX chat_message_archive ON chat_message (conversation, archive) WHERE archive <> '';
CREATE INDEX chat_message_unread ON chat_message (conversation) WHERE unread = 1;
CREATE INDEX chat_message_outbox ON chat_message (outbox) WHERE outbox <> '';
