-- Indexes of a table: origin c = CREATE INDEX, u = UNIQUE, pk = PRIMARY KEY; one row per key column.
SELECT l.name, l."unique" AS is_unique, l.origin, l.partial, x.name AS column_name, x.cid, s.sql
FROM pragma_index_list(?, 'main') AS l
JOIN pragma_index_xinfo(l.name, 'main') AS x ON x.key = 1
LEFT JOIN main.sqlite_schema AS s ON s.type = 'index' AND s.name = l.name
ORDER BY l.seq DESC, x.seqno
