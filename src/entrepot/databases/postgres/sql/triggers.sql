-- Triggers and rules that fire in a session like ours: those of a foreign key are internal, those that are disabled or
-- meant for replicas do nothing. A row's partition fires its own, and copies of its parent's by the same name.
SELECT DISTINCT
    coalesce(pg_catalog.pg_partition_root(t.tgrelid)::pg_catalog.oid, t.tgrelid)::pg_catalog.int8 AS relation,
    t.tgname::pg_catalog.text AS name,
    CASE WHEN t.tgtype & 64 > 0 THEN 'instead of' WHEN t.tgtype & 2 > 0 THEN 'before' ELSE 'after' END AS timing,
    ARRAY(
        SELECT e.word FROM (VALUES (4, 'insert'), (16, 'update'), (8, 'delete')) AS e (bit, word)
        WHERE t.tgtype & e.bit > 0
    ) AS events,
    false AS rule
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND (NOT c.relispartition OR t.tgtype & 1 > 0) AND t.tgtype & 28 > 0
    AND t.tgenabled IN (
        'A', CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN 'R' ELSE 'O' END
    )
UNION ALL
SELECT
    w.ev_class::pg_catalog.int8,
    w.rulename::pg_catalog.text,
    CASE WHEN w.is_instead THEN 'instead of' ELSE 'after' END,
    ARRAY[CASE w.ev_type WHEN '2' THEN 'update' WHEN '3' THEN 'insert' ELSE 'delete' END],
    true
FROM pg_catalog.pg_rewrite AS w
WHERE w.ev_type <> '1'
    AND w.ev_enabled IN (
        'A', CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN 'R' ELSE 'O' END
    )
ORDER BY 1, 2
