"""PostgreSQL, 12 and newer.

connect     a URL becomes a connection whose settings we chose; driver errors become ours (`failures`)
introspect  the catalog, by our own queries in sql/ (`records` are their rows, `types` what a type means)
session     one snapshot: locks first, then the schema once more, then the rows
stream      COPY as whole chunks of finished bytes
dialect     how PostgreSQL words what databases/compile needs; `fast_forms` where it knows a faster way
script      how a `.sql` export for PostgreSQL is written (`definitions` has the CREATE statements)
"""
