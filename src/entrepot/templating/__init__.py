"""Templates: empty files of an entity's fields that people fill in and give to an import.

make        the whole way                               entities    which fields, and what is known of them
target      where the files go                          allowed     values that a field is held to
parents     rows that references may lead to            examples    an example of a value
words       what a comment says                         csv_file json_file workbook …    the files
"""
