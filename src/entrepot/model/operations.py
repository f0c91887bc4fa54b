"""What was done, by whom, with what and when: the audit, counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from entrepot.model.audit import BEGUN, OF, OK, Action, AuditLine


class Period(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


FORMS = {Period.DAY: "%Y-%m-%d", Period.MONTH: "%Y-%m", Period.YEAR: "%Y"}


@dataclass(frozen=True, kw_only=True, order=True)
class Operations:
    """What one of them did in one period with one entity."""

    period: str
    """In UTC."""
    principal: str
    action: str
    entity: str
    """Empty where none is known: of what failed before that was clear, or is about none."""
    operations: int
    """Those of several entities are counted with each."""
    failed: int
    """Of these operations, those that were refused, stopped or went wrong."""
    unfinished: int
    """Those that began and never ended: their process died, or is still at work."""
    rows: int
    """That went out, or were changed."""
    records_failed: int
    """That an import could not bring in, or an undo not take back."""
    seconds: float


@dataclass
class _Sum:
    operations: int = 0
    failed: int = 0
    unfinished: int = 0
    rows: int = 0
    records_failed: int = 0
    seconds: float = 0.0


@dataclass
class _Counting:
    sums: dict[tuple[str, str, str, str], _Sum] = field(default_factory=dict)
    begun: dict[int, tuple[str, str, str, str]] = field(default_factory=dict)

    def line(self, line: AuditLine, form: str) -> None:
        key = (_day(line.at, form), line.principal, line.action, line.entity or "")
        if line.result == BEGUN:
            self.begun[line.number] = key
            return
        self.begun.pop(line.facts.get(OF, 0), None)
        entities = line.facts.get("entities") or {line.entity or "": line.facts.get("rows", 0)}
        for at, (entity, rows) in enumerate(entities.items()):
            found = self.sums.setdefault((*key[:3], entity), _Sum())
            found.operations += 1
            found.failed += line.result != OK
            found.rows += rows
            found.records_failed += 0 if at else line.facts.get("failed", 0)
            found.seconds += 0 if at else line.facts.get("seconds", 0)

    def result(self) -> Iterator[Operations]:
        for key in self.begun.values():
            found = self.sums.setdefault(key, _Sum())
            found.operations += 1
            found.unfinished += 1
        for (period, principal, action, entity), found in sorted(self.sums.items()):
            found.seconds = round(found.seconds, 3)
            yield Operations(period=period, principal=principal, action=action, entity=entity, **vars(found))


def counted(lines: Iterable[AuditLine], period: Period) -> tuple[Operations, ...]:
    counting = _Counting()
    for line in lines:
        if line.action != Action.DAMAGE:
            counting.line(line, FORMS[period])
    return tuple(counting.result())


def _day(at: datetime, form: str) -> str:
    return at.strftime(form)


def without_ended(lines: Iterable[AuditLine]) -> Iterator[AuditLine]:
    """The newest first: of an action that has ended, only the line that says how."""
    ended: set[int] = set()
    for line in lines:
        ended.add(line.facts.get(OF, 0))
        if line.result != BEGUN or line.number not in ended:
            yield line
