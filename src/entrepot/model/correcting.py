"""Records that failed, corrected and given back to the import that they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from entrepot.model.drafts import Judged, Reading, TargetField
from entrepot.model.matching import Span


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A corrected file, and what it may speak of."""

    path: Path
    """Plain."""
    name: str
    original: str
    """What the file is called that it corrects."""
    reading: Reading
    allowed: tuple[Span, ...]
    """The records that failed and were not brought in since."""
    done: tuple[Span, ...] = ()
    """Those that failed once, and were brought in since."""
    whole: bool = False
    """Nothing of the import was brought in yet, so all of its records are."""


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """A record of the corrected file that cannot be used."""

    at: int
    code: str
    value: str | None


@dataclass(frozen=True, kw_only=True)
class Patched:
    """What became of the records of the original."""

    columns: tuple[str, ...] = ()
    """Names that it had not."""
    missing: tuple[str, ...] = ()
    """Its columns that the corrected file lacks."""
    given: str = ""
    """The numbers of the records that were given back."""
    records: int = 0
    rejected: int = 0
    """Of those that are decided about."""
    last: int = 0
    """The highest number."""
    wrong: tuple[Wrong, ...] = ()
    """The first of them; then nothing was patched."""


class CorrectionBench(Protocol):
    """What a correction asks of the workbench."""

    def patch(self, correction: Correction, columns: Sequence[str]) -> Patched:
        """After staging the original, which has these columns: put the corrected records into it."""
        ...

    def keep_patched(self, fields: Sequence[TargetField]) -> Judged:
        """After judging: forget what is wrong with records that were not given back."""
        ...

    def patched_places(self, records: Sequence[int]) -> Mapping[int, int]:
        """Which records of the corrected file they are; none if they are of the original."""
        ...
