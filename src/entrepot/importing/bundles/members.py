"""The tables of an import, read and judged, in the order in which they are decided about and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from entrepot.importing.bundles.order import Lead, leads_of, ordered
from entrepot.importing.changes import identity
from entrepot.importing.estimate import Taken
from entrepot.importing.isolating import matched
from entrepot.importing.prepare import checked_entity, working
from entrepot.importing.request import Draft, Run, Work
from entrepot.model.bench import Bench
from entrepot.model.bundles import table_title
from entrepot.model.catalog import Entity, Relation
from entrepot.model.changes import Waits, Writing
from entrepot.model.drafts import Errors
from entrepot.model.errors import InputError
from entrepot.model.matching import Elsewhere
from entrepot.model.plans import ImportRequest


@dataclass(frozen=True, kw_only=True)
class Part:
    """One table on its way into one entity."""

    draft: Draft
    request: ImportRequest
    run: Run
    """With a folder of its own, what is remembered of its columns, and where its failures go."""

    @property
    def title(self) -> str:
        return table_title(self.draft.file.name, self.request.reading.entity)


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
    waits: bool = False
    """Whether it is written before something that it refers to, and the database looks only in the end."""

    @property
    def entity(self) -> Entity:
        return self.work.prepared.entity


def members_of(parts: Sequence[Part], run: Run, bench: Bench) -> tuple[Member, ...]:
    """Numbered by the names of their entities: the order in which files are named changes nothing."""
    entities = check_parts(parts)
    sorted_parts = [parts[at] for at in sorted(range(len(parts)), key=entities.__getitem__)]
    read = [_read(part, bench.part(number)) for number, part in enumerate(sorted_parts, start=1)]
    leads = leads_of([member.work.prepared for member in read], run.catalog)
    circles = ordered(len(read), leads)
    order = [at for circle in circles for at in circle]
    late = [lead for lead in leads if order.index(lead.child) < order.index(lead.parent)]
    linked = [
        replace(_linked(read[at], at, read, leads), circle=number) for number, some in enumerate(circles) for at in some
    ]
    return tuple(
        holding_back(member, [lead for lead in late if lead.child == at], linked, run.engine.writing)
        for at, member in zip(order, linked, strict=True)
    )


def check_parts(parts: Sequence[Part]) -> list[str]:
    """What cannot be is refused before any file is read. The names of the entities."""
    titles: dict[str, str] = {}
    for part in parts:
        entity = checked_entity(part.request, part.run)
        _check_request(part)
        if entity.name in titles:
            raise InputError(
                "entity_twice",
                f"Both {titles[entity.name]} and {part.title} would go into {entity.title}.",
                remedy=f"Import one after the other, or leave one out: --into {part.title}=",
            )
        titles[entity.name] = part.title
    return list(titles)


def _check_request(part: Part) -> None:
    """What only an import of one table can."""
    request = part.request
    asked = {
        "in batches": request.batch_size is not None,
        "in the exclusive lane": request.exclusive,
        "as a correction": request.corrects is not None,
    }
    for how in (how for how, wanted in asked.items() if wanted):
        raise InputError(
            "not_together",
            f"Several tables are not imported {how}: {part.title}.",
            remedy="Import them one after the other, or leave that out.",
        )


def _read(part: Part, bench: Bench) -> Member:
    began = part.run.clock.monotonic()
    work = working(part.draft, part.request, part.run, bench)
    taken = Taken(reading=part.run.clock.monotonic() - began, comparing=0.0)
    return Member(title=part.title, work=work, taken=taken)


def _linked(member: Member, at: int, all_of_them: Sequence[Member], leads: Sequence[Lead]) -> Member:
    """Its references know where else their parents may be."""
    matching = member.work.prepared.matching
    references = list(matching.references)
    for lead in leads:
        if lead.child == at:
            number = _brought(leads, lead.parent).index(lead.columns)
            where = Elsewhere(part=lead.parent + 1, number=number, words=all_of_them[lead.parent].title)
            references[lead.reference] = replace(references[lead.reference], elsewhere=where)
    return replace(
        member,
        work=matched(member.work, replace(matching, references=tuple(references))),
        brings=_brought(leads, at),
        parents=frozenset(all_of_them[lead.parent].entity.name for lead in leads if lead.child == at),
    )


def _brought(leads: Sequence[Lead], parent: int) -> tuple[tuple[int, ...], ...]:
    return tuple(dict.fromkeys(lead.columns for lead in leads if lead.parent == parent))


def entities_of(members: Sequence[Member]) -> list[Entity]:
    """Those that any of them looks at or changes, each once."""
    return list({entity.name: entity for member in members for entity in member.work.entities}.values())


def holding_back(member: Member, late: Sequence[Lead], members: Sequence[Member], writing: Writing) -> Member:
    """What refers to a part that is written later: the database looks when all is written, or it is filled then."""
    prepared = member.work.prepared
    relations = [prepared.relations[lead.reference] for lead in late]
    relations = [relation for relation in relations if not relation.declared]
    if prepared.request.errors is not Errors.SKIP:
        here = [relation for relation in relations if not _can_wait(relation, writing)]
    else:
        here = relations  # single records are tried, which looks at once
    held = dict.fromkeys(name for relation in here for name in _held(relation, member, members))
    work = replace(member.work, prepared=replace(prepared, held=tuple(held)))
    return replace(member, work=work, waits=len(here) < len(relations))


def _can_wait(relation: Relation, writing: Writing) -> bool:
    return writing.waits is Waits.ALL or (writing.waits is Waits.DEFERRABLE and relation.deferrable)


def _held(relation: Relation, member: Member, members: Sequence[Member]) -> list[str]:
    """The fields that are empty at first. Rows are found again by their primary key."""
    prepared, key = member.work.prepared, identity(member.entity)
    fixed = {*key, *prepared.named(prepared.matching.key)}
    found = [name for name in relation.fields if member.entity.field(name).nullable and name not in fixed]
    given = {field.name for field in prepared.fields if field.required or field.constant is not None}
    if found and key and given.issuperset(key):
        return found
    circle = [one.entity.title for one in members if one.circle == member.circle]
    why = f"{', '.join(relation.fields)} of {member.entity.title} can neither be empty at first nor be checked later"
    if found:
        why = f"the file has no complete primary key of {member.entity.title}, by which its rows are found again"
    raise InputError(
        "references_in_circle",
        f"The tables refer to each other in a circle, {' → '.join([*circle, circle[0]])}, and {why}.",
        remedy="Import one of them first, without the references to the others, and add these by an update.",
    )
