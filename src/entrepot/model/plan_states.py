"""What became of a plan since it was made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PlanState:
    expires_at: str
    """Until then it can be carried out."""
    expired: bool = False
    job: str | None = None
    """The one that carried it out, or is about to; None: nobody began, or it came to nothing."""
    done: bool = False
    """Whether that job is over."""
    at_work: bool = False
    """Whether its process still runs."""
    undone_by: str | None = None
    """The job that took it back since."""
