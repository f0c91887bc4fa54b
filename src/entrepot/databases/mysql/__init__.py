"""MySQL 8 and MariaDB 10.3 and newer. Tested with MariaDB; MySQL's differences are taken from its documentation.

connect     a URL (`address`) becomes a connection whose settings we chose; driver errors become ours (`failures`)
introspect  the catalog, by our own queries in sql/ (`records` are their rows, `types` and `columns` what they mean)
session     one snapshot: the moment first, then locks against DDL, then the schema once more, then the rows
stream      row packets cut from the driver's socket, many per read
running     statements that somebody may stop from another thread
dialect     how MySQL words what databases/compile needs; `forms` are its values as text
script      how a `.sql` export for MySQL is written (`definitions` has the CREATE statements, `mapping` the types,
            `losses` what to say about them)

change      one import, one transaction: `begin`s, looks (`kept` keys), changes, leaves its mark (`marks`), `commit`s
staging     rows come as texts into a temporary table, by LOAD DATA LOCAL (`local_load`) or INSERT (`constants`), and go
            on from there as values (`conversions`); what the server says about a row is in `refusals`
"""
