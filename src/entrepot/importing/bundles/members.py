"""The tables of an import, read and judged, in the order in which they are decided about and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.bundles.asks import Asks
from entrepot.importing.bundles.order import Lead
from entrepot.importing.bundles.parts import Part
from entrepot.importing.estimate import Taken
from entrepot.importing.isolating import matched
from entrepot.importing.keys import held_by_one
from entrepot.importing.lookups import Sought
from entrepot.importing.prepare import judged, prepare
from entrepot.importing.request import Prepared, Work
from entrepot.importing.spelling import is_spelled_variously
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity, Relation
from entrepot.model.made import AskedBy
from entrepot.model.matching import Elsewhere
from entrepot.model.references import Beside, Lookup


@dataclass(frozen=True, kw_only=True)
class Read:
    """A part whose columns are known."""

    part: Part
    bench: Bench
    number: int
    prepared: Prepared
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Member:
    """A part under way."""

    title: str
    work: Work
    taken: Taken
    brings: tuple[tuple[int, ...], ...] = ()
    """The fields to which records of other parts refer; by their number, these know them."""
    parents: frozenset[str] = frozenset()
    """The entities of these parts."""
    circle: int = 0
    """Members that refer to each other in a circle have one number, and no other has it."""
    asked: tuple[AskedBy, ...] = ()
    """Of records that were made for those of other parts: who may refer to them."""
    waits: bool = False
    """Whether it is written before something that it refers to, and the database looks only in the end."""
    moved: tuple[Relation, ...] = ()
    """Its foreign keys that the exclusive lane takes away until the end."""
    locks: tuple[str, ...] = ()
    """The tables that this lane keeps others out of, if it takes some of these."""

    @property
    def entity(self) -> Entity:
        return self.work.prepared.entity

    def named(self, numbers: tuple[int, ...]) -> tuple[str, ...]:
        return self.work.prepared.named(numbers)


def read(part: Part, bench: Bench, number: int) -> Read:
    began = part.run.clock.monotonic()
    own = bench.part(number)
    prepared = replace(prepare(part.draft, part.request, part.run, own), part=number)
    return Read(part=part, bench=own, number=number, prepared=prepared, seconds=part.run.clock.monotonic() - began)


def member_of(one: Read, before: Mapping[str, Read]) -> Member:
    """With its values judged. `before` has the parts that were judged already, by their entities: parents that are
    named otherwise than by their ids are looked for among their records, too."""
    run = one.part.run
    began = run.clock.monotonic()
    lookups = tuple(replace(sought, lookup=_beside(sought, before)) for sought in one.prepared.lookups)
    work = judged(replace(one.prepared, lookups=lookups), run, one.bench, began - one.seconds)
    taken = Taken(reading=one.seconds + run.clock.monotonic() - began, comparing=0.0)
    return Member(title=one.part.title, work=work, taken=taken)


def _beside(sought: Sought, before: Mapping[str, Read]) -> Lookup:
    parent = before.get(sought.parent.name)
    names = parent.prepared.names if parent else ()
    if parent is None or not {*sought.by, sought.referred}.issubset(names):
        return sought.lookup
    fields = tuple(names.index(name) for name in sought.by)
    place, own = names.index(sought.referred), parent.prepared.own
    own_ids = own.key.column if own and own.key and own.key.field == place else 0
    said = tuple(parent.prepared.fields[at].sources[0] for at in fields) if parent.prepared.request.made else ()
    beside = Beside(part=parent.number, fields=fields, id=place, said=said, own_ids=own_ids)
    return replace(sought.lookup, beside=beside)


def linked(
    member: Member, at: int, all_of_them: Mapping[int, Member], leads: Sequence[Lead], asks: Sequence[Asks]
) -> Member:
    """Its references know where else their parents may be."""
    matching = member.work.prepared.matching
    references = list(matching.references)
    for lead in leads:
        if lead.child == at:
            number = _brought(lead.parent, leads, asks).index(lead.columns)
            parent = all_of_them[lead.parent]
            asked = any(is_spelled_variously(parent.entity.field(name)) for name in parent.named(lead.columns))
            alone = held_by_one(parent.entity, parent.named(lead.columns))
            own_ids = _own_ids(parent, lead.columns)
            where = Elsewhere(
                part=lead.parent + 1, number=number, words=parent.title, asked=asked, alone=alone, own_ids=own_ids
            )
            references[lead.reference] = replace(references[lead.reference], elsewhere=where)
    return replace(
        member,
        work=matched(member.work, replace(matching, references=tuple(references))),
        brings=_brought(at, leads, asks),
        asked=tuple(_asked_by(one, leads, asks) for one in asks if one.parent == at),
        parents=frozenset(all_of_them[lead.parent].entity.name for lead in leads if lead.child == at),
    )


def _own_ids(parent: Member, columns: tuple[int, ...]) -> int:
    own = parent.work.prepared.own
    return own.key.column if own and own.key and columns == (own.key.field,) else 0


def _brought(at: int, leads: Sequence[Lead], asks: Sequence[Asks]) -> tuple[tuple[int, ...], ...]:
    """What others look for in a part, and by what it refers to records that were made for it."""
    wanted = [lead.columns for lead in leads if lead.parent == at]
    return tuple(dict.fromkeys([*wanted, *(one.own for one in asks if one.child == at)]))


def _asked_by(one: Asks, leads: Sequence[Lead], asks: Sequence[Asks]) -> AskedBy:
    number = _brought(one.child, leads, asks).index(one.own)
    return AskedBy(part=one.child + 1, number=number, fields=one.columns)


def entities_of(members: Sequence[Member]) -> list[Entity]:
    """Those that any of them looks at or changes, each once."""
    return list({entity.name: entity for member in members for entity in member.work.entities}.values())
