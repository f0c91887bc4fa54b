-- Whether this user may read every table of the database; without that right the server hides tables.
SELECT count(*) AS rights FROM (
  SELECT grantee FROM information_schema.user_privileges WHERE privilege_type = 'SELECT'
  UNION ALL
  SELECT grantee FROM information_schema.schema_privileges
  WHERE privilege_type = 'SELECT' AND database() LIKE table_schema
) granted
WHERE grantee = concat('''', substring_index(current_user(), '@', 1), '''@''', substring_index(current_user(), '@', -1), '''')
