-- Tables, views, virtual and shadow tables of the file, with their text, in the order they were made;
-- but not that of our own marks (databases/marks.py).
SELECT l.name, l.type, s.sql, l.wr AS without_rowid, l.strict
FROM pragma_table_list AS l
LEFT JOIN main.sqlite_schema AS s ON s.name = l.name AND s.type IN ('table', 'view')
WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\'
    AND l.name <> 'entrepot_applied'
ORDER BY s.rowid, l.name
