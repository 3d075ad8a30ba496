-- +goose Up
-- Whom the user writes to, keeps at hand and groups. An entry is named as in the address book, which may be deleted at any time:
-- so name and address are kept as they were last known.
CREATE TABLE used (
    directory TEXT NOT NULL,
    uuid      TEXT NOT NULL,
    name      TEXT NOT NULL,
    count     INTEGER NOT NULL,
    last      INTEGER NOT NULL, -- Unix milliseconds
    heat      REAL NOT NULL,    -- logarithm of the uses, each weighed by how recent it is: it orders without knowing the time
    PRIMARY KEY (directory, uuid)
) STRICT, WITHOUT ROWID;

CREATE INDEX used_heat ON used (heat);

CREATE TABLE favourite (
    directory TEXT NOT NULL,
    uuid      TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (directory, uuid)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_group (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    changed INTEGER NOT NULL -- Unix milliseconds
) STRICT;

CREATE TABLE own_group_member (
    own_group TEXT NOT NULL REFERENCES own_group (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    directory TEXT NOT NULL,
    uuid      TEXT NOT NULL,
    address   TEXT NOT NULL, -- what is written to
    name      TEXT NOT NULL,
    PRIMARY KEY (own_group, position)
) STRICT, WITHOUT ROWID;
