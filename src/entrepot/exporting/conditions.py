"""Which rows of an entity go out: its filter, and the moments its rows must be dated between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from entrepot.exporting.options import PerEntity
from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.filter_tree import Tree, fields_named
from entrepot.model.filters import read_filter, typed
from entrepot.model.literals import read_literal
from entrepot.model.names import Names
from entrepot.model.overlay import TIMESTAMP_NAMES
from entrepot.model.predicates import Compare, Operator, Predicate, Value, both
from entrepot.model.selection import Selection
from entrepot.model.types import MOMENTS, Kind, LogicalType

MOMENT = LogicalType(kind=Kind.TIMESTAMP)


@dataclass(frozen=True, kw_only=True)
class RowOptions:
    where: PerEntity[Tree]
    saved: PerEntity[Tree] | None
    """The filters of the named selection, which hold besides."""
    since: str | None
    """In the text form of a moment in UTC."""
    until: str | None


def row_options(selection: Selection, names: Names[Entity]) -> RowOptions:
    since, until = dates(selection)
    within = selection.within
    return RowOptions(
        where=_filters(selection.where, names),
        saved=_filters(within.where, names) if within else None,
        since=since,
        until=until,
    )


def dates(selection: Selection) -> tuple[str | None, str | None]:
    """From when until when, as moments in UTC: what the request says, within what the named selection says."""
    said = [selection, *([selection.within] if selection.within else [])]
    since = max(filter(None, (_moment("since", each.since) for each in said)), default=None)
    until = min(filter(None, (_moment("until", each.until) for each in said)), default=None)
    if since is not None and until is not None and since >= until:
        raise InputError(
            "bad_date",
            f"'since' ({since}) is not before 'until' ({until}), so no row can match.",
            remedy="Exchange the two, or leave one of them out.",
        )
    return since, until


def _filters(given: Mapping[str, object], names: Names[Entity]) -> PerEntity[Tree]:
    """All filters for an entity hold together, whichever of its names they are given for."""
    named: dict[str, tuple[Tree, ...]] = {}
    for key, where in given.items():
        if key != "*":
            name = names.find(key).name
            named[name] = (*named.get(name, ()), *_trees(where))
    return PerEntity(
        what="where",
        named={name: trees for name, trees in named.items() if trees},
        common=_trees(given.get("*")),
        words=lambda tree: tuple(fields_named(tree)),
    )


def _trees(where: object) -> tuple[Tree, ...]:
    filters = where if isinstance(where, (list, tuple)) else (where,)
    return tuple(tree for tree in map(read_filter, filters) if tree is not None)


def _moment(what: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        moment = read_literal(text, MOMENT).text
        datetime.fromisoformat(moment)
    except ValueError as error:
        raise InputError(
            "bad_date",
            f"'{what}' is '{text}', which is no moment: {error}.",
            remedy="Write it as 2024-01-31 or 2024-01-31T10:30:00Z.",
        ) from error
    return moment


def condition(entity: Entity, options: RowOptions) -> Predicate | None:
    """What a row of `entity` must satisfy; None if every row goes out."""
    saved = options.saved.of(entity) if options.saved else ()
    filters = (typed(tree, entity) for tree in (*saved, *options.where.of(entity)))
    return both(*filters, *_dated(entity, options))


def _dated(entity: Entity, options: RowOptions) -> tuple[Predicate, ...]:
    field = timestamp_field(entity) if options.since or options.until else None
    if field is None:
        return ()
    bounds = ((Operator.GTE, options.since), (Operator.LT, options.until))
    return tuple(_dated_by(field, operator, moment) for operator, moment in bounds if moment is not None)


def timestamp_field(entity: Entity) -> Field | None:
    """The field that dates a row: the declared one, else the first with a usual name that holds a moment."""
    if entity.timestamp is None:
        named = (entity.by_field[name] for name in TIMESTAMP_NAMES if name in entity.by_field)
        return next((field for field in named if field.type.kind in MOMENTS), None)
    field = entity.field(entity.timestamp)
    if field.type.kind in MOMENTS:
        return field
    raise InputError(
        "timestamp_type",
        f"'{entity.title}' is dated by '{field.title}', which is {field.type.describe()} and no date.",
        remedy="Declare another `timestamp` field for it, or filter it with `where`.",
    )


def _dated_by(field: Field, operator: Operator, moment: str) -> Compare:
    """A day begins at midnight: rows of the day in which `until` lies are before it, unless it is that midnight."""
    if field.type.kind is not Kind.DATE:
        return Compare(field.name, operator, read_literal(moment, field.type))
    within = operator is Operator.LT and not moment.endswith(" 00:00:00")
    return Compare(field.name, Operator.LTE if within else operator, Value(moment[:10], field.type))
