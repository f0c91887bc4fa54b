-- What a schema has and an export of data does not take along: a word for the kind, and which.
WITH schemas AS (
    SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT (n.nspname = 'entrepot' AND EXISTS (
            SELECT FROM pg_catalog.pg_class AS l WHERE l.relnamespace = n.oid AND l.relname = 'ledger_steps'
        ))
), relations AS (
    SELECT c.*, s.nspname FROM pg_catalog.pg_class AS c JOIN schemas AS s ON s.oid = c.relnamespace
    WHERE c.relname <> 'entrepot_applied' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e'
    )
)
SELECT 'triggers' AS kind, t.tgname || ' on ' || r.relname AS name
FROM pg_catalog.pg_trigger AS t JOIN relations AS r ON r.oid = t.tgrelid
WHERE NOT t.tgisinternal AND NOT r.relispartition
UNION ALL
SELECT 'rules', w.rulename || ' on ' || r.relname
FROM pg_catalog.pg_rewrite AS w JOIN relations AS r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
UNION ALL
SELECT 'row-level security policies', p.polname || ' on ' || r.relname
FROM pg_catalog.pg_policy AS p JOIN relations AS r ON r.oid = p.polrelid
UNION ALL
SELECT 'grants', 'on ' || r.relname FROM relations AS r WHERE r.relacl IS NOT NULL AND NOT r.relispartition
UNION ALL
SELECT CASE r.relkind WHEN 'v' THEN 'views' WHEN 'm' THEN 'materialised views' ELSE 'foreign tables' END, r.relname
FROM relations AS r WHERE r.relkind IN ('v', 'm', 'f')
UNION ALL
SELECT 'partitions (their rows are in the parent)', r.relname FROM relations AS r WHERE r.relispartition
    AND r.relkind IN ('r', 'p', 'f')
UNION ALL
SELECT CASE p.prokind WHEN 'a' THEN 'aggregates' WHEN 'p' THEN 'procedures'
            ELSE 'functions (but those that defaults, checks and indexes need)' END,
    p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')'
FROM pg_catalog.pg_proc AS p JOIN schemas AS s ON s.oid = p.pronamespace
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'
)
UNION ALL
SELECT 'extended statistics', x.stxname FROM pg_catalog.pg_statistic_ext AS x JOIN schemas AS s ON s.oid = x.stxnamespace
UNION ALL
SELECT 'collations', c.collname FROM pg_catalog.pg_collation AS c JOIN schemas AS s ON s.oid = c.collnamespace
ORDER BY 1, 2
