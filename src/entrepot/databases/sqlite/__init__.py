"""SQLite files, whose values carry their own types.

engine     the port                                  connect    opening safely: read-only, schema not trusted
introspect the catalog, by the queries in sql/       ddl        what only the CREATE text says (`tokens` reads it)
snapshot   a read transaction, or an online copy     session    rows out of it; `rowsets` remember keys
dialect    how SQLite words SQL; `values` as text    functions  the few things its SQL cannot do
ways       fastest way first, same bytes by all      slices     a large table by several processes (`reader`)
change     one transaction that changes, by `statements`; `loading` feeds them, `storing` keeps every value as it is
keysets    keys remembered and looked for             marks      what was committed; `counters` beyond what is taken
script     .sql files that the sqlite3 shell loads   failures   its errors as ours; `refusals` of changes
"""
