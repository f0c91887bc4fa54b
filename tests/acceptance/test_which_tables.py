"""Which tables files hold, where each of them goes, and what cannot be asked of several at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from acceptance.market import FILES, LINES, SKIPPING, UPSERT, WHOLE, Market, opened
from contract.databases import sqlite_case
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Mode
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportPlan, ImportRequest


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    with opened(sqlite_case.CASE, request, tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    ("name", "entity"),
    [("Order-Lines.csv", "order_lines"), ("ORDERS.csv", "orders"), ("customers.2024.csv", "customers")],
)
def test_a_table_goes_where_its_name_says(stall: Market, name: str, entity: str) -> None:
    file = stall.folder / name
    file.write_text(FILES.get(f"{entity}.csv", LINES), encoding="utf-8")
    plan = stall.entrepot.preview([file], UPSERT)
    assert isinstance(plan, ImportPlan)
    assert plan.entity == entity


def test_names_that_say_nothing_are_told_together_with_what_they_may_mean(stall: Market) -> None:
    files = stall.files()
    moved = [file.rename(file.with_name(f"{file.stem}_may.csv")) for file in files]
    with pytest.raises(InputError, match=r"orders_may\.csv \(perhaps orders\); products_may\.csv") as caught:
        stall.entrepot.preview(moved)
    assert caught.value.code == "entity_not_said"
    assert "--into order lines_may.csv=order_lines" in caught.value.remedy


def test_what_is_said_of_a_table_goes_before_its_name_and_can_leave_it_out(stall: Market) -> None:
    files = [*stall.files(), stall.folder / "notes.csv"]
    files[-1].write_text("id,code,name\n7,kim,Kim\n", encoding="utf-8")
    into = {"notes": "customers", "customers.csv": "", "orders": "", "order lines.csv": ""}
    plan = stall.preview(files, BundleRequest(into=into, each=UPSERT.each))
    assert {part.entity: part.file.name for part in plan.parts} == {
        "customers": "notes.csv",
        "products": "products.csv",
    }


def test_the_lists_of_one_document_are_one_import(stall: Market) -> None:
    document = stall.folder / "market.json"
    document.write_text(
        '{"orders": [{"id": 5, "customer_code": "kim"}], "customers": [{"id": 3, "code": "kim", "name": "Kim"}]}',
        encoding="utf-8",
    )
    receipt = stall.bring_in([document])
    assert [(part.entity, part.table, part.counts["created"]) for part in receipt.parts] == [
        ("customers", "customers", 1),
        ("orders", "orders", 1),
    ]
    assert stall.place.rows("SELECT customer_code FROM orders") == [("kim",)]


def test_an_archive_is_its_tables(stall: Market) -> None:
    archive = stall.folder / "market.zip"
    with ZipFile(archive, "w") as written:
        for file in stall.files():
            written.write(file, f"2024/{file.name}")
    plan = stall.preview([archive])
    assert [(part.entity, part.request.reading.entity) for part in plan.parts] == [
        ("customers", "customers"),
        ("orders", "orders"),
        ("products", "products"),
        ("order_lines", "order lines"),
    ]
    archive.unlink()
    stall.entrepot.apply(plan.plan_id)
    assert stall.counts() == WHOLE


def test_each_table_can_be_asked_for_otherwise(stall: Market) -> None:
    stall.bring_in(stall.files())
    files = stall.files(customers="id,code,name\n1,ann,Anna\n3,zoe,Zoe\n")
    only_new = ImportRequest(entity="", mode=Mode.UPDATE)
    tables = {"orders": only_new, "products.csv": only_new}
    plan = stall.preview(files, BundleRequest(each=UPSERT.each, tables=tables))
    assert {part.entity: part.request.mode.value for part in plan.parts} == {
        "customers": "upsert",
        "orders": "update",
        "products": "update",
        "order_lines": "upsert",
    }


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (BundleRequest(into={"people": "customers"}), "unknown_table"),
        (BundleRequest(tables={"people": UPSERT.each}), "unknown_table"),
        (BundleRequest(tables={"orders": UPSERT.each, "orders.csv": UPSERT.each}), "given_twice"),
        (BundleRequest(each=ImportRequest(entity="", exclusive=True)), "no_exclusive_lane"),
        (BundleRequest(each=SKIPPING.each, tables={"orders": replace(SKIPPING.each, batch_size=10)}), "not_together"),
        (BundleRequest(each=ImportRequest(entity="", declared=3)), "not_together"),
    ],
    ids=[
        "no such table",
        "no such table to ask",
        "one table twice",
        "exclusive",
        "batches of one",
        "a number of records",
    ],
)
def test_what_several_tables_cannot_be_asked_for_is_refused(stall: Market, asked: BundleRequest, code: str) -> None:
    with pytest.raises(InputError) as caught:
        stall.entrepot.preview(stall.files(), asked)
    assert caught.value.code == code
    assert stall.counts() == {"customers": 1, "products": 1, "orders": 0, "order_lines": 0}
