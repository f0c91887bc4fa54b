"""Who asks for parents to be made, and what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.lookups import Sought
from entrepot.importing.prepare import prepare
from entrepot.importing.request import Draft, Prepared, Run, Work
from entrepot.model.bench import Bench
from entrepot.model.brief import listed
from entrepot.model.catalog import Entity
from entrepot.model.drafts import Judged
from entrepot.model.errors import InputError
from entrepot.model.finding import Missing
from entrepot.model.plans import ImportRequest


@dataclass(frozen=True, kw_only=True)
class Child:
    """A table whose records may name parents that are not there."""

    title: str
    draft: Draft
    request: ImportRequest
    run: Run


@dataclass(frozen=True, kw_only=True)
class Read:
    """The same, read."""

    child: Child
    prepared: Prepared
    bench: Bench

    @property
    def work(self) -> Work:
        return Work(run=self.child.run, bench=self.bench, prepared=self.prepared, judged=Judged(), started=0.0)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One reference that wants parents."""

    read: Read
    sought: Sought


def read(child: Child, bench: Bench, number: int) -> Read:
    """Its files do not matter here."""
    own, draft = bench.part(number), replace(child.draft, files=None)
    prepared = replace(prepare(draft, child.request, child.run, own), part=number)
    _check_named(prepared)
    return Read(child=child, prepared=prepared, bench=own)


def askings(tables: Sequence[Read], come: Sequence[Entity]) -> dict[str, list[Asking]]:
    """By parents; without those that come in by the same import: what they bring is all that there is to be."""
    found: dict[str, list[Asking]] = {}
    for one in _all(tables):
        if one.sought.parent not in come:
            found.setdefault(one.sought.parent.name, []).append(one)
    for parent in found.values():
        _check_alike(parent)
    return found


def _all(tables: Sequence[Read]) -> Iterator[Asking]:
    for table in tables:
        for sought in table.prepared.lookups:
            if sought.lookup.missing is Missing.CREATE:
                yield Asking(read=table, sought=sought)


def _check_named(prepared: Prepared) -> None:
    """An id says nothing of the row that should have it."""
    looked_up = {sought.field.name for sought in prepared.lookups}
    for field in (prepared.entity.field(name) for name in prepared.names if name not in looked_up):
        fields = prepared.request.mapping.fields
        said = fields.get(field.name) or fields.get(field.title)
        if said is not None and said.missing is Missing.CREATE:
            raise InputError(
                "parents_not_named",
                f"'{field.title}' has no column that names what it refers to by anything but its id, so nothing is"
                " known of which a row could be made.",
                remedy=f'Name it by a field of the parent (--map "COLUMN={field.title} by FIELD"), or leave --missing'
                f" {field.title}=create out.",
            )


def _check_alike(some: Sequence[Asking]) -> None:
    """Whether two of them mean one parent can only be told by the same fields."""
    first = some[0].sought
    parent = first.parent
    if parent.name in some[0].read.prepared.request.own_ids:
        raise InputError(
            "not_together",
            f"Rows of {parent.title} are not made of names where their ids are the files' own.",
            remedy="Name the entities whose ids are: --own-ids; or give a file of them.",
        )
    for other in (one.sought for one in some):
        if (other.by, other.lookup.ignore_case) != (first.by, first.lookup.ignore_case):
            raise InputError(
                "made_differently",
                f"Rows of {parent.title} are to be made that are named by {listed(first.by)} and by"
                f" {listed(other.by)}: nobody knows which of them are the same.",
                remedy="Name all of them by the same fields, with case or without, or make those of one reference only"
                " (--missing).",
            )
