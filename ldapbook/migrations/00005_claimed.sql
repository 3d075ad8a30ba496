-- +goose Up

-- The addresses (their keys in lookup; see keys.go) that more than one entry of a directory has: kept up in every transaction, as to
-- find them takes a look at every address. It begins empty, as the next migration empties the book.
CREATE TABLE claimed (
  key       INTEGER NOT NULL,
  directory INTEGER NOT NULL,
  PRIMARY KEY (key, directory)
) WITHOUT ROWID;
