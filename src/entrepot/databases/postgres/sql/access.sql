-- May we read these tables in full, and are they still what they were? Asked before anything is read, so that the answer names the table.
SELECT
    c.oid::pg_catalog.int8 AS id,
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS name,
    c.relkind::pg_catalog.text AS kind,
    pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE')
        AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable,
    pg_catalog.row_security_active(c.oid) AS hidden,
    CASE WHEN c.relkind = 'r' AND m.amname = 'heap'
        THEN pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::pg_catalog.int8
        ELSE 0
    END AS pages
FROM pg_catalog.pg_class AS c
LEFT JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN ROWS FROM (
    pg_catalog.unnest(%(schemas)s::pg_catalog.text[]), pg_catalog.unnest(%(tables)s::pg_catalog.text[])
) AS wanted (schema, name)
    ON wanted.schema = n.nspname AND wanted.name = c.relname
