"""How long an import will take, and who waits for it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """From what the preview itself took on this machine (docs/reference/plans.md)."""

    seconds: float = 0.0
    """The whole import."""
    locked: float = 0.0
    """So much of it others may have to wait."""
    waiting: str = ""
    """Who waits for what, in words."""
    all_wait: bool = False
    """Whether nobody else can write to anything in the database."""
