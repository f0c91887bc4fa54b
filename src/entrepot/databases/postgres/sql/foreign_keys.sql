-- The foreign keys of one table that can be dropped and added again as they were: proven to hold for all rows, with all
-- their triggers on, and no part of a partitioned table's key; of partitions whose own key has another name or a comment,
-- that would be lost. What is left out stays where it is, and checks row by row.
SELECT
    c.conname::pg_catalog.text AS name,
    pg_catalog.pg_get_constraintdef(c.oid) AS definition,
    pg_catalog.obj_description(c.oid, 'pg_constraint') AS comment,
    pn.nspname::pg_catalog.text AS parent_schema,
    p.relname::pg_catalog.text AS parent,
    pg_catalog.pg_has_role(t.relowner, 'USAGE') AS owned,
    pg_catalog.has_table_privilege(p.oid, 'REFERENCES') AS referable,
    pg_catalog.has_table_privilege(p.oid, 'UPDATE, DELETE, TRUNCATE') AS lockable
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
JOIN pg_catalog.pg_class AS p ON p.oid = c.confrelid
JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
WHERE n.nspname = %(schema)s AND t.relname = %(table)s
    AND c.contype = 'f' AND c.convalidated AND c.conparentid = 0
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgconstraint = c.oid AND g.tgenabled <> 'O'
    )
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
    AND NOT EXISTS (
        WITH RECURSIVE part AS (
            SELECT k.oid, k.conname FROM pg_catalog.pg_constraint AS k
            WHERE k.conparentid = c.oid AND k.conrelid <> c.conrelid
            UNION ALL
            SELECT k.oid, k.conname FROM part JOIN pg_catalog.pg_constraint AS k ON k.conparentid = part.oid
        )
        SELECT FROM part
        WHERE part.conname <> c.conname OR pg_catalog.obj_description(part.oid, 'pg_constraint') IS NOT NULL
    )
ORDER BY c.oid
