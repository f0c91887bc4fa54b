"""Rows that are versions of one thing: what a record becomes the next of (docs/decisions/0014-versions.md)."""
