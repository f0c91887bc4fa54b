-- Every part of every foreign key. A parent in another database has its name in parent_schema.
SELECT k.table_name AS `table`, k.constraint_name AS name, k.column_name AS field,
       nullif(k.referenced_table_schema, database()) AS parent_schema, k.referenced_table_name AS parent,
       k.referenced_column_name AS parent_field, r.delete_rule AS on_delete, r.update_rule AS on_update
FROM information_schema.key_column_usage k
JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.table_schema = database() AND k.constraint_schema = database() AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
