"""Whether an engine can write."""

from __future__ import annotations

from typing import cast

from entrepot.model.changes import Changing
from entrepot.model.errors import InputError
from entrepot.model.ports import Engine


def changing(engine: Engine) -> Changing:
    """An engine of a third party may only read."""
    if not hasattr(engine, "change"):
        raise InputError(
            "reads_only", f"The engine '{engine.name}' cannot write.", remedy="Ask whoever made it for one that can."
        )
    return cast("Changing", engine)
