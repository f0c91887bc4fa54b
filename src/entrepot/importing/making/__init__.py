"""Parents that are made of what files say: the records of one more table of an import, which nobody gave."""
