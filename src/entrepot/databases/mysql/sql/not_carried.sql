-- What the database has besides tables and rows.
SELECT 'triggers' AS kind, concat(trigger_name, ' on ', event_object_table) AS name
FROM information_schema.triggers WHERE trigger_schema = database()
UNION ALL
SELECT 'routines', routine_name FROM information_schema.routines WHERE routine_schema = database()
UNION ALL
SELECT 'events', event_name FROM information_schema.events WHERE event_schema = database()
UNION ALL
SELECT 'views', table_name FROM information_schema.views WHERE table_schema = database()
UNION ALL
SELECT 'histories of system-versioned tables', table_name FROM information_schema.tables
WHERE table_schema = database() AND table_type = 'SYSTEM VERSIONED'
