-- Secondary indexes; those that stand behind a constraint are described by it. `fields` is empty where an index
-- has expressions or a condition.
SELECT
    x.indrelid::pg_catalog.int8 AS relation,
    i.relname::pg_catalog.text AS name,
    x.indisunique AS is_unique,
    CASE WHEN x.indexprs IS NULL AND x.indpred IS NULL THEN ARRAY(
        SELECT a.attname::pg_catalog.text
        FROM pg_catalog.unnest(x.indkey::pg_catalog.int2[]) WITH ORDINALITY AS place (number, position)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = place.number
        WHERE place.position <= x.indnkeyatts
        ORDER BY place.position
    ) ELSE '{}' END AS fields,
    pg_catalog.pg_get_indexdef(x.indexrelid) AS ddl
FROM pg_catalog.pg_index AS x
JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm')
    AND NOT c.relispartition
    AND (x.indisvalid OR c.relkind = 'p')
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')
    )
ORDER BY x.indrelid, i.relname
