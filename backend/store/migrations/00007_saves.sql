-- +goose Up
-- The page's own name of the last save: a save that follows it is told from one of another page.
ALTER TABLE draft ADD COLUMN saved_as TEXT NOT NULL DEFAULT '';
