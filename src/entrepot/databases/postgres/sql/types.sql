-- The types that columns use, and the types behind those (domain bases, array elements, parts of composites),
-- and every enum, domain, composite and range that the user schemas define: in creation order, so each one after
-- what it is made of. `ddl` is NULL for what PostgreSQL or an extension brings along.
WITH RECURSIVE wanted (id) AS (
    SELECT a.atttypid
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION
    SELECT t.oid
    FROM pg_catalog.pg_type AS t
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c'))
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION
    SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END
    FROM wanted
    JOIN pg_catalog.pg_type AS t ON t.oid = wanted.id
    WHERE t.typtype = 'd' OR t.typcategory = 'A'
), named AS (
    SELECT t.*, n.nspname,
        pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname) AS qualified,
        n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e'
        ) AS ours
    FROM wanted
    JOIN pg_catalog.pg_type AS t ON t.oid = wanted.id
    JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
)
SELECT
    t.oid::pg_catalog.int8 AS id,
    t.nspname::pg_catalog.text AS schema,
    t.typname::pg_catalog.text AS name,
    t.typtype::pg_catalog.text AS kind,
    t.typcategory::pg_catalog.text AS category,
    t.typbasetype::pg_catalog.int8 AS base,
    t.typtypmod AS modifier,
    t.typelem::pg_catalog.int8 AS element,
    ARRAY(
        SELECT e.enumlabel::pg_catalog.text FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid
        ORDER BY e.enumsortorder
    ) AS labels,
    CASE WHEN NOT t.ours THEN NULL WHEN t.typtype = 'e' THEN
        'CREATE TYPE ' || t.qualified || ' AS ENUM (' || COALESCE((
            SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum AS e WHERE e.enumtypid = t.oid
        ), '') || ');'
    WHEN t.typtype = 'd' THEN
        'CREATE DOMAIN ' || t.qualified || ' AS ' || pg_catalog.format_type(t.typbasetype, t.typtypmod)
        || COALESCE((
            SELECT ' COLLATE ' || pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(co.collname)
            FROM pg_catalog.pg_collation AS co
            JOIN pg_catalog.pg_namespace AS cn ON cn.oid = co.collnamespace
            JOIN pg_catalog.pg_type AS base ON base.oid = t.typbasetype
            WHERE co.oid = t.typcollation AND base.typcollation <> t.typcollation
        ), '')
        || COALESCE(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END || ';'
        || COALESCE((
            SELECT pg_catalog.string_agg(
                E'\nALTER DOMAIN ' || t.qualified || ' ADD CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' '
                || pg_catalog.pg_get_constraintdef(k.oid) || ';', '' ORDER BY k.conname)
            FROM pg_catalog.pg_constraint AS k WHERE k.contypid = t.oid AND k.contype = 'c' AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_depend AS d
                JOIN pg_catalog.pg_proc AS p ON p.oid = d.refobjid
                JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.pronamespace
                WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = k.oid
                    AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND pn.nspname !~ '^pg_'
            )
        ), '')
    WHEN t.typtype = 'c' THEN
        'CREATE TYPE ' || t.qualified || ' AS (' || COALESCE((
            SELECT pg_catalog.string_agg(
                pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod),
                ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        ), '') || ');'
    WHEN t.typtype = 'r' THEN
        'CREATE TYPE ' || t.qualified || ' AS RANGE (SUBTYPE = ' || (
            SELECT pg_catalog.format_type(r.rngsubtype, NULL) FROM pg_catalog.pg_range AS r WHERE r.rngtypid = t.oid
        ) || ');'
    END AS ddl
FROM named AS t
ORDER BY t.oid
