"""What becomes of rows that exist, in the words of systems that said it before: one word for what a request says by its
mode and by what happens on a conflict.

None of them deletes a row but `mirror`; in particular, `replace` does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from entrepot.model.drafts import Blank, Mode, OnConflict
from entrepot.model.plans import ImportRequest
from entrepot.model.suggest import unknown


@dataclass(frozen=True, kw_only=True)
class Strategy:
    mode: Mode
    on_conflict: OnConflict
    blank: Blank = Blank.KEEP

    def of(self, request: ImportRequest) -> ImportRequest:
        """The same, done so."""
        return replace(request, mode=self.mode, on_conflict=self.on_conflict, blank=self.blank)


ONLY_NEW = Strategy(mode=Mode.CREATE, on_conflict=OnConflict.SKIP)
ONLY_THERE = Strategy(mode=Mode.UPDATE, on_conflict=OnConflict.OVERWRITE)
NO_CONFLICT = Strategy(mode=Mode.CREATE, on_conflict=OnConflict.FAIL)
WRITTEN_OVER = Strategy(mode=Mode.UPSERT, on_conflict=OnConflict.OVERWRITE)
COMPLETED = Strategy(mode=Mode.UPSERT, on_conflict=OnConflict.MERGE)
NEXT = Strategy(mode=Mode.CREATE, on_conflict=OnConflict.VERSION)
EQUAL = Strategy(mode=Mode.MIRROR, on_conflict=OnConflict.OVERWRITE)
STRATEGIES: Mapping[str, Strategy] = {
    "create": NO_CONFLICT,
    "fail_on_conflict": NO_CONFLICT,
    "skip": ONLY_NEW,
    "skip_existing": ONLY_NEW,
    "update": ONLY_THERE,
    "upsert": WRITTEN_OVER,
    "overwrite": WRITTEN_OVER,
    "replace": WRITTEN_OVER,
    "merge": COMPLETED,
    "mirror": EQUAL,
    "version": NEXT,
}
"""In docs/reference/strategies.md, with what each does."""


def strategy_of(word: str, place: str = "strategy") -> Strategy:
    """
    >>> strategy_of("skip_existing").on_conflict
    <OnConflict.SKIP: 'skip'>
    """
    if word not in STRATEGIES:
        raise unknown("strategy", word, list(STRATEGIES), place)
    return STRATEGIES[word]


def overwriting(overwrite: bool) -> Strategy:
    """Of systems that only ask whether rows that exist are written over; if not, they are kept, and counted as skipped.

    >>> overwriting(False).on_conflict
    <OnConflict.SKIP: 'skip'>
    """
    return WRITTEN_OVER if overwrite else ONLY_NEW
