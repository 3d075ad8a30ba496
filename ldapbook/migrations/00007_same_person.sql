-- +goose Up

-- The rows of entries may name other entries of the same person now, which an older program cannot read. Those that are here name
-- none; as the mapping is another, every directory is read anew.
UPDATE edition SET n = n + 1;
