"""One table that several files were put together to: what each of them has in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching, Span


@dataclass(frozen=True, kw_only=True)
class ShareCounts:
    """What becomes of the records of one of the files."""

    title: str
    """What people call the table."""
    sha256: str
    """Of the file."""
    records: int
    counts: Mapping[str, int]
    """By `Decision`."""
    failed_rows: str | None = None
    """The id of its errors file; none if no record failed."""


def standing(record: int, shares: Iterable[tuple[str, int]]) -> tuple[str, int]:
    """Which table has a record, and its number there, by what each is called and how many it has; without any there is
    only one.

    >>> standing(3, [("a.csv", 3), ("b.csv", 3)]), standing(4, [("a.csv", 3), ("b.csv", 3)]), standing(4, ())
    (('a.csv', 3), ('b.csv', 1), ('', 4))
    """
    for title, records in shares:
        if record <= records:
            return title, record
        record -= records
    return "", record


class SharesBench(Protocol):
    def keep_parents(
        self, fields: Sequence[TargetField], key: int, own: TargetField | None, spellings: int | None
    ) -> int:
        """Before judging: of the records that say the same in these fields only the first; how many they are. Those
        that say different things of one key, `key` of these fields, are wrong. Which keys are the same to the database
        was looked for as if they were parents (`values_N` and `alike_N`, N is `spellings`). Where ids are the files'
        `own`, records refer to the one that is kept, however they spell it."""
        ...

    def put_behind(self, part: int, columns: Sequence[int], *, had: int, before: int) -> None:
        """The records that were read as another part go behind those that are here, whose numbers end with `before`.
        `columns` says where each of their columns stands here; those from `had` on are new."""
        ...

    def counts_in(
        self, fields: Sequence[TargetField], matching: Matching, spans: Sequence[Span]
    ) -> Sequence[Mapping[str, int]]:
        """How many records of each span go which way, as it was decided last."""
        ...
