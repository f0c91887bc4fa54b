"""What parent and child say about rules that the parent applies: the child never runs anybody's Python."""

from __future__ import annotations

import msgspec

from entrepot.model.baselines import Comparing
from entrepot.model.drafts import TargetField


class GiveJudged(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write the records without an error into the pipe `path`: a JSON list a line, of the number and all values."""

    fields: tuple[TargetField, ...]
    path: str
    comparing: Comparing | None = None


class AddFindings(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Make findings of the table `said`, which was taken: record, place, code, warning and words. Answers as judging
    does."""

    fields: tuple[TargetField, ...]
