-- Triggers of the tables on which this user has the right TRIGGER; the server hides all others.
SELECT event_object_table AS `table`, trigger_name AS name, action_timing AS timing, event_manipulation AS events
FROM information_schema.triggers WHERE trigger_schema = database()
ORDER BY event_object_table, action_timing DESC, event_manipulation, action_order
