-- Extensions as CREATE EXTENSION takes them: the name, and the schema where it is not the default one.
SELECT
    pg_catalog.quote_ident(x.extname) || CASE WHEN n.nspname IN (%(default_schema)s, 'pg_catalog') THEN ''
        ELSE ' WITH SCHEMA ' || pg_catalog.quote_ident(n.nspname) END AS ddl
FROM pg_catalog.pg_extension AS x
JOIN pg_catalog.pg_namespace AS n ON n.oid = x.extnamespace
WHERE x.extname <> 'plpgsql'
ORDER BY x.oid
