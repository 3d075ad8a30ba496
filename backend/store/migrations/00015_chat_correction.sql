-- +goose Up
-- Of a message that was sent from here as a correction: the stanza's id of the one that it corrects. Empty: it is none.
ALTER TABLE chat_message ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
CREATE INDEX chat_message_replaces ON chat_message (conversation, replaces) WHERE replaces <> '';
