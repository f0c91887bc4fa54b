"""Options that could change nothing are mistakes: they are refused, never passed over."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from entrepot.exporting.chosen import chosen_entities, excluded_names
from entrepot.exporting.columns import ColumnOptions, column_options, columns_of
from entrepot.exporting.conditions import RowOptions, condition, row_options
from entrepot.exporting.reach import reachable
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import InputError
from entrepot.model.names import Names
from entrepot.model.selection import Selection


def refuse_idle(columns: ColumnOptions, rows: RowOptions, chosen: Sequence[Entity], outgoing: Collection[str]) -> None:
    """An error for options about entities that do not go out; a filter does not choose among related rows either."""
    for name in rows.where.idle(entity.name for entity in chosen):
        related = " Rows that only their relations bring in are not filtered." if name in outgoing else ""
        raise _idle("where", name, related)
    for what, name in columns.idle(outgoing):
        raise _idle(what, name)


def _idle(what: str, name: str, more: str = "") -> InputError:
    return InputError(
        "option_without_effect",
        f"'{what}' for '{name}' has no effect, because '{name}' is not among what is chosen.{more}",
        remedy=f"Choose '{name}' too, or leave '{what}' for it out.",
    )


def check_saved(saved: Selection, catalog: Catalog, names: Names[Entity]) -> None:
    """A named selection must make sense by itself, whatever a request leaves of it; errors say where it stands."""
    try:
        _check_saved(saved, catalog, names)
    except InputError as error:
        raise InputError(error.code, f"{saved.place}: {error.message}", remedy=error.remedy) from error


def _check_saved(saved: Selection, catalog: Catalog, names: Names[Entity]) -> None:
    held, _ = chosen_entities(saved, catalog, names)
    columns, rows = column_options(saved, names), row_options(saved, names)
    columns.check(held)
    rows.where.check(held)
    for entity in held:
        columns_of(entity, columns)
        condition(entity, rows)
    excluded = excluded_names(saved, catalog, names)
    refuse_idle(columns, rows, held, reachable((e.name for e in held), saved.relatives, excluded, catalog))
