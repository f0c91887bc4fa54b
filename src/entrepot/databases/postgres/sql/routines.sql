-- Functions of the user schemas that a default, a generated column, a check, an index or a domain needs, with what
-- those functions are known to need, in creation order; then the domain checks that had to wait for them.
WITH RECURSIVE needed (id) AS (
    SELECT d.refobjid
    FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
        AND d.classid IN (
            'pg_catalog.pg_attrdef'::pg_catalog.regclass, 'pg_catalog.pg_constraint'::pg_catalog.regclass,
            'pg_catalog.pg_class'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass
        )
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_class AS v WHERE v.oid = d.objid AND v.relkind IN ('v', 'm')
                AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        )
    UNION
    SELECT d.refobjid
    FROM needed
    JOIN pg_catalog.pg_depend AS d ON d.objid = needed.id
    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
        AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
), functions AS (
    SELECT 1 AS step, p.oid AS place, pg_catalog.pg_get_functiondef(p.oid) || ';' AS ddl
    FROM needed
    JOIN pg_catalog.pg_proc AS p ON p.oid = needed.id
    JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.prokind IN ('f', 'w')
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend AS e
            WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid AND e.deptype = 'e'
        )
), checks AS (
    SELECT 2 AS step, k.oid AS place,
        'ALTER DOMAIN ' || pg_catalog.format_type(k.contypid, NULL) || ' ADD CONSTRAINT '
        || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid) || ';' AS ddl
    FROM pg_catalog.pg_constraint AS k
    WHERE k.contypid <> 0 AND k.contype = 'c' AND EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        JOIN pg_catalog.pg_proc AS p ON p.oid = d.refobjid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = k.oid
            AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND n.nspname !~ '^pg_'
    )
)
SELECT ddl FROM (SELECT * FROM functions UNION ALL SELECT * FROM checks) AS everything ORDER BY step, place
