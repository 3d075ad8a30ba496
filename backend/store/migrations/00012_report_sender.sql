-- +goose Up
-- Whom the mail that brought a report says that it is from, which the report itself need not; '': nobody, or not recorded.
ALTER TABLE inbox_report ADD COLUMN sender TEXT NOT NULL DEFAULT '';
