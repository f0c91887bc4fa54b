-- Checks of MySQL 8, which knows their tables elsewhere and no checks of columns.
SELECT t.table_name AS `table`, c.constraint_name AS name, 'Table' AS level, c.check_clause AS expression
FROM information_schema.check_constraints c
JOIN information_schema.table_constraints t
  ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
WHERE c.constraint_schema = database() AND t.constraint_type = 'CHECK'
ORDER BY t.table_name, c.constraint_name
