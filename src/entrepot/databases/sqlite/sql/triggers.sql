-- Triggers, with their text.
SELECT name, tbl_name, sql FROM main.sqlite_schema WHERE type = 'trigger' ORDER BY tbl_name, name
