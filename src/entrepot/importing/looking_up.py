"""Parents that are looked up: the different values go to the database once, and the records get the ids that come back.

That is done before values are judged, outside of any lock. The transaction that writes looks again whether every value
still names the same parent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entrepot.importing.asking import take, take_alike
from entrepot.importing.lookups import Sought
from entrepot.importing.request import Prepared, Run, Work
from entrepot.importing.versions.numbering import is_newest
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity, Relation
from entrepot.model.changes import Target
from entrepot.model.drafts import Judged
from entrepot.model.errors import ChangedError
from entrepot.model.finding import Missing
from entrepot.model.matching import Span
from entrepot.model.predicates import Predicate, both
from entrepot.model.references import FoundParents, Reference
from entrepot.model.selection import Column

FOUND = ("id", "label")


def looked_up(prepared: Prepared, run: Run, bench: Bench) -> Prepared:
    """With the ids of all parents that were found."""
    if not prepared.lookups:
        return prepared
    work = Work(run=run, bench=bench, prepared=prepared, judged=Judged(), started=run.clock.monotonic())
    with run.engine.change(run.catalog, work.entities, run.work, write=False) as target:
        references = tuple(_looked_up(sought, work, target) for sought in prepared.lookups)
    skips = any(sought.lookup.missing is Missing.SKIP for sought in prepared.lookups)
    matching = replace(prepared.matching, leaves_out=prepared.matching.leaves_out or skips)
    return replace(prepared, references=(*prepared.references, *references), matching=matching)


def _looked_up(sought: Sought, work: Work, target: Target) -> Reference:
    lookup = sought.lookup
    work.run.reporter.phase(f"Looking up {sought.parent.title} by {', '.join(sought.by)}")
    work.bench.seek_parents(lookup)
    take_found(sought, work, target)
    return Reference(
        field=sought.field.name,
        parent=sought.parent.title,
        by=sought.by,
        columns=sought.columns,
        ignore_case=lookup.ignore_case,
        missing=lookup.missing,
        parents=work.bench.find_parents(lookup),
    )


def with_ids(work: Work) -> tuple[Reference, ...]:
    """What was looked up, and how many ids were found, after all records were decided about."""
    prepared = work.prepared
    if not prepared.relations:
        return prepared.references
    counted = zip(prepared.relations, work.bench.count_parents(prepared.fields, prepared.matching), strict=True)
    known = {sought.field.name for sought in prepared.lookups} | (prepared.own.fields if prepared.own else set())
    by_ids = (_by_id(relation, parents, work) for relation, parents in counted if known.isdisjoint(relation.fields))
    return (*prepared.references, *by_ids)


def _by_id(relation: Relation, parents: FoundParents, work: Work) -> Reference:
    sources = {mapped.field: mapped.columns for mapped in work.prepared.mapping.mapped}
    return Reference(
        field=", ".join(relation.fields),
        parent=work.run.catalog.entity(relation.parent).title,
        by=relation.parent_fields,
        columns=tuple(column for name in relation.fields for column in sources.get(name, ())),
        parents=parents,
    )


def check_found(work: Work, target: Target) -> None:
    """Within the transaction that brings the records in: what is decided about must still refer to the same rows."""
    scope = work.prepared.matching.scope
    for sought in work.prepared.lookups:
        work.bench.seek_parents(sought.lookup, scope or Span(first=1, last=work.prepared.last))
        take_found(sought, work, target)
        if work.bench.compare_parents(sought.lookup):
            raise ChangedError(
                "parents_changed",
                f"Since the file was read, rows of {sought.parent.title} to which it refers by"
                f" {', '.join(sought.by)} have changed, so nothing more was written.",
                remedy="Import it again; what was begun in batches goes on by: entrepot resume JOB",
            )


def take_found(sought: Sought, work: Work, target: Target) -> None:
    """By what the database takes for equal; where case means nothing, all parents come and we compare."""
    number, label = sought.lookup.column, sought.label if work.run.known_values else None
    told = (sought.referred, label or sought.referred)
    if sought.lookup.ignore_case:
        rows = target.rows(sought.parent, _columns(sought.parent, (*told, *sought.by)), where=_inside(sought, work))
        take(f"found_{number}", (*FOUND, *(f"p{at}" for at in range(len(sought.by)))), rows, work)
    else:
        _take_equal(sought, work, target, told)


def _take_equal(sought: Sought, work: Work, target: Target, told: Sequence[str]) -> None:
    number, parent = sought.lookup.column, sought.parent
    name = take_alike((f"wanted_{number}", f"alike_{number}"), parent, sought.by, target, work)
    found = target.matching(name, parent, sought.by, _columns(parent, told), numbered=True, where=_inside(sought, work))
    take(f"found_{number}", ("number", *FOUND), found, work)


def _inside(sought: Sought, work: Work) -> Predicate | None:
    """Whoever names something without the number of a version means the newest, where a flag says which that is."""
    versions = sought.parent.versions
    newest = None if versions is None or versions.field in sought.by else is_newest(sought.parent)
    return both(work.prepared.inside(sought.parent), newest)


def _columns(entity: Entity, names: Sequence[str]) -> tuple[Column, ...]:
    """A field may be wanted twice."""
    return tuple(Column(field=entity.field(name), name=f"v{at}") for at, name in enumerate(names))
