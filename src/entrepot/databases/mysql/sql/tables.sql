-- Tables, views and sequences of the database, without the one in which imports leave their marks.
SELECT table_name AS name, table_type AS kind, engine AS engine, table_rows AS estimate, table_comment AS comment
FROM information_schema.tables
WHERE table_schema = database() AND table_name <> 'entrepot_applied'
  AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW', 'SEQUENCE')
ORDER BY CAST(table_name AS BINARY)
