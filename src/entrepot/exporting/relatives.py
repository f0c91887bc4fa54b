"""Completing a selection on an open snapshot: the tenant found, related rows added, left-out references settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from entrepot.exporting.chosen import excluded_names
from entrepot.exporting.dropping import dropped
from entrepot.exporting.ground import Ground, Rows, State
from entrepot.exporting.growth import grown
from entrepot.exporting.nulling import dangling, nulled, refuse, refuse_foreign
from entrepot.exporting.references import Columns
from entrepot.exporting.scopes import bounds_of
from entrepot.exporting.select import Selected, added_query, select
from entrepot.model.catalog import Catalog
from entrepot.model.graph import load_order
from entrepot.model.names import entity_names
from entrepot.model.ports import Session
from entrepot.model.predicates import Predicate
from entrepot.model.problems import Problem
from entrepot.model.selection import Column, LeftOut, Query, Relatives, Selection
from entrepot.model.tenant_names import resolve_tenant


def complete(session: Session, selected: Selected, selection: Selection, catalog: Catalog) -> Selected:
    """What really goes out of this snapshot. Does nothing at all where nothing can be added or missing."""
    tenant = None
    if selection.tenant is not None:
        tenant = resolve_tenant(session, catalog, selection)
        selected = select(selection, catalog, tenant)
    if selection.relatives is Relatives.NONE and selection.left_behind is LeftOut.KEEP:
        return selected
    return _Completion(
        ground=_ground(session, selection, catalog, tenant), selected=selected, selection=selection
    ).done()


def _ground(session: Session, selection: Selection, catalog: Catalog, tenant: Predicate | None) -> Ground:
    return Ground(
        session=session,
        catalog=catalog,
        bounds=bounds_of(selection, catalog, tenant),
        excluded=excluded_names(selection, catalog, entity_names(catalog)),
        related=selection.relatives,
    )


@dataclass(frozen=True, kw_only=True)
class _Completion:
    ground: Ground
    selected: Selected
    selection: Selection

    def done(self) -> Selected:
        chosen = {query.entity.name: query for query in self.selected.queries}
        start = {name: self._rows(query) for name, query in chosen.items()}
        state = grown(self.ground, start)
        queries = {name: chosen.get(name) or self._added(name) for name in self._ordered(state)}
        columns, left, problems = self._settled(state, {name: q.columns for name, q in queries.items()})
        return replace(
            self.selected,
            queries=tuple(_final(query, columns[name], left[name]) for name, query in queries.items()),
            filters=self._filters(start, state, queries),
            problems=(*self.selected.problems, *problems),
        )

    def _rows(self, query: Query) -> Rows:
        """A limit makes a set that only its keys can tell; an entity that nothing relates to needs no telling."""
        name = query.entity.name
        related = query.entity.relations or any(r.parent == name for r in self.ground.catalog.relations())
        if query.limit is not None and related:
            return self.ground.held(query)
        full = query.limit is None and query.where == self.ground.bounds.inside(query.entity)
        return Rows(where=query.where, full=full)

    def _added(self, name: str) -> Query:
        catalog = self.ground.catalog
        return added_query(catalog.entity(name), self.selection, entity_names(catalog))

    def _ordered(self, state: State) -> list[str]:
        return [name for part in load_order(self.ground.catalog) for name in part if name in state]

    def _settled(self, state: State, columns: Columns) -> tuple[Columns, State, tuple[Problem, ...]]:
        """The columns and rows after the request's word on references to rows left out."""
        left_out = self.selection.left_behind
        if self.selection.relatives is not Relatives.NONE and left_out in (LeftOut.KEEP, LeftOut.REFUSE):
            refuse_foreign(self.ground, state, columns)
        if left_out is LeftOut.DROP:
            left, problems = dropped(self.ground, state, columns)
            return columns, left, problems
        found = [] if left_out is LeftOut.KEEP else dangling(self.ground, state, columns)
        if left_out is LeftOut.REFUSE:
            refuse(found)
        changed, problems = nulled(self.ground, state, columns, found)
        return changed, state, problems

    def _filters(self, start: State, state: State, queries: Mapping[str, Query]) -> Mapping[str, str]:
        words = dict(self.selected.filters)
        for name, query in queries.items():
            if name not in start:
                words[query.title] = "rows related to the chosen ones"
            elif state[name] != start[name] and self.selection.relatives is not Relatives.NONE:
                own = words.get(query.title)
                words[query.title] = f"{own}; and rows related to the chosen ones" if own else "with related rows"
        return words


def _final(query: Query, columns: Sequence[Column], rows: Rows) -> Query:
    """The query as it was where nothing changed, so that it takes the same short way."""
    limit = query.limit if rows.where == query.where else None
    return replace(query, columns=tuple(columns), where=rows.where, limit=limit)
