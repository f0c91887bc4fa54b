-- Primary, unique, exclusion, foreign keys and checks. Rows that PostgreSQL derives for partitions are left out.
SELECT
    k.conrelid::pg_catalog.int8 AS relation,
    k.conname::pg_catalog.text AS name,
    k.contype::pg_catalog.text AS kind,
    ARRAY(
        SELECT a.attname::pg_catalog.text
        FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY AS place (number, position)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = place.number
        ORDER BY place.position
    ) AS fields,
    k.confrelid::pg_catalog.int8 AS parent,
    ARRAY(
        SELECT a.attname::pg_catalog.text
        FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY AS place (number, position)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = place.number
        ORDER BY place.position
    ) AS parent_fields,
    k.confdeltype::pg_catalog.text AS on_delete,
    k.confupdtype::pg_catalog.text AS on_update,
    k.condeferrable AS deferrable,
    k.condeferred AS deferred,
    k.convalidated AS validated,
    pg_catalog.pg_get_expr(k.conbin, k.conrelid) AS expression,
    'CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid) AS ddl
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype IN ('p', 'u', 'x', 'f', 'c')
    AND k.conparentid = 0
    AND NOT c.relispartition
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
ORDER BY k.conrelid, k.conname
