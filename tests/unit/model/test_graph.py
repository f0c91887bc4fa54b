"""Load order, cycles and tenant paths, against answers found by trying everything."""

from __future__ import annotations

from dataclasses import replace
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from entrepot.model.catalog import Catalog, Relation
from entrepot.model.graph import cycles, load_order, required, tenant_paths
from unit.model_catalogs import catalog, entity

NAMES = ("a", "b", "c", "d", "e", "f")


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Up to six entities with any references, of which some may be NULL."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    pair = st.tuples(st.sampled_from(names), st.sampled_from(names), st.booleans())
    references = draw(st.lists(pair, max_size=10))
    words = dict.fromkeys(names, "id!")
    for number, (child, parent, nullable) in enumerate(references):
        words[child] += f" r{number}_id{'?' if nullable else ''}->{parent}"
    shuffled = draw(st.permutations(names))
    return replace(catalog(*(entity(name, words[name]) for name in shuffled)), tenant_root=draw(st.sampled_from(names)))


def reaches(schema: Catalog, start: str) -> set[str]:
    """Everything that can be reached by one reference or more."""
    found: set[str] = set()
    while True:
        new = {r.parent for r in schema.relations() if r.entity == start or r.entity in found} - found
        if not new:
            return found
        found |= new


@given(catalogs())
def test_entities_of_one_component_are_those_that_reach_each_other(schema: Catalog) -> None:
    for part in load_order(schema):
        for name in schema.by_name:
            mutual = name == part[0] or (name in reaches(schema, part[0]) and part[0] in reaches(schema, name))
            assert (name in part) == mutual


@given(catalogs())
def test_every_entity_comes_after_its_parents_of_other_components(schema: Catalog) -> None:
    order = load_order(schema)
    place = {name: index for index, part in enumerate(order) for name in part}
    assert sorted(place) == sorted(schema.by_name)
    assert all(place[r.parent] <= place[r.entity] for r in schema.relations())


@given(catalogs())
def test_the_order_depends_on_names_alone(schema: Catalog) -> None:
    turned = replace(schema, entities=schema.entities[::-1])
    assert load_order(turned) == load_order(schema)
    assert tenant_paths(turned) == tenant_paths(schema)


@given(catalogs())
def test_a_cycle_is_a_component_whose_members_reach_themselves(schema: Catalog) -> None:
    circular = {name for name in schema.by_name if name in reaches(schema, name)}
    assert {name for cycle in cycles(schema) for name in cycle} == circular


def all_paths(schema: Catalog, start: str, seen: tuple[str, ...] = ()) -> list[tuple[Relation, ...]]:
    if start == schema.tenant_root:
        return [()]
    return [
        (relation, *rest)
        for relation in schema.entity(start).relations
        if relation.parent not in (*seen, start)
        for rest in all_paths(schema, relation.parent, (*seen, start))
    ]


@given(catalogs())
def test_the_tenant_path_is_the_shortest_and_then_the_surest(schema: Catalog) -> None:
    for name in schema.by_name:
        every = all_paths(schema, name)
        found = tenant_paths(schema)[name]
        assert (found is None) == (not every)
        if found is not None:
            best = min((len(p), sum(not required(r, schema) for r in p)) for p in every)
            assert (len(found), sum(not required(r, schema) for r in found)) == best


def test_in_a_cycle_those_come_first_that_can_wait_for_the_others() -> None:
    schema = catalog(entity("staff", "id! store_id->store"), entity("store", "id! manager_id?->staff"))
    assert load_order(schema) == (("store", "staff"),)
    assert cycles(schema) == (("store", "staff"),)


def test_an_entity_that_refers_to_itself_is_a_cycle_of_one() -> None:
    assert cycles(catalog(entity("people", "id! boss_id?->people"))) == (("people",),)


def test_the_root_needs_no_path_and_a_global_entity_has_none() -> None:
    schema = replace(
        catalog(
            entity("tenants", "id! plan_id->plans"), entity("plans", "id!"), entity("users", "id! tenant_id->tenants")
        ),
        tenant_root="tenants",
    )
    paths = tenant_paths(schema)
    assert paths["tenants"] == ()
    assert paths["plans"] is None
    assert [relation.name for relation in paths["users"] or ()] == ["users_tenant_id"]


def test_without_a_root_every_entity_is_global() -> None:
    assert tenant_paths(catalog(entity("users", "id!"))) == {"users": None}


def test_the_settings_may_say_which_reference_leads_to_the_tenant() -> None:
    documents = entity("documents", "id! owner_id->tenants reader_id->tenants")
    schema = replace(catalog(entity("tenants", "id!"), documents), tenant_root="tenants")
    stated = replace(schema, entities=(schema.entities[0], replace(documents, tenant=("reader_id",))))
    nobody = replace(schema, entities=(schema.entities[0], replace(documents, tenant=())))
    assert [r.name for r in tenant_paths(schema)["documents"] or ()] == ["documents_owner_id"]
    assert [r.name for r in tenant_paths(stated)["documents"] or ()] == ["documents_reader_id"]
    assert tenant_paths(nobody)["documents"] is None


def test_five_thousand_tables_in_one_chain_take_no_time() -> None:
    chain = [entity("t0000", "id!")]
    chain += [entity(f"t{n:04}", f"id! up_id->t{n - 1:04}") for n in range(1, 5000)]
    schema = replace(catalog(*chain), tenant_root="t0000")
    start = process_time()
    assert [part for (part,) in load_order(schema)] == [e.name for e in chain]
    assert process_time() - start < 2
    assert len(tenant_paths(schema)["t0099"] or ()) == 99
