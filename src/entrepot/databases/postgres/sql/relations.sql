-- Tables and views of all user schemas. Partitions are left out: they are read through their parent.
-- So are the table of our own marks (databases/marks.py), and our own records if they are kept in this database.
-- `heirs`: other tables inherit from this one, so it must be read with ONLY. Estimates are NULL if never analysed.
SELECT
    c.oid::pg_catalog.int8 AS id,
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS name,
    c.relkind::pg_catalog.text AS kind,
    pg_catalog.obj_description(c.oid, 'pg_class') AS comment,
    CASE
        WHEN c.relkind = 'v' THEN NULL
        WHEN c.relkind = 'p' THEN (
            SELECT CASE WHEN pg_catalog.bool_and(leaf.reltuples >= 0)
                        THEN pg_catalog.sum(leaf.reltuples)::pg_catalog.int8 END
            FROM pg_catalog.pg_partition_tree(c.oid) AS tree
            JOIN pg_catalog.pg_class AS leaf ON leaf.oid = tree.relid
            WHERE tree.isleaf
        )
        WHEN c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0) THEN NULL
        ELSE c.reltuples::pg_catalog.int8
    END AS estimate,
    c.relkind = 'r' AND EXISTS (
        SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = c.oid
    ) AS heirs,
    ARRAY(
        SELECT i.inhparent::pg_catalog.int8 FROM pg_catalog.pg_inherits AS i
        WHERE i.inhrelid = c.oid ORDER BY i.inhseqno
    ) AS parents
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm')
    AND NOT c.relispartition
    AND c.relpersistence <> 't'
    AND c.relname <> 'entrepot_applied'
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT (n.nspname = 'entrepot' AND EXISTS (
        SELECT FROM pg_catalog.pg_class AS l WHERE l.relnamespace = n.oid AND l.relname = 'ledger_steps'
    ))
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
ORDER BY n.nspname, c.relname
