"""Parents in a file that do not come in: who refers to them is never given to another row that has the same id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.market import Market, told
from contract.databases import sqlite_case
from entrepot import BundleRequest, Entrepot, ImportRequest
from entrepot.model.drafts import Errors, Mode, OnConflict
from entrepot.model.mappings import FieldMapping, MappingRequest

TABLES = (
    "CREATE TABLE customers (id integer PRIMARY KEY, code varchar(10) NOT NULL UNIQUE, n integer)",
    "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id))",
    "CREATE TABLE staff (id integer PRIMARY KEY, code varchar(10) NOT NULL UNIQUE, boss_id integer REFERENCES staff)",
    "INSERT INTO customers VALUES (1, 'zoe', 1), (7, 'ann', 2)",
    "INSERT INTO staff VALUES (1, 'zoe', NULL), (7, 'ann', NULL)",
)
EACH = ImportRequest(entity="", errors=Errors.SKIP)
SKIP = replace(EACH, on_conflict=OnConflict.SKIP)
UPSERT = replace(EACH, mode=Mode.UPSERT)
BOTH = "ann is 7 in the database and 1 in the file"


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path, forked_workbench: None) -> Iterator[Market]:
    with sqlite_case.CASE.place(request, tmp_path) as place:
        place.execute(*TABLES)
        yield Market(place, tmp_path, Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}))


def files(stall: Market, customers: str, orders: str) -> list[Path]:
    found = [stall.folder / "customers.csv", stall.folder / "orders.csv"]
    for path, text in zip(found, (customers, orders), strict=True):
        path.write_text(text, encoding="utf-8")
    return found


def brought(stall: Market, each: ImportRequest, customers: str, orders: str) -> list[tuple[int | None, str, str]]:
    """What is told of the orders; everything else comes in."""
    by_code = {"customers": replace(each, key=("code",))} if "by code" in customers else {}
    asked = BundleRequest(each=each, tables=by_code)
    plan = stall.preview(files(stall, customers.removeprefix("by code\n"), orders), asked)
    stall.entrepot.apply(plan.plan_id)
    return told(plan).get("orders", [])


@pytest.mark.parametrize("each", [SKIP, UPSERT], ids=["skip", "upsert"])
@pytest.mark.parametrize("key", ["", "by code\n"], ids=["by id", "by code"])
def test_a_name_with_another_id_in_the_database_is_told_and_not_chosen(
    stall: Market, each: ImportRequest, key: str
) -> None:
    found = brought(stall, each, f"{key}id,code,n\n1,ann,2\n3,new,3\n", "id,customer_code\n10,ann\n11,new\n")
    said = f"customer_id is told otherwise: customers with the code {BOTH}."
    assert found == [(1, "parents_disagree", said)]
    assert stall.place.rows("SELECT id, customer_id FROM orders") == [(11, 3)]


def test_a_name_that_has_the_same_id_in_both_is_no_question(stall: Market) -> None:
    assert brought(stall, SKIP, "id,code,n\n07,ann,2\n", "id,customer_code\n10,ann\n") == []
    assert stall.place.rows("SELECT id, customer_id FROM orders") == [(10, 7)]


def test_an_id_beside_a_name_does_not_hide_that_it_has_another_one(stall: Market) -> None:
    both = FieldMapping(columns=("customer_id", "customer_code"), find_by=("", "code"))
    orders = replace(SKIP, mapping=MappingRequest(fields={"customer_id": both}))
    named = files(stall, "id,code,n\n1,ann,2\n3,new,3\n", "id,customer_id,customer_code\n10,1,ann\n11,3,new\n")
    plan = stall.preview(named, BundleRequest(each=SKIP, tables={"orders": orders}))
    assert [(record, code) for record, code, _ in told(plan)["orders"]] == [(1, "parents_disagree")]


def test_a_file_that_refers_to_itself_chooses_no_strangers_row_either(stall: Market) -> None:
    path = stall.folder / "staff.csv"
    path.write_text("id,code,boss_code\n1,ann,\n10,new,ann\n", encoding="utf-8")
    plan = stall.entrepot.preview(path, replace(SKIP, entity="staff"))
    assert [(one.code, one.value) for one in plan.findings] == [("parents_disagree", BOTH)]


@pytest.mark.parametrize(
    "orders", ["id,customer_id\n5,1\n6,4\n", "id,customer_code\n5,max\n6,ok\n"], ids=["id", "name"]
)
@pytest.mark.parametrize(("each", "key"), [(EACH, ""), (UPSERT, "by code\n")], ids=["create", "upsert"])
def test_what_refers_to_a_record_that_fails_gets_no_row_with_its_id(
    stall: Market, each: ImportRequest, key: str, orders: str
) -> None:
    found = brought(stall, each, f"{key}id,code,n\n1,max,3\n4,ok,1\n", orders)
    said = "customer_id refers to '1', record 1 of customers.csv, which cannot be imported."
    assert found == [(1, "parent_failed", said)]
    assert stall.place.rows("SELECT id, customer_id FROM orders") == [(6, 4)]


def test_a_skipped_record_stands_for_the_row_that_it_met_and_for_no_other(stall: Market) -> None:
    orders = "id,customer_id\n10,1\n11,7\n"
    assert [one[:2] for one in brought(stall, SKIP, "by code\nid,code,n\n1,ann,2\n", orders)] == [(1, "parent_failed")]
    assert stall.place.rows("SELECT id, customer_id FROM orders") == [(11, 7)]
    assert brought(stall, SKIP, "by code\nid,code,n\n7,ann,2\n", "id,customer_id\n12,7\n") == []
    assert brought(stall, SKIP, "id,code,n\n1,max,2\n", "id,customer_id\n13,1\n") == []


def test_a_row_whose_change_fails_stays_the_parent_that_it_is(stall: Market) -> None:
    """Also where a later record says it again."""
    customers = "id,code,n\n1,zoe,wrong\n7,ann,2\n7,ann,3\n"
    assert brought(stall, UPSERT, customers, "id,customer_id\n10,1\n11,7\n") == []
    assert stall.place.rows("SELECT id, customer_id FROM orders") == [(10, 1), (11, 7)]
