"""The command line: one file per command; it translates, and never decides.

parser    all commands and their shared options     output    JSON, tables, errors
progress  what a running job shows                   catalog, export, … one command each
"""

from __future__ import annotations

from entrepot.cli.parser import main, program

__all__ = ["main", "program"]
