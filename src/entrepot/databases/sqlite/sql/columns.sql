-- Columns of a table or view; hidden is 2 for virtual, 3 for stored generated columns, 1 for those of virtual tables.
SELECT name, type, "notnull" AS not_null, dflt_value AS default_value, pk, hidden
FROM pragma_table_xinfo(?, 'main')
ORDER BY cid
