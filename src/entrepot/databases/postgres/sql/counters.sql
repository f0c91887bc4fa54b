-- The sequences that give a table's fields their numbers: of identity columns, and of defaults, owned or not.
WITH fields AS (
    SELECT a.attrelid, a.attnum, a.attname
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = %(schema)s AND c.relname = %(table)s AND NOT a.attisdropped AND a.attnum > 0
), counters (sequence, field) AS (
    SELECT d.objid, f.attname
    FROM fields AS f
    JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'i'
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjid = f.attrelid AND d.refobjsubid = f.attnum
    UNION
    SELECT d.refobjid, f.attname
    FROM fields AS f
    JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = f.attrelid AND e.adnum = f.attnum
    JOIN pg_catalog.pg_depend AS d
        ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = e.oid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
)
SELECT
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS name,
    k.field::pg_catalog.text AS field,
    s.seqincrement AS increment
FROM counters AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.sequence AND c.relkind = 'S'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = c.oid
ORDER BY 1, 2, 3
