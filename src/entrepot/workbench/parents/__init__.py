"""Parents that a file names by their fields, one module per step.

`N` is the number of the column of `staged` that gets their ids:

sought_N   record, none, p0 …, given, raw, wrong, told    what every record says of its parent
own_N      record, p0 …, id                               the same of records that may be parents themselves
values_N   n, p0 …, is_sought                             the different values, to be looked for
wanted_N   the same, of all records or of those of a batch
found_N    number, id, label                              the database's answer, and `alike_N` what it takes for equal;
           id, label, p0 …                                where case means nothing: all parents
parents_N  n, is_sought, ids, times, id, label, own, waiting, apart    what every value names
outcome_N  record, code, fails, fill, value, words        what becomes of every record
"""
