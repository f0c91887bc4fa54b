"""Values cleaned and checked, set-wise: what every field of every record is, or what is wrong with it.

judge       one pass over the rows                 layers      its SQL, layer by layer
nested      values within JSON cells
sources     where a field's text comes from        steps       cleaning steps (step_*: the built-in ones)
grammar*    what a value of a kind looks like      rules       checks beyond that (rule_kinds: the built-in ones)
row_rules   rules of whole rows                    conditions  the SQL of theirs
grouping    findings as people read them           ways        what became of values (changes: with samples)
registry    names, arguments, third parties        expressions the SQL that all are made of
"""
