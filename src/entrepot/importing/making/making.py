"""The parents that are to be made: the values that name no row, each once, by what the database takes for equal.

They become the file of one more table of the import (decision 19), which from then on is a table like the others: its
records are judged and decided about, have keys that are drawn when they are written, and are parents beside those in
the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.asking import Beside, take_alike
from entrepot.importing.looking_up import take_found
from entrepot.importing.making.asked import Asking, Child, Read, askings, read
from entrepot.importing.making.forms import Form, check_form, form_of
from entrepot.importing.request import Run
from entrepot.model.bench import Bench
from entrepot.model.brief import listed
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.made import MadeParent, MadeParents
from entrepot.model.plans import ImportRequest
from entrepot.model.shares import standing


@dataclass(frozen=True, kw_only=True)
class Made:
    """The table of one entity."""

    form: Form
    request: ImportRequest
    rows: Iterator[bytes]
    """To be taken before the next one is asked for."""

    @property
    def title(self) -> str:
        files = self.request.made.files if self.request.made else ()
        return f"{self.form.entity.title} for {listed(files)}".replace("/", " ")


def made_parents(children: Sequence[Child], come: Sequence[Entity], run: Run, bench: Bench) -> Iterator[Made]:
    """`come`: the entities of all tables of the import; `bench` is used for nothing else."""
    tables = [read(child, bench, number) for number, child in enumerate(children, start=1)]
    wanted = askings(tables, come)
    if not wanted:
        return
    entities = {entity.name: entity for table in tables for entity in table.work.entities}
    with run.engine.change(run.catalog, list(entities.values()), run.work, write=False) as target:
        for name in sorted(wanted):
            made = _made(wanted[name], run, bench, target)
            if made is not None:
                yield made


def _made(some: Sequence[Asking], run: Run, bench: Bench, target: Target) -> Made | None:
    sought = some[0].sought
    run.reporter.phase(f"Looking for {sought.parent.title} that are not there")
    if not sum([_asked(one, target) for one in some]):
        return None
    form, asks = form_of(sought, run.catalog), [one.read for one in some]
    check_form(form, sought, asks[0].prepared.tenancy, asks[0].child.title)
    places = [(one.read.prepared.part, one.sought.lookup.column) for one in some]
    bench.part(0).gather_asked(places, len(sought.by))
    if not sought.lookup.ignore_case:
        beside = Beside(run=run, bench=bench.part(0))
        take_alike(("asked_made", "alike_made"), form.entity, form.by, target, beside)
    files = [one.child.title for one in asks]
    count, first, alike = bench.part(0).make_parents(sought.lookup, form.filled, files)
    made = MadeParents(files=_named(asks), count=count, first=tuple(_placed(one, asks) for one in first), alike=alike)
    rows = bench.part(0).give("made", form.given)
    return Made(form=form, request=_request(form, asks[0].child.request, made), rows=rows)


def _named(asks: Sequence[Read]) -> tuple[str, ...]:
    """Of several files that are one table, each."""
    titles = (([share.title for share in one.prepared.shares] or [one.child.title]) for one in asks)
    return tuple(dict.fromkeys(title for some in titles for title in some))


def _placed(made: MadeParent, asks: Sequence[Read]) -> MadeParent:
    shares = next(one.prepared.shares for one in asks if one.child.title == made.file)
    title, record = standing(made.record, [(share.title, share.staged.records) for share in shares])
    return replace(made, file=title or made.file, record=record)


def _asked(one: Asking, target: Target) -> int:
    read, lookup = one.read, one.sought.lookup
    read.bench.seek_parents(lookup)
    take_found(one.sought, read.work, target)
    read.bench.find_parents(lookup)
    return read.bench.ask_for_parents(lookup)


def _request(form: Form, asked: ImportRequest, made: MadeParents) -> ImportRequest:
    """Whose row somebody else adds meanwhile is that row; one that only has the same key is another."""
    return ImportRequest(
        entity=form.entity.name,
        mapping=form.mapping,
        mode=Mode.CREATE,
        on_conflict=OnConflict.SKIP if form.key else OnConflict.FAIL,
        key=form.by if form.key else (),
        own_ids=(form.entity.name,) if form.key else (),
        errors=asked.errors,
        prove=asked.prove,
        tenant=asked.tenant,
        tenant_by_key=asked.tenant_by_key,
        declared=made.count,
        made=made,
    )
