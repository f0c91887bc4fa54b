"""Where a program of ours begins to write its log. Whoever embeds Entrepot has a log already, which is left alone."""

from __future__ import annotations

import logging
from typing import TextIO

from entrepot.logs.lines import Documents, Plain
from entrepot.logs.redacting import Redacting

OURS = "entrepot"


def write_log(to: TextIO, redacting: Redacting, *, as_json: bool, level: str) -> None:
    """Ours from that level on, of libraries what they warn of. Saying it again replaces what was said."""
    handler = logging.StreamHandler(to)
    handler.setFormatter(Documents(redacting) if as_json else Plain(redacting))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(OURS).setLevel(level.upper())
