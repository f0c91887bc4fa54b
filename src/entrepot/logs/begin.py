"""Where a program of ours writes its log. Whoever embeds Entrepot has a log already, which is left alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from entrepot.logs.lines import Documents, Plain
from entrepot.logs.redacting import Redacting

OURS = "entrepot"


@contextmanager
def log_written(to: TextIO, redacting: Redacting, *, as_json: bool, level: str) -> Iterator[None]:
    """Ours from that level on, of libraries what they warn of; afterwards, all is as it was."""
    handler = logging.StreamHandler(to)
    handler.setFormatter(Documents(redacting) if as_json else Plain(redacting))
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    ours.setLevel(level.upper())
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before[0])
        ours.setLevel(before[1])
