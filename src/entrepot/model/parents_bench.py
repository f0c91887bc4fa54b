"""What an import asks of the workbench about the parents that its records name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching, Span
from entrepot.model.references import FoundParents, Lookup


class ParentsBench(Protocol):
    def seek_parents(self, lookup: Lookup, scope: Span | None = None) -> int:
        """Before judging: gather the different values by which the file names parents as `wanted_N`, with their numbers
        in `n`; how many. With a scope, later: those of its records again."""
        ...

    def find_parents(self, lookup: Lookup) -> FoundParents:
        """After the rows that have them were taken as `found_N(number, id, label)`, and what the database takes for the
        same as `alike_N(record, first)`: the records get the ids."""
        ...

    def compare_parents(self, lookup: Lookup) -> int:
        """After both were taken again: how many values name another parent now."""
        ...

    def count_parents(self, fields: Sequence[TargetField], matching: Matching) -> Sequence[FoundParents]:
        """After deciding: how many different values of each reference lead to a parent."""
        ...
