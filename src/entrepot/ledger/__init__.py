"""Entrepot's own records. Importing a module of it loads SQLAlchemy, so that is done where it is used.

opening    a ledger in its folder or on its server     migrating   numbered steps to the present shape (sql/)
homes      what a folder and a server have in common   tables      the present shape, as SQLAlchemy reads and writes it
folder     a SQLite file: locking, failures, owners, secrets
server     a schema of PostgreSQL: server_connect, server_failures, server_owners, server_secrets
records    transactions, moments, ids                  turns       who reads before he writes
topics     jobs, drafts, plans, mappings, artifacts, journals, identities, orders, events: a class for each
"""
