"""What new versions of rows ask of the workbench, after it was decided which there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching


class VersionBench(Protocol):
    def keep_versions(self, fields: Sequence[TargetField], matching: Matching) -> int:
        """Keep the new ones as the table `versioned`, with k0… (what they are found by), b0… (`Matching.compared`), v
        and c0… (what they have from the version before); and, as `flagged`, i0… of the rows that were the newest. How
        many new ones there are."""
        ...

    def part_former(self, width: int) -> None:
        """After all versions of these were taken as `lineage`, with the number `of` the new one, v and p0… (what may be
        referred to): keep those before it as `former`, with the same columns but v."""
        ...

    def move_children(self, number: int, width: int, found_by: int) -> int:
        """After the rows that refer to these were taken as `children`, with the number `of` the former version and i0…
        (what finds them again): keep as `moved_N` i0… and what they refer to then, p0…. How many there are."""
        ...
