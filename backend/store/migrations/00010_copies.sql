-- +goose Up
-- A row with a folder is no message but a copy of one for the user's mailbox (RULES 21), kept there by the account of its name.
ALTER TABLE message ADD COLUMN folder TEXT NOT NULL DEFAULT ''; -- sent or drafts; '': a message
ALTER TABLE message ADD COLUMN copy_of TEXT NOT NULL DEFAULT ''; -- of a copy in sent: the message; in drafts: the draft
-- The message to the other audience, where the check split a draft.
ALTER TABLE message ADD COLUMN split_from TEXT NOT NULL DEFAULT '';
-- The server's enhanced status code (RFC 3463).
ALTER TABLE message_recipient ADD COLUMN status TEXT NOT NULL DEFAULT '';

CREATE INDEX message_copy ON message (copy_of) WHERE folder <> '';
