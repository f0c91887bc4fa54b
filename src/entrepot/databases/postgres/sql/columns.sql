-- Columns of all tables and views, in their order. `expression` is the default, or what a generated column computes.
-- A domain's NOT NULL is no promise about a column (outer joins and empty subqueries get NULLs past it), and neither
-- is a constraint that was added NOT VALID (PostgreSQL 18).
SELECT
    a.attrelid::pg_catalog.int8 AS relation,
    a.attname::pg_catalog.text AS name,
    a.atttypid::pg_catalog.int8 AS type,
    a.atttypmod AS modifier,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS native,
    NOT a.attnotnull OR EXISTS (
        SELECT FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND NOT k.convalidated AND a.attnum = ANY (k.conkey)
    ) AS nullable,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression,
    a.attidentity::pg_catalog.text AS identity,
    a.attgenerated::pg_catalog.text AS generated,
    CASE WHEN a.attcollation <> t.typcollation
         THEN pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname) END AS collation,
    pg_catalog.col_description(a.attrelid, a.attnum) AS comment
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation AS co ON co.oid = a.attcollation
LEFT JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm')
    AND NOT c.relispartition
    AND a.attnum > 0
    AND NOT a.attisdropped
    AND n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
ORDER BY a.attrelid, a.attnum
