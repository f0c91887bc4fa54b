"""Before values are judged, outside of any lock: every record of a table with ids of its own has a key, and references
by such ids have that of their parent.

Parents come first, because what identifies a row may be a reference itself. A reference to a table that comes later, as
in a circle, is made when all keys are known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from entrepot.importing.asking import KEYS, take
from entrepot.importing.looking_up import take_found
from entrepot.importing.own_ids.fields import Linked, Own
from entrepot.importing.own_ids.tables import scope_of
from entrepot.importing.request import Prepared, Run, Work
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.drafts import Judged
from entrepot.model.errors import InputError
from entrepot.model.finding import Missing
from entrepot.model.own_ids import BY_OWN_IDS, OwnKey, OwnLink
from entrepot.model.references import FoundParents, Reference

PAIRS = 10_000


@dataclass(frozen=True, kw_only=True)
class Table:
    """One that was read."""

    prepared: Prepared
    run: Run
    bench: Bench

    @property
    def work(self) -> Work:
        return Work(run=self.run, bench=self.bench, prepared=self.prepared, judged=Judged(), started=0.0)

    @property
    def own(self) -> Own:
        return self.prepared.own or Own()


def resolved(tables: Sequence[Table]) -> list[Prepared]:
    """Parents first; in the same order."""
    if not any(table.prepared.own for table in tables):
        return [table.prepared for table in tables]
    run = tables[0].run
    entities = {entity.name: entity for table in tables for entity in table.work.entities}
    with run.engine.change(run.catalog, list(entities.values()), run.work, write=False) as target:
        resolving = Resolving(tables={table.prepared.entity.name: table for table in tables}, target=target)
        return resolving.all(tables)


@dataclass(frozen=True, kw_only=True)
class Resolving:
    tables: Mapping[str, Table]
    """By entity."""
    target: Target

    def all(self, tables: Sequence[Table]) -> list[Prepared]:
        known, found = set[str](), {table.prepared.entity.name: list[Reference]() for table in tables}
        left: dict[str, list[Linked]] = {}
        for table in tables:
            name = table.prepared.entity.name
            early = [linked for linked in table.own.links if self._is_known(linked, known)]
            left[name] = [linked for linked in table.own.links if linked not in early]
            found[name] += [self._linked(table, linked) for linked in early]
            if table.own.key is not None:
                self._check_natural(table, left[name])
                found[name].append(self._assigned(table, table.own.key))
            known.add(name)
        for table in tables:
            name = table.prepared.entity.name
            found[name] += [self._linked(table, linked) for linked in left[name]]
        return [self._prepared(table, found[table.prepared.entity.name]) for table in tables]

    def _is_known(self, linked: Linked, known: set[str]) -> bool:
        return linked.parent.name in known or self._holding(linked.parent) is None

    def _holding(self, entity: Entity) -> Table | None:
        """The table of this import that says what the ids of an entity are."""
        table = self.tables.get(entity.name)
        return table if table is not None and table.own.key is not None else None

    def _check_natural(self, table: Table, left: Sequence[Linked]) -> None:
        late = {linked.field.name for linked in left}
        if table.own.natural is not None and late.intersection(table.own.natural.by):
            raise InputError(
                "key_in_circle",
                f"Rows of {table.prepared.entity.title} are found by {', '.join(table.own.natural.by)}, which refers to"
                " rows whose keys are not known before.",
                remedy="Name fields that refer to nothing in these files: --key.",
            )

    def _prepared(self, table: Table, found: Sequence[Reference]) -> Prepared:
        """With what was found."""
        prepared = table.prepared
        if prepared.own is None:
            return prepared
        links = tuple(replace(linked, link=self._placed(linked)) for linked in prepared.own.links)
        skips = prepared.matching.leaves_out or any(one.link.missing is Missing.SKIP for one in links)
        return replace(
            prepared,
            own=replace(prepared.own, links=links),
            references=tuple(found),
            matching=replace(prepared.matching, leaves_out=skips),
        )

    def _placed(self, linked: Linked) -> OwnLink:
        holding = self._holding(linked.parent)
        if holding is None or holding.own.key is None:
            return linked.link
        file, number = holding.prepared.draft.given, holding.own.key.column
        return replace(linked.link, part=holding.prepared.part, parent=number, file=file)

    def _linked(self, table: Table, linked: Linked) -> Reference:
        link, holding = self._placed(linked), self._holding(linked.parent)
        lines = holding.prepared.request.within if holding else ""
        on_its_lines = lines == table.prepared.entity.name
        table.bench.gather_own(link.column, link.own, on_lines=on_its_lines, within=link.part if lines else None)
        if link.part is None:
            take_known(table, linked.parent, link.column)
        found = table.bench.link_own(link)
        return self._told(linked.field.name, linked.parent, linked.columns, found, link.missing)

    def _assigned(self, table: Table, key: OwnKey) -> Reference:
        entity = table.prepared.entity
        table.run.reporter.phase(f"Looking for what the ids of {table.prepared.draft.given} are")
        table.bench.gather_own(key.column, key.own, on_lines=bool(table.prepared.request.within))
        take_known(table, entity, key.column)
        table.bench.ask_own(key)
        asked = table.bench.give(f"asked_{key.column}", ["n", "key"], null=self.target.null)
        self.target.keep_keys(f"{KEYS}_own", entity, entity.primary_key, asked, numbered=True)
        inside = table.prepared.inside(entity)
        alive = self.target.matching(f"{KEYS}_own", entity, entity.primary_key, (), numbered=True, where=inside)
        take(f"alive_{key.column}", ["number"], alive, table)
        if table.own.natural is not None:
            table.bench.seek_parents(table.own.natural.lookup)
            take_found(table.own.natural, table.work, self.target)
        return self._told(entity.primary_key[0], entity, table.own.columns, table.bench.assign_own(key), Missing.ERROR)

    def _told(
        self, field: str, parent: Entity, columns: tuple[str, ...], found: FoundParents, missing: Missing
    ) -> Reference:
        return Reference(
            field=field, parent=parent.title, by=(BY_OWN_IDS,), columns=columns, missing=missing, parents=found
        )


def take_known(table: Table, entity: Entity, number: int) -> None:
    """What the source brought before."""
    known = table.run.known_ids
    pairs = known.known(entity.name, scope_of(table.prepared.tenancy)) if known is not None else iter(())
    with table.bench.take(f"known_{number}", ("own", "key")) as taken:
        for block in _lines(pairs):
            table.run.cancel.check()
            taken.write(block)
        taken.finish()


def _lines(pairs: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    iterator = iter(pairs)
    while some := list(islice(iterator, PAIRS)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(some)
        yield text.getvalue().encode()
