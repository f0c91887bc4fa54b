"""Seeds of random tests: the same every time, so that what fails, fails for everybody."""

from __future__ import annotations

import os


def seeds(rounds: int) -> list[int]:
    """To see others: ENTREPOT_SEEDS=3181077138,7."""
    said = os.environ.get("ENTREPOT_SEEDS")
    return [int(seed) for seed in said.split(",")] if said else list(range(rounds))
