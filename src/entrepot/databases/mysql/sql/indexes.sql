-- Every part of every index, primary and unique keys included.
SELECT table_name AS `table`, index_name AS name, non_unique AS repeats, column_name AS field, sub_part AS prefix,
       collation AS direction, index_type AS kind
FROM information_schema.statistics
WHERE table_schema = database()
ORDER BY table_name, index_name, seq_in_index
