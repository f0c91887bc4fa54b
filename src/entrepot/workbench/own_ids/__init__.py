"""Ids of the files' own, one module per step.

`N` is the number of the column of `staged` that gets the keys:

owned_N    record, own                      what every record says
known_N    n, own, key                      what is remembered of the source
asked_N    n, key                           keys of these that are wanted here
alive_N    number                           those of which a row is there
ids_N      record, own, key, kind           which key every record has, and how it came by it
minted_N   n, key                           keys for new rows
outcome_N  record, code, fails, fill, value, words    what becomes of every record, as for parents that are looked up
"""
