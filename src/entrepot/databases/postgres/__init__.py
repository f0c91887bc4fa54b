"""PostgreSQL, 12 and newer.

connect     a URL becomes a connection whose settings we chose; driver errors become ours (`failures`)
introspect  the catalog, by our own queries in sql/ (`records` are their rows, `types` what a type means)
session     one snapshot: locks first, then the schema once more, then the rows
stream      COPY as whole chunks of finished bytes
dialect     how PostgreSQL words what databases/compile needs; `fast_forms` where it knows a faster way
change      one transaction that changes: rows in by COPY (`loading`), keys remembered (`keysets`), `marks`, `counters`;
            a user's triggers find their `usual` settings; `refusals` are what the server says against it
script      how a `.sql` export for PostgreSQL is written (`definitions` has the CREATE statements)
"""
