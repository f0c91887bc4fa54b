"""Several tables as one import: what is asked for, what it will do, and what it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from entrepot.model.drafts import none_decided
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.mirrors import Leaving
from entrepot.model.plan_states import PlanState
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Problem


@dataclass(frozen=True, kw_only=True)
class BundleRequest:
    """What people can say about several tables at once. A table is called as its file is (`orders.csv`, or `orders`),
    as its sheet or list is, or by both (`shop.xlsx:Orders`)."""

    into: Mapping[str, str] = field(default_factory=dict)
    """Table → entity, where its name does not say it; an empty one leaves the table out."""
    also: Mapping[str, str] = field(default_factory=dict)
    """Entity → table whose columns hold its records, too: the parents of the table's own, each perhaps in many lines.
    What is said of them in `tables`, by the name of the entity, says which columns. Empty, or an entity: every table
    that goes there."""
    each: ImportRequest = field(default_factory=lambda: ImportRequest(entity=""))
    """What holds for every table. Its entity says nothing."""
    tables: Mapping[str, ImportRequest] = field(default_factory=dict)
    """What holds for single tables instead, by name."""


@dataclass(frozen=True, kw_only=True)
class BundlePlan:
    plan_id: str = ""
    """What it was kept under; empty while it was not."""
    digest: str
    """Of those of its parts."""
    engine: str
    database: str
    parts: tuple[ImportPlan, ...]
    """In the order in which they would be written: what others refer to comes first."""
    seconds: float = 0.0
    """What the preview took."""
    state: PlanState | None = None
    """What became of it since it was made; None if it was not kept."""

    @property
    def counts(self) -> Mapping[str, int]:
        return summed(part.counts for part in self.parts)

    @property
    def records(self) -> int:
        return sum(part.staged.records for part in self.parts)

    @property
    def failed(self) -> int:
        return sum(part.failed for part in self.parts)

    @property
    def blocked(self) -> bool:
        """Whether it would be refused as a whole."""
        return any(part.blocked for part in self.parts)

    @property
    def deletes(self) -> int:
        """How many rows, of all tables: what must be confirmed."""
        return sum(part.deletes for part in self.parts)

    @property
    def leaving(self) -> tuple[Leaving, ...]:
        return tuple(table for part in self.parts for table in part.leaving)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for part in self.parts for problem in part.problems)

    @property
    def confirmed(self) -> int | None:
        """How many rows somebody knows will be deleted; None: nobody said."""
        said = {part.request.mirror.confirmed for part in self.parts} - {None}
        return said.pop() if len(said) == 1 else None


@dataclass(frozen=True, kw_only=True)
class BundleReceipt:
    job: str
    tool: str
    created_at: str
    seconds: float
    engine: str
    database: str
    digest: str
    """Of the plan that was carried out."""
    counts: Mapping[str, int]
    """Of all parts together."""
    parts: tuple[ImportReceipt, ...]
    """In the order in which they were written."""

    @property
    def records(self) -> int:
        return sum(part.records for part in self.parts)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for part in self.parts for problem in part.warnings)

    @property
    def lane(self) -> str:
        """All that were taken."""
        return ", ".join(dict.fromkeys(part.lane for part in self.parts))

    @property
    def revocable(self) -> bool:
        return any(part.revocable for part in self.parts)


def summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """
    >>> summed([{"created": 1}, {"created": 2, "failed": 1}])["created"]
    3
    """
    found = none_decided()
    for some in counts:
        for decision, count in some.items():
            found[str(decision)] = found.get(str(decision), 0) + count
    return found


def table_title(file: str, table: str | None) -> str:
    """What people call a table of a file.

    >>> table_title("shop.xlsx", "Orders"), table_title("orders.csv", None)
    ('shop.xlsx:Orders', 'orders.csv')
    """
    return f"{file}:{table}" if table else file
