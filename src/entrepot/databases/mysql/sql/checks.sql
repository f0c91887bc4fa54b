-- Checks of MariaDB: those of columns carry the column's name.
SELECT table_name AS `table`, constraint_name AS name, level AS level, check_clause AS expression
FROM information_schema.check_constraints
WHERE constraint_schema = database()
ORDER BY table_name, level, constraint_name
