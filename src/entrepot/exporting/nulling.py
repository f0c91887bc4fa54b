"""References to rows left out go out as NULL, or stop the export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.exporting.ground import Ground, State
from entrepot.exporting.notes import note
from entrepot.exporting.references import Columns, arrives, dangles, is_open, outgoing, words
from entrepot.model.catalog import Entity, Relation
from entrepot.model.errors import InputError
from entrepot.model.predicates import IsNull, Or, Predicate, Related, both
from entrepot.model.problems import Category, Problem
from entrepot.model.selection import Column

Dangling = Sequence[tuple[Relation, int]]
"""Relations, and in how many rows each means a row that does not come along."""


def dangling(ground: Ground, state: State, columns: Columns) -> Dangling:
    found = [r for name in state for r in outgoing(ground, columns, name) if is_open(ground, state, r)]
    counts = ((r, ground.count(r.entity, both(state[r.entity].where, dangles(r, state)))) for r in found)
    return [(relation, rows) for relation, rows in counts if rows]


def refuse(found: Dangling) -> None:
    """The error that names every relation with references to rows left out."""
    if found:
        raise InputError(
            "left_out_references",
            f"Rows refer to rows that do not come along: {_counted(found)}.",
            remedy="Ask for related rows (parents), or say that such references become null or drop their row.",
            problems=tuple(_problem(relation, rows) for relation, rows in found),
        )


def refuse_foreign(ground: Ground, state: State, columns: Columns) -> None:
    """The error if a tenant's rows refer to rows of another tenant, which must never come along."""
    counts = [(r, rows) for r, where in _crossings(ground, state, columns) if (rows := ground.count(r.entity, where))]
    if counts:
        raise InputError(
            "crosses_tenants",
            f"Rows of this tenant refer to rows of other tenants: {_counted(counts)}.",
            remedy="Say that such references become null or drop their row, or ask for no related rows.",
            problems=tuple(_problem(relation, rows) for relation, rows in counts),
        )


def _crossings(ground: Ground, state: State, columns: Columns) -> Iterator[tuple[Relation, Predicate | None]]:
    for relation in (r for name in state for r in outgoing(ground, columns, name)):
        foreign = ground.bounds.foreign(ground.catalog.entity(relation.parent))
        if foreign is None or relation.parent in ground.excluded or ground.bounds.leads_home(relation):
            continue
        crossing = Related(relation.fields, relation.parent, relation.parent_fields, foreign)
        yield relation, both(state[relation.entity].where, crossing)


def _counted(found: Dangling) -> str:
    return "; ".join(f"{words(relation)} ({rows} rows)" for relation, rows in found)


def _problem(relation: Relation, rows: int) -> Problem:
    return Problem(
        code="left_out_reference",
        message=f"{rows} rows: {words(relation)}.",
        category=Category.REFERENCE,
        value=str(rows),
    )


def nulled(ground: Ground, state: State, columns: Columns, found: Dangling) -> tuple[Columns, tuple[Problem, ...]]:
    """The columns, of which those that refer to rows left out say NULL in such rows."""
    changed = dict(columns)
    for relation, rows in found:
        names = _nullable(ground.catalog.entity(relation.entity), relation, rows)
        changed[relation.entity] = [
            replace(c, keep_when=both(c.keep_when, _kept(ground, relation, c, state))) if c.field.name in names else c
            for c in changed[relation.entity]
        ]
    return changed, tuple(
        note("references_nulled", f"{words(relation)} is NULL in {rows} rows whose parent does not come along.")
        for relation, rows in found
    )


def _nullable(entity: Entity, relation: Relation, rows: int) -> frozenset[str]:
    """The fields to null: one NULL part undoes a reference, so other relations keep theirs where they can."""
    possible = [n for n in relation.fields if entity.field(n).nullable and n not in entity.primary_key]
    if not possible:
        raise InputError(
            "left_out_required",
            f"{words(relation)} cannot become NULL in {rows} rows whose parent does not come along: it is required.",
            remedy="Ask for related rows (parents), or say that such rows are dropped.",
        )
    shared = {name for other in entity.relations if other != relation for name in other.fields}
    return frozenset([name for name in possible if name not in shared] or possible)


def _kept(ground: Ground, relation: Relation, column: Column, state: State) -> Predicate:
    """The value stays where the parent comes along, and where another part is NULL, so that nothing is meant."""
    entity = ground.catalog.entity(relation.entity)
    others = (name for name in relation.fields if name != column.field.name and entity.field(name).nullable)
    parent = arrives(relation, state)
    stays = (*(IsNull(name) for name in others), IsNull(column.field.name) if parent is None else parent)
    return stays[0] if len(stays) == 1 else Or(stays)
