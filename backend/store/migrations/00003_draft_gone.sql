-- +goose Up
-- Of a draft that was sent or deleted only id and version are kept: a first save that comes late must not bring back what was
-- sent, and one that was deleted counts on when it is made anew, so that nobody takes its new versions for the old ones.
ALTER TABLE draft ADD COLUMN gone TEXT NOT NULL DEFAULT ''; -- sent or deleted; empty: it is there
