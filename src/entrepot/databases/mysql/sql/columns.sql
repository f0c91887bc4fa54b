-- Columns in their order. Privileges tell nothing here: columns that we may not see are left out by the server.
SELECT table_name AS `table`, column_name AS name, data_type AS type, column_type AS native,
       character_maximum_length AS length, numeric_precision AS digits, numeric_scale AS scale,
       datetime_precision AS fraction, is_nullable AS nullable, column_default AS default_text, extra AS extra,
       nullif(generation_expression, '') AS expression, character_set_name AS characters,
       collation_name AS collation, column_comment AS comment
FROM information_schema.columns
WHERE table_schema = database()
ORDER BY table_name, ordinal_position
