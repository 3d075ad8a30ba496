-- +goose Up

-- A smaller layout: entries in the order in which they came, what many of them share is kept once, and an index of words of our
-- own. A book is a cache, so nothing is carried over but the tombstones; the directories fill it again.
DROP TABLE words;
DROP TABLE address;
DROP INDEX entry_uuid;
DROP INDEX entry_dn;
DROP TABLE entry;
DELETE FROM tally;
UPDATE directory SET last_success = 0, full_read_at = 0;

-- What all entries have in common of which all can be decided alike. Numbers are never used again.
CREATE TABLE class (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  directory   INTEGER NOT NULL,
  kind        INTEGER NOT NULL,
  transport   TEXT    NOT NULL,
  mail_domain TEXT    NOT NULL,
  chat_domain TEXT    NOT NULL,
  clearance   INTEGER NOT NULL, -- 0: none published
  entries     INTEGER NOT NULL
);
CREATE UNIQUE INDEX class_all ON class (directory, kind, clearance, transport, mail_domain, chat_domain);

-- The tree: containers (unit ''), and the units that the entries of one name (parent: their container).
CREATE TABLE node (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  directory     INTEGER NOT NULL,
  parent        INTEGER NOT NULL, -- 0: the top
  folded        TEXT    NOT NULL, -- DN of the container
  unit_folded   TEXT    NOT NULL,
  dn            TEXT    NOT NULL, -- of the container, as it was spelt first
  unit          TEXT    NOT NULL, -- as it was spelt first
  entries       INTEGER NOT NULL, -- addressees directly in it
  organisations INTEGER NOT NULL  -- entries that are this container
);
CREATE UNIQUE INDEX node_name ON node (directory, folded, unit_folded);

-- How many entries of each class a node has: pairs, packed (see spread.go).
CREATE TABLE spread (
  node   INTEGER PRIMARY KEY,
  counts BLOB NOT NULL
);

-- The distinct names of organisations.
CREATE TABLE organisation (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  directory INTEGER NOT NULL,
  name      TEXT    NOT NULL,
  entries   INTEGER NOT NULL
);
CREATE UNIQUE INDEX organisation_name ON organisation (directory, name);

-- The entries. place says where one stands in the book (see key.go); body holds what is its own (see body.go).
CREATE TABLE entry (
  id        INTEGER PRIMARY KEY,
  place     INTEGER NOT NULL,
  directory INTEGER NOT NULL,
  class     INTEGER NOT NULL,
  node      INTEGER NOT NULL,
  uuid      BLOB    NOT NULL,
  body      BLOB    NOT NULL,
  content   INTEGER NOT NULL, -- hash of everything that was published
  read_at   INTEGER NOT NULL
);

-- Where the entry is that has a place (key above 0), or a UUID, DN, address or member (hashes, below 0; see keys.go).
CREATE TABLE lookup (
  key   INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  PRIMARY KEY (key, entry)
) WITHOUT ROWID;

-- The index of words: the places of the entries that a term stands for, in order, in blocks (see postings.go).
CREATE TABLE posting (
  term  BLOB    NOT NULL,
  first INTEGER NOT NULL, -- no place of the block is below, none of the block before is above
  block INTEGER, -- NULL: a small one, which is in ids
  ids   BLOB,
  PRIMARY KEY (term, first)
) WITHOUT ROWID;
CREATE TABLE block (
  id  INTEGER PRIMARY KEY,
  ids BLOB NOT NULL
);

-- It goes up with each write: what was derived from the book holds for one edition. It begins anywhere, so that a book which is
-- made anew has no edition of the one before.
CREATE TABLE edition (n INTEGER NOT NULL);
INSERT INTO edition (n) VALUES (random() & 0x7fffffffffff);

-- Directories whose rows are not in lookup and posting yet (see load.go).
CREATE TABLE loading (
  directory INTEGER PRIMARY KEY
);
