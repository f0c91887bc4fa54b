"""What an import did: printed, kept, and asked whether it can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from entrepot.model.attachments import FilesPlan
from entrepot.model.drafts import Decision, Mode, OnConflict
from entrepot.model.mappings import SavedMapping
from entrepot.model.mirrors import Radius
from entrepot.model.plans import DraftFile
from entrepot.model.problems import Problem
from entrepot.model.receipts import Fingerprint
from entrepot.model.shares import ShareCounts

NOT_FOUND_AGAIN = "not_found_again"
"""The code of the problem that rows would be created which nothing identifies."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Rows that were read back before the commit, and have the fingerprint of what was sent."""

    what: str
    """`created` or `updated`."""
    fields: tuple[str, ...]
    fingerprint: Fingerprint


@dataclass(frozen=True, kw_only=True)
class ImportReceipt:
    """Printed and kept: records = created + updated (or versioned) + unchanged + skipped + failed."""

    job: str
    tool: str
    created_at: str
    seconds: float
    file: DraftFile
    table: str | None = None
    """Of a file that holds several: which one, as it was named; None: the file is one."""
    engine: str
    database: str
    snapshot: str
    entity: str
    mode: Mode
    on_conflict: OnConflict
    records: int
    counts: Mapping[str, int]
    tenant: str | None = None
    """Whose import it was; None: of all."""
    digest: str
    """Of the plan that was carried out."""
    radius: Radius | None = None
    """What a mirror deleted."""
    lane: str
    foreign_keys: tuple[str, ...] = ()
    """How each reference was verified, in words."""
    proofs: tuple[Proof, ...] = ()
    files: FilesPlan | None = None
    """What became of the files of a package; None: it has none for these rows."""
    warnings: tuple[Problem, ...] = ()
    failed_rows: str | None = None
    """The id of the errors file; none if no record failed. Of several files, of the first that has one."""
    shares: tuple[ShareCounts, ...] = ()
    """Of several files that are one table, each; of a single file none."""
    mapping: SavedMapping | None = None
    """To use again."""

    @property
    def revocable(self) -> bool:
        return is_revocable(self.counts, self.warnings, self.radius)


def is_revocable(counts: Mapping[str, int], problems: Sequence[Problem], radius: Radius | None = None) -> bool:
    """Whether an undo finds any row that was changed."""
    if radius is not None and any(radius.numbers.values()):
        return True
    lost = any(problem.code == NOT_FOUND_AGAIN for problem in problems)
    changed = counts.get(Decision.UPDATED) or counts.get(Decision.VERSIONED)
    return bool(changed or (counts.get(Decision.CREATED) and not lost))
