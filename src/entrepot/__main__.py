"""`python -m entrepot` is the program `entrepot`."""

from __future__ import annotations

import sys

from entrepot.cli import program

if __name__ == "__main__":
    sys.exit(program())
