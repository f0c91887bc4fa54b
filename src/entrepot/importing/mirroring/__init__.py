"""Making a scope equal to a file: what the file does not name is deleted, with all that goes with it."""
