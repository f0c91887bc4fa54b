"""What an import asks of the workbench about the parents that its records name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from entrepot.model.drafts import TargetField
from entrepot.model.made import AskedBy, Filled, MadeParent
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

    def ask_for_parents(self, lookup: Lookup) -> int:
        """After they were looked up: of how many values is there none?"""
        ...

    def gather_asked(self, asking: Sequence[tuple[int, int]], width: int) -> int:
        """The same of several lookups, each by its part and number, of parents with `width` fields: `asked_made`."""
        ...

    def make_parents(
        self, lookup: Lookup, filled: Sequence[Filled], files: Sequence[str]
    ) -> tuple[int, tuple[MadeParent, ...], tuple[str, ...]]:
        """After `alike_made(record, first)` was taken: `made(n, p0…, m0…)` has the records of the parents; how many,
        the first of them, and some that are nearly the same. `files`: what people call those that ask."""
        ...

    def leave_unasked(self, fields: Sequence[TargetField], matching: Matching, asked: Sequence[AskedBy]) -> int:
        """After deciding about them and about all who may refer to them, who brought the values by which they do: how
        many records that would be created does nobody refer to who comes in? They are added to `unasked(record)`."""
        ...

    def compare_parents(self, lookup: Lookup) -> int:
        """After both were taken again: how many values name another parent now."""
        ...

    def count_parents(self, fields: Sequence[TargetField], matching: Matching) -> Sequence[FoundParents]:
        """After deciding: how many different values of each reference lead to a parent."""
        ...
