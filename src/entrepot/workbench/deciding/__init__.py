"""What becomes of every record: one join of what was judged with what the database has."""
