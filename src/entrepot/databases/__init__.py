"""A folder per engine behind one port (model/ports.py), one contract suite (tests/contract/databases).

compile     queries and row templates → statements    dialect     how an engine words SQL
escapes     what a slot's escape comes to in SQL      conditions  what a predicate comes to
registry    which engine reads a URL                  scripts     which dialect writes a `.sql` export
csv_rows    rows to and from a change                 complaints  what servers refuse, in our words; `remedies`
"""
