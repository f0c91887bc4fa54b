"""One tenant's rows and no others; tenants are found by key or by name, never guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from entrepot.exporting.relatives import complete
from entrepot.exporting.select import Selected, select
from entrepot.model.catalog import Catalog
from entrepot.model.errors import InputError
from entrepot.model.filter_words import describe
from entrepot.model.selection import LeftOut, Relatives, Scope, Selection
from entrepot.model.tenant_names import resolve_tenant
from unit.exporting.memory_session import MemorySession, Tables
from unit.exporting.shop import SHOP, TABLES


def exported(
    *entities: str, schema: Catalog = SHOP, tables: Tables = TABLES, **options: Any
) -> tuple[Selected, dict[str, list[str | None]]]:
    """What goes out, and the keys of its rows."""
    selection = Selection(entities=entities or ("*",), **options)
    session = MemorySession(catalog=schema, tables=tables)
    found = complete(session, select(selection, schema), selection, schema)
    return found, {query.entity.name: [row["id"] for row in session.read(query)] for query in found.queries}


def failure(*entities: str, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        exported(*entities, **options)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("tenant", ["1", "acme"])
def test_a_tenant_is_found_by_primary_key_or_unique_key(tenant: str) -> None:
    found, rows = exported(tenant=tenant)
    assert rows == {"tenants": ["1"], "customers": ["10", "11"], "orders": ["100", "101"]}
    assert found.scope == f"tenant {tenant}"


SWAPPED = {**TABLES, "tenants": [{"id": "1", "slug": "2", "name": "x"}, {"id": "2", "slug": "1", "name": "y"}]}


def test_a_key_that_is_the_name_of_another_tenant_is_no_guess() -> None:
    error = failure("tenants", tables=SWAPPED, tenant="1")
    assert error.code == "ambiguous_tenant"
    assert "the id of one and the slug of another" in error.message
    assert "id=1 or slug=1" in error.remedy


@pytest.mark.parametrize(("tenant", "key"), [("id=1", "1"), ("slug=1", "2"), ("SLUG = 1", "2")])
def test_a_tenant_is_named_by_the_field_that_is_meant(tenant: str, key: str) -> None:
    assert exported("tenants", tables=SWAPPED, tenant=tenant)[1] == {"tenants": [key]}


def test_a_key_that_is_also_the_name_of_the_same_tenant_is_clear() -> None:
    tables = {**TABLES, "tenants": [{"id": "1", "slug": "1", "name": "1"}, {"id": "2", "slug": "2", "name": "y"}]}
    assert exported("tenants", tables=tables, tenant="1")[1] == {"tenants": ["1"]}


def test_somebody_bound_to_a_key_never_gets_the_tenant_of_that_name() -> None:
    assert exported("tenants", tables=SWAPPED, tenant="1", tenant_by_key=True)[1] == {"tenants": ["1"]}


@pytest.mark.parametrize("tenant", ["acme", "3", "slug=acme"])
def test_somebody_bound_to_a_tenant_that_is_not_there_learns_no_other_name(tenant: str) -> None:
    error = failure("tenants", tenant=tenant, tenant_by_key=True)
    assert error.code == "unknown_tenant"
    told = f"{error.message} {error.remedy}".replace(tenant, "")
    assert not any(name in told for name in ("acme", "bolt", "Acme"))


def test_nobody_is_bound_to_tenants_without_a_key() -> None:
    keyless = replace(SHOP.entity("tenants"), primary_key=())
    schema = replace(SHOP, entities=(keyless, *(e for e in SHOP.entities if e.name != "tenants")))
    assert failure("tenants", schema=schema, tenant="1", tenant_by_key=True).code == "no_tenant_key"


def test_a_tenant_without_a_key_is_still_one_tenant() -> None:
    keyless = replace(SHOP.entity("tenants"), primary_key=())
    schema = replace(SHOP, entities=(keyless, *(e for e in SHOP.entities if e.name != "tenants")))
    assert exported("tenants", schema=schema, tenant="bolt")[1] == {"tenants": ["2"]}
    crossed = {**TABLES, "tenants": [{"id": "1", "slug": "x", "name": "y"}, {"id": "2", "slug": "y", "name": "z"}]}
    assert failure("tenants", schema=schema, tables=crossed, tenant="y").code == "ambiguous_tenant"


def test_an_unknown_tenant_is_answered_with_the_nearest() -> None:
    error = failure(tenant="acne")
    assert error.code == "unknown_tenant"
    assert "Did you mean 'acme'?" in error.remedy


def test_a_name_of_two_tenants_is_no_guess() -> None:
    assert failure(tenant="Acme").code == "ambiguous_tenant"


def test_a_resolved_integer_key_is_compared_without_looking_at_the_tenant() -> None:
    selection = Selection(entities=("customers",), tenant="acme")
    tenant = resolve_tenant(MemorySession(catalog=SHOP, tables=TABLES), SHOP, selection)
    (query,) = select(selection, SHOP, tenant).queries
    assert query.where is not None
    assert describe(query.where) == "tenant_id = 1"


def test_entities_of_nobody_stay_out_of_a_tenant_and_are_told() -> None:
    found, _ = exported(tenant="acme")
    assert [p.code for p in found.problems] == ["outside_scope"]
    assert "products" in found.problems[0].message


def test_asking_by_name_for_an_entity_outside_the_scope_is_an_error() -> None:
    assert failure("products", tenant="acme").code == "no_tenant_path"
    assert failure("customers", scope=Scope.GLOBAL).code == "not_global"


def test_the_global_scope_is_what_belongs_to_no_tenant() -> None:
    found, rows = exported(scope=Scope.GLOBAL)
    assert rows == {"products": ["7", "8"]}
    assert found.scope == "global entities"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"scope": Scope.TENANT}, "no_tenant"),
        ({"scope": Scope.GLOBAL, "tenant": "acme"}, "two_scopes"),
    ],
)
def test_a_scope_that_contradicts_itself_is_an_error(options: dict[str, Any], code: str) -> None:
    assert failure(**options).code == code


@pytest.mark.parametrize("options", [{"tenant": "acme"}, {"scope": Scope.GLOBAL}])
def test_without_a_root_there_are_no_tenants(options: dict[str, Any]) -> None:
    assert failure(schema=replace(SHOP, tenant_root=None), **options).code == "no_tenancy"


def test_a_tenant_named_without_a_scope_never_means_everybody() -> None:
    _, rows = exported("customers", tenant="bolt", scope=Scope.ALL)
    assert rows == {"customers": ["20"]}


def test_rows_with_a_null_on_the_way_belong_to_nobody_and_that_is_told() -> None:
    customers = SHOP.entity("customers")
    fields = tuple(replace(f, nullable=True) if f.name == "tenant_id" else f for f in customers.fields)
    schema = replace(SHOP, entities=(replace(customers, fields=fields), SHOP.entity("tenants")))
    nobody = {**TABLES["customers"][0], "id": "30", "tenant_id": None}
    tables = {**TABLES, "customers": [*TABLES["customers"], nobody]}
    found, rows = exported("customers", schema=schema, tables=tables, tenant="acme")
    assert rows == {"customers": ["10", "11"]}
    assert [p.code for p in found.problems] == ["rows_without_tenant"]


CROSSING = {**TABLES, "customers": [*TABLES["customers"], {**TABLES["customers"][0], "id": "12", "boss_id": "20"}]}


def test_rows_of_other_tenants_never_come_along_as_parents() -> None:
    error = failure(tables=CROSSING, tenant="acme", related=Relatives.PARENTS)
    assert error.code == "crosses_tenants"
    assert "customers.boss_id → customers (1 rows)" in error.message


def test_references_to_other_tenants_become_null_where_that_is_asked_for() -> None:
    found, rows = exported(tables=CROSSING, tenant="acme", related=Relatives.PARENTS, left_out=LeftOut.NULL)
    assert rows["customers"] == ["10", "11", "12"]
    assert "references_nulled" in [p.code for p in found.problems]


def test_parents_that_belong_to_nobody_come_along() -> None:
    found, rows = exported(tenant="acme", related=Relatives.PARENTS)
    assert rows["products"] == ["7"]
    assert found.filters["products"] == "rows related to the chosen ones"
