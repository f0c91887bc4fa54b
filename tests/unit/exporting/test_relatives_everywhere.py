"""Any request to any small database gives what walking from row to row gives."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from entrepot.exporting.relatives import complete
from entrepot.exporting.select import Selected, possible_entities, select
from entrepot.model.catalog import Catalog, Relation
from entrepot.model.errors import InputError
from entrepot.model.selection import LeftOut, Scope, Selection
from unit.exporting.brute_force import Place, RefusedError, World
from unit.exporting.memory_session import MemorySession, Tables
from unit.exporting.small_worlds import databases, selections

PATIENT = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def start_of(world: World, chosen: Selected) -> set[Place]:
    """The rows that the filters, the scope and the limit choose, row by row."""
    places: set[Place] = set()
    for query in chosen.queries:
        name = query.entity.name
        where = world.selection.where.get(name, {"id": range(9)})
        ids = {str(number) for number in where["id"]} if isinstance(where, dict) else set()
        rows = [(name, n) for n, row in enumerate(world.tables[name]) if row["id"] in ids and world.in_scope((name, n))]
        places.update(rows if query.limit is None else rows[: query.limit])
    return places


def outcome(selection: Selection, catalog: Catalog, tables: Tables) -> dict[str, list[dict[str, str | None]]]:
    chosen = select(selection, catalog)
    session = MemorySession(catalog=catalog, tables=tables)
    completed = complete(session, chosen, selection, catalog)
    possible = {entity.name for entity in possible_entities(selection, chosen, catalog)}
    assert {query.entity.name for query in completed.queries} <= possible
    return {query.entity.name: session.read(query) for query in completed.queries}


@PATIENT
@given(st.data())
def test_the_same_rows_go_out_with_the_same_nulls_or_the_same_refusal(data: st.DataObject) -> None:
    catalog, tables = data.draw(databases())
    check(catalog, tables, data.draw(selections(catalog)))


@PATIENT
@given(st.data())
def test_one_tenants_rows_go_out_without_those_of_others(data: st.DataObject) -> None:
    catalog, tables = data.draw(databases(owned=True))
    check(catalog, tables, data.draw(selections(catalog, [Scope.TENANT])))


def check(catalog: Catalog, tables: Tables, selection: Selection) -> None:
    world = World(catalog=catalog, tables=tables, selection=selection)
    try:
        found = outcome(selection, catalog, tables)
    except InputError as error:
        if error.code in ("nothing_selected", "no_primary_key"):
            reject()
        with pytest.raises(RefusedError, match=error.code):
            world.expected(start_of(world, select(selection, catalog)))
        return
    expected = world.expected(start_of(world, select(selection, catalog)))
    assert {name: rows for name, rows in found.items() if rows} == {n: rows for n, rows in expected.items() if rows}


@PATIENT
@given(st.data())
def test_unless_references_are_kept_none_goes_out_that_means_nothing(data: st.DataObject) -> None:
    catalog, tables = data.draw(databases(keyless=False))
    selection = data.draw(selections(catalog))
    try:
        found = outcome(selection, catalog, tables)
    except InputError:
        reject()
    if selection.left_out is LeftOut.KEEP:
        return
    outgoing = [r for r in catalog.relations() if r.entity in found and _goes_out(r, selection)]
    for relation in outgoing:
        present = {tuple(row[n] for n in relation.parent_fields) for row in found.get(relation.parent, [])}
        keys = [tuple(row[n] for n in relation.fields) for row in found[relation.entity]]
        assert all(key in present for key in keys if None not in key)


def _goes_out(relation: Relation, selection: Selection) -> bool:
    fields = selection.fields.get(relation.entity)
    return fields is None or set(relation.fields) <= set(fields)
