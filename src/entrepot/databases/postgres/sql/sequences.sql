-- Sequences with their options and, where we may see it, the last number they gave. An identity column brings its
-- own sequence along, so for those `ddl` is only what stands in the brackets behind AS IDENTITY.
SELECT
    n.nspname::pg_catalog.text AS schema,
    c.relname::pg_catalog.text AS name,
    d.refobjid::pg_catalog.int8 AS owner_relation,
    a.attname::pg_catalog.text AS owner_field,
    CASE WHEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
         THEN pg_catalog.pg_sequence_last_value(c.oid) END AS last,
    CASE WHEN d.deptype = 'i' THEN 'SEQUENCE NAME ' || full_name.text
         ELSE 'CREATE SEQUENCE ' || full_name.text || ' AS ' || pg_catalog.format_type(s.seqtypid, NULL) END
    || ' START WITH ' || s.seqstart || ' INCREMENT BY ' || s.seqincrement
    || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' CACHE ' || s.seqcache
    || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END AS ddl
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS text
) AS full_name
LEFT JOIN pg_catalog.pg_depend AS d
    ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE n.nspname !~ '^pg_'
    AND n.nspname <> 'information_schema'
    AND c.relpersistence <> 't'
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS e
        WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'
    )
ORDER BY n.nspname, c.relname
