"""From a request in people's words to one query per entity, parents first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from entrepot.exporting.chosen import chosen_entities, excluded_names, with_fields
from entrepot.exporting.columns import ColumnOptions, column_options, columns_of
from entrepot.exporting.conditions import RowOptions, condition, row_options, timestamp_field
from entrepot.exporting.idle import check_saved, refuse_idle
from entrepot.exporting.notes import warning
from entrepot.exporting.reach import reachable
from entrepot.exporting.scopes import Bounds, bounds_of, scope_words
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import InputError
from entrepot.model.filter_words import describe
from entrepot.model.graph import tenant_paths
from entrepot.model.names import Names, entity_names
from entrepot.model.predicates import Predicate, both
from entrepot.model.problems import Problem
from entrepot.model.selection import Query, Selection
from entrepot.model.tenants import tenant_root


@dataclass(frozen=True, kw_only=True)
class Selected:
    """What a selection comes to."""

    queries: tuple[Query, ...]
    """Parents first, where there is such an order."""
    scope: str
    """Whose rows, in words."""
    filters: Mapping[str, str] = field(default_factory=dict)
    """Entity title → its filter in words; only entities that have one."""
    problems: tuple[Problem, ...] = ()
    """What people should know about it; never an error."""


MOST_ROWS = 2**63 - 1
"""What every engine understands as a number of rows."""


def find_entity(catalog: Catalog, name: str) -> Entity:
    """The entity that answers to `name`: its own, its public name, an alias."""
    return entity_names(catalog).find(name)


def select(selection: Selection, catalog: Catalog, tenant: Predicate | None = None) -> Selected:
    """One query per chosen entity.

    `tenant` is what the tenant's row satisfies, once `tenant_names.resolve_tenant` has found it; without it the
    text of the request decides, which is enough for looking at entities and fields.
    """
    if selection.limit is not None and not 0 <= selection.limit <= MOST_ROWS:
        raise InputError(
            "bad_limit", f"The limit is {selection.limit}.", remedy=f"Give 0 or more, at most {MOST_ROWS}."
        )
    names = entity_names(catalog)
    if selection.within is not None:
        check_saved(selection.within, catalog, names)
    bounds = bounds_of(selection, catalog, tenant)
    wanted, by_name = chosen_entities(selection, catalog, names)
    wanted, bare = with_fields(wanted, by_name)
    chosen = tuple(entity for entity in wanted if bounds.admits(entity, by_name))
    if not chosen:
        raise bounds.nothing()
    choice = _Choice(
        selection=selection,
        bounds=bounds,
        columns=column_options(selection, names),
        rows=row_options(selection, names),
    )
    found = choice.selected(chosen, wanted)
    found = replace(found, problems=(*found.problems, *bare))
    refuse_idle(choice.columns, choice.rows, chosen, outgoing_entities(selection, found, catalog))
    return found


@dataclass(frozen=True, kw_only=True)
class _Choice:
    """The request, with every name found and every filter read."""

    selection: Selection
    bounds: Bounds
    columns: ColumnOptions
    rows: RowOptions

    def selected(self, chosen: Sequence[Entity], wanted: Sequence[Entity]) -> Selected:
        self.columns.check(chosen)
        self.rows.where.check(chosen)
        undated = self._undated(chosen)
        conditions = {entity.name: condition(entity, self.rows) for entity in chosen}
        return Selected(
            queries=tuple(self._query(entity, conditions[entity.name]) for entity in chosen),
            scope=scope_words(self.selection),
            filters={e.title: words for e in chosen if (words := self._words(conditions[e.name]))},
            problems=(*undated, *self.bounds.notes(chosen, wanted)),
        )

    def _query(self, entity: Entity, where: Predicate | None) -> Query:
        return Query(
            entity=entity,
            columns=columns_of(entity, self.columns),
            where=both(self.bounds.inside(entity), where),
            order=self.selection.ordering,
            limit=self.selection.limit,
        )

    def _words(self, where: Predicate | None) -> str:
        limit = "" if self.selection.limit is None else f"at most {self.selection.limit} rows"
        return "; ".join(words for words in ("" if where is None else describe(where), limit) if words)

    def _undated(self, chosen: Sequence[Entity]) -> tuple[Problem, ...]:
        """What dates cannot narrow goes out whole: a warning; if that is everything, nobody can have meant it."""
        if self.rows.since is None and self.rows.until is None:
            return ()
        undated = [entity for entity in chosen if timestamp_field(entity) is None]
        message = f"No field dates the rows of {', '.join(e.title for e in undated)}"
        example = f'[entities.{undated[0].name}] timestamp = "…"' if undated else ""
        remedy = f"Where a field does, declare it in the settings: {example}"
        if undated and len(undated) == len(chosen):
            raise InputError(
                "not_dated",
                f"{message}, so 'since' and 'until' cannot choose among them.",
                remedy=f"{remedy}, or use a filter.",
            )
        return (warning("not_dated", f"{message}: all of them go out.", f"{remedy}."),) if undated else ()


def outgoing_entities(selection: Selection, selected: Selected, catalog: Catalog) -> frozenset[str]:
    """The names of all that may go out: the chosen entities, and those that related rows may come from."""
    bounds = bounds_of(selection, catalog, None)
    barred = {entity.name for entity in catalog.entities if not bounds.may_join(entity)}
    barred |= excluded_names(selection, catalog, entity_names(catalog))
    chosen = {query.entity.name for query in selected.queries}
    return frozenset(reachable(chosen, selection.relatives, barred, catalog))


def possible_entities(selection: Selection, selected: Selected, catalog: Catalog) -> tuple[Entity, ...]:
    """Every entity that an export may have to read: those that may go out, and those on the way to the tenant."""
    names = set(outgoing_entities(selection, selected, catalog))
    if selection.tenant is not None:
        paths = tenant_paths(catalog)
        names |= {relation.parent for name in names for relation in paths[name] or ()}
        names.add(tenant_root(catalog).name)
    return tuple(entity for entity in catalog.entities if entity.name in names)


def added_query(entity: Entity, selection: Selection, names: Names[Entity]) -> Query:
    """The query of an entity that only its relations bring in: all its rows, as the options for it say."""
    return Query(entity=entity, columns=columns_of(entity, column_options(selection, names)), order=selection.ordering)
