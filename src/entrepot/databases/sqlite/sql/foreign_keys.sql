-- Foreign keys, one row per column. SQLite numbers them from the last to the first in the text.
SELECT id, seq, "table" AS parent, "from" AS child_column, "to" AS parent_column, on_update, on_delete
FROM pragma_foreign_key_list(?, 'main')
ORDER BY id DESC, seq
