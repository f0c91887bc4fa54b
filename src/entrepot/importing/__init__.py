"""The way in: stage → map → clean → check → match → plan → apply → journal (→ undo).

Plain functions of a request and a run, as in `exporting`; docs/decisions/0006 has the picture.
"""
