-- +goose Up

-- The addresses (their keys in lookup; see keys.go) that more than one entry of a directory has: kept up in every transaction, as to
-- find them takes a look at every address.
CREATE TABLE claimed (
  key       INTEGER NOT NULL,
  directory INTEGER NOT NULL,
  PRIMARY KEY (key, directory)
) WITHOUT ROWID;
INSERT INTO claimed (key, directory)
  SELECT l.key, e.directory
  FROM (SELECT key FROM lookup WHERE key BETWEEN -52776558133248 AND -35184372088833 GROUP BY key HAVING count(*) > 1) k
    CROSS JOIN lookup l ON l.key = k.key CROSS JOIN entry e ON e.id = l.entry
  WHERE e.directory NOT IN (SELECT directory FROM loading)
  GROUP BY l.key, e.directory HAVING count(*) > 1;
