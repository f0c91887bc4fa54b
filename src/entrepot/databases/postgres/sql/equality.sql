-- By which operator the fields of a table equal each other: that of their type's own order, which an extension (citext)
-- keeps in a schema of its own. Types without one of their own are ordered as what they are made of, by pg_catalog.
WITH RECURSIVE bases (name, type) AS (
    SELECT a.attname::pg_catalog.text, a.atttypid
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = %(schema)s AND c.relname = %(table)s AND a.attname = ANY (%(fields)s::pg_catalog.text[])
    UNION ALL
    SELECT b.name, t.typbasetype
    FROM bases AS b JOIN pg_catalog.pg_type AS t ON t.oid = b.type
    WHERE t.typtype = 'd'
)
SELECT b.name, pg_catalog.quote_ident(n.nspname) || '.' || o.oprname AS operator
FROM bases AS b
JOIN pg_catalog.pg_opclass AS k ON k.opcintype = b.type AND k.opcdefault
JOIN pg_catalog.pg_am AS m ON m.oid = k.opcmethod AND m.amname = 'btree'
JOIN pg_catalog.pg_amop AS p ON p.amopfamily = k.opcfamily AND p.amopstrategy = 3
    AND p.amoplefttype = k.opcintype AND p.amoprighttype = k.opcintype
JOIN pg_catalog.pg_operator AS o ON o.oid = p.amopopr
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
