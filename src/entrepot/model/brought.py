"""What the records of a table brought for others, where it was written in batches before these are decided about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching, Span


@dataclass(frozen=True, kw_only=True)
class Brought:
    here: tuple[Span, ...] = ()
    """The records whose rows hold it."""
    lost: tuple[Span, ...] = ()
    """Those that fail: whoever refers to them does so, too."""
    whole: bool = False
    """Whether texts may not say which values are the same."""


class BroughtBench(Protocol):
    def bring(
        self,
        fields: Sequence[TargetField],
        matching: Matching,
        number: int,
        columns: Sequence[int],
        *,
        decided: bool = True,
    ) -> None:
        """After it was decided: keep what the records bring in these fields, for those of other parts that refer to it
        (`Elsewhere`). Before, all records count that nothing is wrong with."""
        ...

    def brought(
        self, fields: Sequence[TargetField], matching: Matching, number: int, columns: Sequence[int], *, here: bool
    ) -> str:
        """The numbers (`5,9-12`) of the records that brought what they have in these fields, or that fail with it."""
        ...

    def bring_again(self, fields: Sequence[TargetField], number: int, columns: Sequence[int], brought: Brought) -> None:
        """In the place of what was kept last: what became of it, as it was noted."""
        ...
