-- +goose Up

-- One row per directory that was ever read. Times are microseconds since 1970, UTC; 0: never.
CREATE TABLE directory (
  id           INTEGER PRIMARY KEY,
  name         TEXT    NOT NULL UNIQUE,
  nation       TEXT    NOT NULL DEFAULT '',
  last_attempt INTEGER NOT NULL DEFAULT 0,
  last_success INTEGER NOT NULL DEFAULT 0,
  full_read_at INTEGER NOT NULL DEFAULT 0, -- start of the last complete read: every row of the directory is at least as fresh
  incomplete   INTEGER NOT NULL DEFAULT 0,
  error        TEXT    NOT NULL DEFAULT ''
);

-- How many entries of each kind a directory has; kept up in every transaction that adds or removes entries.
CREATE TABLE tally (
  directory INTEGER NOT NULL,
  kind      INTEGER NOT NULL,
  entries   INTEGER NOT NULL,
  PRIMARY KEY (directory, kind)
) WITHOUT ROWID;

-- The distinct clearances: all values of one entry, packed. Many entries share few. Numbers are never used again.
CREATE TABLE clearance (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 BLOB NOT NULL UNIQUE,
  texts  BLOB NOT NULL
);

-- The entries; id is the place in the book (see key.go). Lists are packed (see list.go).
CREATE TABLE entry (
  id           INTEGER PRIMARY KEY,
  directory    INTEGER NOT NULL,
  uuid         TEXT    NOT NULL,
  dn           TEXT    NOT NULL,
  dn_key       INTEGER NOT NULL,
  kind         INTEGER NOT NULL,
  name         TEXT    NOT NULL,
  surname      TEXT    NOT NULL,
  given_name   TEXT    NOT NULL,
  rank         TEXT    NOT NULL,
  title        TEXT    NOT NULL,
  unit         TEXT    NOT NULL,
  organisation TEXT    NOT NULL,
  mail         BLOB,
  jid          BLOB,
  phone        BLOB,
  members      BLOB,
  occupants    BLOB,
  partial      INTEGER NOT NULL,
  clearance    INTEGER NOT NULL, -- 0: none published
  transport    TEXT    NOT NULL,
  content      BLOB    NOT NULL, -- hash of everything that was published
  read_at      INTEGER NOT NULL
);
CREATE UNIQUE INDEX entry_uuid ON entry (directory, uuid);
CREATE INDEX entry_dn ON entry (dn_key);

CREATE TABLE address (
  folded TEXT    NOT NULL,
  entry  INTEGER NOT NULL,
  PRIMARY KEY (folded, entry)
) WITHOUT ROWID;

-- Addresses whose entry, or its clearance, was once here and is gone.
CREATE TABLE tombstone (
  folded    TEXT    NOT NULL,
  directory INTEGER NOT NULL,
  uuid      TEXT    NOT NULL,
  dn        TEXT    NOT NULL,
  name      TEXT    NOT NULL,
  kind      INTEGER NOT NULL,
  cleared   INTEGER NOT NULL, -- it had a clearance when it was last seen with one
  what      TEXT    NOT NULL, -- 'entry' or 'clearance'
  gone_at   INTEGER NOT NULL,
  PRIMARY KEY (folded, directory, uuid)
) WITHOUT ROWID;
CREATE INDEX tombstone_entry ON tombstone (directory, uuid);

-- The words of every entry, folded before they come here; rowid = entry.id, so rowid order is book order. The tokenizer
-- must not fold again: ascii takes every character beyond ASCII as part of a word.
CREATE VIRTUAL TABLE words USING fts5(
  text, content='', contentless_delete=1, detail=none, tokenize='ascii', prefix='1 2 3 4 5 6 7 8 9 10'
);
