"""A believable small application to try things on: a wholesale trader's order system, used by several tenants.

schema.sql  eleven entities: tenants, a cycle (tenant ↔ owner), a tree of categories, JSON, files, unicode
words       the vocabulary that names and texts are made of
rows        seeded rows, the same on every machine
create      the database, its files and its `entrepot.toml`
"""
