"""What to do about a row that a database refuses, by why it does."""

from __future__ import annotations

DOUBLE = "A row with this key exists already: leave the record out, or let the import update it."
ORPHAN = "The row that it refers to is not there: bring that one first, or correct the reference."
PARENT = "Other rows refer to it: change or remove those first."
REFERENCE = "It refers to a row that is not there, or others refer to it: bring or remove those first."
MISSING = "Give the field a value."
VALUE = "Correct the value, or leave the record out."
RULE = "Correct what the rule asks for."
TRIGGER = "A trigger of the table refused it; correct what it asks for."
