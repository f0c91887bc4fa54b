"""Entrepot's own records. Importing a module of it loads SQLAlchemy, so that is done where it is used.

opening    a ledger in its folder        migrating   numbered steps to the present shape (sql/)
records    transactions, moments, ids    tables      the present shape, as SQLAlchemy reads and writes it
locking    one writer at a time          failures    what SQLite says, as errors with a remedy
jobs, drafts, plans, mappings, artifacts, journals, identities: a class for each topic
"""
