-- +goose Up
-- Of a member of a list that is written to itself: the list, as the draft addresses it. "": the draft names the address itself.
ALTER TABLE message_recipient ADD COLUMN by_list TEXT NOT NULL DEFAULT '';
