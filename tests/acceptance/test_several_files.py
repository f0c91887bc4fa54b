"""Several files as one import: parents are found in the files, all of them come in or none, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from openpyxl import Workbook

from acceptance.market import LINES, ORDERS, SKIPPING, UPSERT, WHOLE, Market, counted, opened, told
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot import Entrepot
from entrepot.model.bundles import BundleReceipt, BundleRequest
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportPlan

SQLITE = pytest.param(sqlite_case.CASE, id="sqlite")
CASES = (
    SQLITE,
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)


@pytest.fixture(params=CASES)
def market(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    with opened(sqlite_case.CASE, request, tmp_path) as found:
        yield found


def test_what_a_preview_says_of_all_files_is_what_happens_and_a_second_time_nothing_does(market: Market) -> None:
    files = market.files()
    plan = market.preview(files)
    order = [part.entity for part in plan.parts]
    assert order.index("customers") < order.index("orders") < order.index("order_lines")
    assert {part.entity: counted(part.counts) for part in plan.parts} == {
        "customers": {"created": 1, "unchanged": 1},
        "products": {"created": 1, "unchanged": 1},
        "orders": {"created": 2},
        "order_lines": {"created": 3},
    }
    assert market.counts() == {"customers": 1, "products": 1, "orders": 0, "order_lines": 0}
    receipt = market.entrepot.apply(plan.plan_id)
    assert isinstance(receipt, BundleReceipt)
    assert (receipt.counts, receipt.digest) == (plan.counts, plan.digest)
    assert market.counts() == WHOLE
    assert counted(market.bring_in(files).counts) == {"unchanged": 9}
    edited = market.files(
        customers="id,code,name\n1,ann,Anna\n2,bob,Bob\n", order_lines=LINES.replace("gouda,3", "gouda,4")
    )
    assert {part.entity: counted(part.counts) for part in market.bring_in(edited).parts} == {
        "customers": {"updated": 1, "unchanged": 1},
        "products": {"unchanged": 2},
        "orders": {"unchanged": 2},
        "order_lines": {"updated": 1, "unchanged": 2},
    }


def test_the_order_in_which_files_are_named_changes_nothing(stall: Market) -> None:
    files = stall.files()
    digests = {stall.preview(list(order)).digest for order in list(permutations(files))[::7]}
    assert len(digests) == 1


def test_records_whose_parents_are_nowhere_are_told_and_keep_all_tables_out(market: Market) -> None:
    files = market.files(order_lines=LINES + "11,salt,1\n", orders=ORDERS + "12,zoe,2024-05-03\n")
    plan = market.preview(files)
    assert told(plan) == {
        "orders": [(3, "no_such_parent", "customer_code refers to 'zoe', which does not exist.")],
        "order_lines": [(4, "no_such_parent", "sku refers to 'salt', which does not exist.")],
    }
    with pytest.raises(InputError, match=r"orders\.csv: 1 of 3 records, order lines\.csv: 1 of 4 records") as caught:
        market.entrepot.apply(plan.plan_id)
    assert caught.value.code == "records_failed"
    assert market.counts() == {"customers": 1, "products": 1, "orders": 0, "order_lines": 0}


def test_what_refers_to_a_record_that_fails_fails_and_says_which_one(market: Market) -> None:
    files = market.files(orders="id,customer_code,placed\n10,ann,2024-05-01\n11,bob,never\n")
    plan = market.preview(files, SKIPPING)
    words = "order_id refers to '11', record 2 of orders.csv, which cannot be imported."
    assert told(plan)["order_lines"] == [(record, "parent_failed", words) for record in (2, 3)]
    receipt = market.entrepot.apply(plan.plan_id)
    assert counted(receipt.counts) == {"created": 4, "unchanged": 2, "failed": 3}
    assert market.counts() == {"customers": 2, "products": 2, "orders": 1, "order_lines": 1}


def test_what_refers_to_a_record_that_the_database_refuses_is_left_out_as_well(market: Market) -> None:
    files = market.files(products="sku,price\ntea,2.50\ngouda,9.90\ncaviar,4321\n", order_lines=LINES + "11,caviar,1\n")
    plan = market.preview(files, SKIPPING)
    receipt = market.entrepot.apply(plan.plan_id)
    assert isinstance(receipt, BundleReceipt)
    assert {part.entity: part.counts["failed"] for part in receipt.parts} == {
        "customers": 0,
        "products": 1,
        "orders": 0,
        "order_lines": 1,
    }
    assert market.counts() == WHOLE


def test_rows_that_changed_since_the_preview_stop_all_tables(market: Market) -> None:
    files = market.files(customers="id,code,name\n1,ann,Anna\n2,bob,Bob\n")
    plan = market.preview(files)
    market.place.execute("UPDATE customers SET name = 'Annie' WHERE id = 1")
    with pytest.raises(ChangedError, match="customers: created 1 → 1, updated 1 → 1: other rows") as caught:
        market.entrepot.apply(plan.plan_id)
    assert caught.value.code == "plan_drifted"
    assert "Annie" in caught.value.problems[0].message
    assert market.counts() == {"customers": 1, "products": 1, "orders": 0, "order_lines": 0}


def test_a_plan_of_several_files_is_carried_out_once(stall: Market) -> None:
    plan = stall.preview(stall.files())
    job = stall.entrepot.apply(plan.plan_id).job
    with pytest.raises(ChangedError) as caught:
        stall.entrepot.apply(plan.plan_id)
    assert caught.value.code == "already_applied"
    state = stall.entrepot.plan(plan.plan_id).state
    assert state is not None
    assert (state.job, state.done) == (job, True)


def test_the_files_are_taken_as_they_were_when_they_were_previewed(stall: Market) -> None:
    files = stall.files()
    plan = stall.preview(files)
    for file in files:
        file.unlink()
    stall.entrepot.apply(plan.plan_id)
    assert stall.counts() == WHOLE


def test_errors_files_of_all_tables_come_into_one_folder(stall: Market) -> None:
    files = stall.files(orders="id,customer_code,placed\n10,ann,2024-05-01\n11,bob,never\n")
    plan = stall.preview(files, SKIPPING)
    folder = stall.folder / "failed"
    stall.entrepot.errors_file(plan.plan_id, to=folder)
    assert sorted(path.name for path in folder.iterdir()) == ["order lines.failed.csv", "orders.failed.csv"]
    assert "record 2 of orders.csv" in (folder / "order lines.failed.csv").read_text(encoding="utf-8")


def test_errors_files_that_would_have_one_name_have_that_of_their_entity_too(stall: Market) -> None:
    asked = replace(SKIPPING, into={"x.a.csv": "customers", "x.b.csv": "orders"})
    files = [stall.folder / "x.a.csv", stall.folder / "x.b.csv"]
    files[0].write_text("id,code,name\nfew,kim,Kim\n", encoding="utf-8")
    files[1].write_text("id,customer_code,placed\n10,ann,never\n11,ann,\n", encoding="utf-8")
    plan, names = stall.preview(files, asked), ["x.customers.failed.csv", "x.orders.failed.csv"]
    job = stall.entrepot.bring_in(files, asked, errors_to=stall.folder / "at once").job
    for asked_of, folder in ((plan.plan_id, "plan"), (job, "job")):
        stall.entrepot.errors_file(asked_of, to=stall.folder / folder)
    for folder in ("at once", "plan", "job"):
        found = [(stall.folder / folder / name).read_text(encoding="utf-8") for name in names]
        assert ["few,kim" in found[0], "10,ann" in found[1]] == [True, True]


def test_what_a_workbook_hides_is_left_out_unless_somebody_names_it(stall: Market) -> None:
    book = Workbook()
    sheet = book.create_sheet("customers")
    sheet.append(["id", "code", "name"])
    sheet.append([3, "kim", "Kim"])
    book.worksheets[0].append(["sku"])
    book.worksheets[0].append(["rice"])
    book.worksheets[0].title, book.worksheets[0].sheet_state = "lists", "veryHidden"
    book.active = 1
    book.save(stall.folder / "market.xlsx")
    alone = stall.entrepot.preview([stall.folder / "market.xlsx"], UPSERT)
    assert isinstance(alone, ImportPlan)
    assert alone.entity == "customers"
    named = BundleRequest(each=UPSERT.each, into={"lists": "products"})
    plan = stall.preview([stall.folder / "market.xlsx"], named)
    assert {part.entity for part in plan.parts} == {"customers", "products"}


def test_our_own_marks_in_a_dump_are_nobodys_table(stall: Market) -> None:
    dump = stall.folder / "market.sql"
    dump.write_text(
        "BEGIN TRANSACTION;\n"
        "CREATE TABLE customers (id integer, code text, name text);\n"
        "INSERT INTO customers VALUES(3,'kim','Kim');\n"
        "CREATE TABLE entrepot_applied (job TEXT, unit INTEGER, epoch INTEGER, at TEXT);\n"
        "INSERT INTO entrepot_applied VALUES('imp_1',0,0,'2026-01-01');\n"
        "COMMIT;\n",
        encoding="utf-8",
    )
    alone = stall.entrepot.bring_in([dump], UPSERT)
    assert isinstance(alone, ImportReceipt)
    assert (alone.entity, alone.counts["created"]) == ("customers", 1)


def test_parents_are_found_by_name_among_the_records_of_another_file(stall: Market) -> None:
    """Also those that fail there; and the file goes before the database."""
    people = "id,code,name\n1,ann,Anna\n2,bob,Bob\n3,toolongacode,Cy\n"
    sold = "id,customer,placed\n10,Anna,2024-05-01\n11,Bob,2024-05-02\n12,Dee,2024-05-02\n"
    files = [file for file in stall.files(customers=people, orders=sold) if file.stem in ("customers", "orders")]
    by_name = FieldMapping(columns=("customer",), find_by=("name",))
    orders = replace(SKIPPING.each, mapping=MappingRequest(fields={"customer_code": by_name}))
    plan = stall.preview(files, BundleRequest(each=SKIPPING.each, tables={"orders": orders}))
    assert [code for _, code, _ in told(plan)["orders"]] == ["parent_not_found"]
    stall.entrepot.apply(plan.plan_id)
    assert stall.place.rows("SELECT id, customer_code FROM orders ORDER BY id") == [(10, "ann"), (11, "bob")]


def test_the_database_says_which_parents_of_another_file_are_the_same(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Where case means nothing to it, it means nothing between files."""
    with sqlite_case.CASE.place(request, tmp_path) as place:
        place.execute(
            "CREATE TABLE customers (code text COLLATE NOCASE PRIMARY KEY NOT NULL, age integer)",
            "CREATE TABLE orders (id integer PRIMARY KEY, customer text NOT NULL REFERENCES customers (code))",
            "INSERT INTO customers VALUES ('there', 1)",
        )
        market = Market(place, tmp_path, Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}))
        files = [tmp_path / "customers.csv", tmp_path / "orders.csv"]
        files[0].write_text("code,age\nAnn,1\nbob,2\nCy,x\nTHERE,2\n", encoding="utf-8")
        files[1].write_text("id,customer\n1,aNN\n2,BOB\n3,cY\n4,There\n5,dee\n6,Ann\n", encoding="utf-8")
        plan = market.preview(files, SKIPPING)
        assert [(record, code) for record, code, _ in told(plan)["orders"]] == [
            (3, "parent_failed"),
            (5, "no_such_parent"),
        ]
        market.entrepot.apply(plan.plan_id)
        assert place.rows("SELECT customer FROM orders ORDER BY id") == [("aNN",), ("BOB",), ("There",), ("Ann",)]
