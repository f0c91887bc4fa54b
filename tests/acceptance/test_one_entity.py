"""Several files that go into one entity are one table: what one file would be that has the records of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from acceptance.market import CUSTOMERS, SKIPPING, UPSERT, Market, counted, opened, told
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot import Entrepot
from entrepot.cli import main
from entrepot.model.baselines import BaselineUse
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.errors import InputError
from entrepot.model.mappings import FieldMapping, MappingRequest

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
INTO = {"orders-2024": "orders", "orders-2025": "orders"}
OLD = "id,customer_code,placed\n10,ann,2024-05-01\n11,bob,2024-05-02\n"
NEW = "placed;id;customer_code\n2025-01-01;12;ann\n2025-01-02;13;bob\n"


@pytest.fixture(params=CASES)
def market(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    with opened(sqlite_case.CASE, request, tmp_path) as found:
        yield found


def written(market: Market, **texts: str) -> list[Path]:
    """`orders_2024` is orders-2024.csv."""
    files = [market.folder / f"{name.replace('_', '-')}.csv" for name in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def into_orders(asked: BundleRequest = UPSERT) -> BundleRequest:
    return replace(asked, into=INTO)


def orders(market: Market) -> list[tuple[object, ...]]:
    rows = market.place.rows("SELECT id, customer_code, placed FROM orders ORDER BY id")
    return [(int(str(row[0])), row[1], str(row[2])) for row in rows]


def test_files_of_one_entity_come_in_as_one_table_and_go_back_as_one(market: Market) -> None:
    files = written(market, customers=CUSTOMERS, orders_2024=OLD, orders_2025=NEW)
    plan = market.preview(files, into_orders())
    assert [part.entity for part in plan.parts] == ["customers", "orders"]
    part = plan.parts[1]
    assert [(each.title, each.records, counted(each.counts)) for each in part.shares] == [
        ("orders-2024.csv", 2, {"created": 2}),
        ("orders-2025.csv", 2, {"created": 2}),
    ]
    receipt = market.entrepot.apply(plan.plan_id)
    assert isinstance(receipt, BundleReceipt)
    assert (receipt.digest, receipt.counts) == (plan.digest, plan.counts)
    assert receipt.parts[1].shares == part.shares
    assert [row[0] for row in orders(market)] == [10, 11, 12, 13]
    assert orders(market)[3] == (13, "bob", "2025-01-02")
    assert counted(market.bring_in(files, into_orders()).counts) == {"unchanged": 6}
    market.entrepot.undo(receipt.job)
    assert market.counts() == {"customers": 1, "products": 1, "orders": 0, "order_lines": 0}


def test_two_files_alone_are_an_import_of_one_table_in_whatever_order_they_are_named(stall: Market) -> None:
    files = written(stall, orders_2024=OLD.replace("bob", "ann"), orders_2025=NEW.replace("bob", "ann"))
    plans = [stall.preview(some, into_orders()) for some in (files, files[::-1])]
    assert len({plan.digest for plan in plans}) == 1
    assert counted(plans[0].counts) == {"created": 4}
    assert [part.file.name for part in plans[0].parts] == ["orders-2024.csv and orders-2025.csv"]


def test_what_is_twice_in_both_files_is_told_with_the_file_and_line_of_the_second(market: Market) -> None:
    again = NEW.replace(";12;", ";11;")
    files = written(market, customers=CUSTOMERS, orders_2024=OLD, orders_2025=again)
    plan = market.preview(files, into_orders())
    assert told(plan) == {"orders": [(1, "duplicate_in_file", "'11' stands in the file more than once as id.")]}
    (problem,) = [problem for problem in plan.parts[1].problems if problem.code == "duplicate_in_file"]
    assert (problem.place.file, problem.place.line, problem.place.column) == ("orders-2025.csv", 2, "id")
    (value,) = plan.parts[1].groups.groups[0].values
    assert (value.file, value.record, value.line) == ("orders-2025.csv", 1, 2)
    with pytest.raises(InputError) as caught:
        market.bring_in(files, into_orders())
    assert caught.value.code == "records_failed"
    assert counted(market.bring_in(files, into_orders(SKIPPING)).counts) == {"created": 4, "unchanged": 1, "failed": 1}


def test_a_record_keeps_what_its_file_has_no_column_for(market: Market) -> None:
    market.place.execute("INSERT INTO orders VALUES (13, 'ann', '2025-01-02'), (10, 'ann', '2024-01-01')")
    files = written(market, orders_2024=OLD.replace("bob", "ann"), orders_2025="customer_code,id\nann,13\nann,14\n")
    receipt = market.bring_in(files, into_orders())
    assert counted(receipt.counts) == {"created": 2, "updated": 1, "unchanged": 1}
    assert orders(market) == [
        (10, "ann", "2024-05-01"),
        (11, "ann", "2024-05-02"),
        (13, "ann", "2025-01-02"),
        (14, "ann", "None"),
    ]


def test_files_of_different_formats_and_encodings_are_one_table(stall: Market) -> None:
    old = stall.folder / "orders-2024.csv"
    old.write_bytes("id;customer_code;placed\r\n10;ann;2024-05-01\r\n".encode("utf-16"))
    new = stall.folder / "orders-2025.json"
    new.write_text(json.dumps([{"placed": "2025-01-01", "id": 12, "customer_code": "ann"}, {"id": 13}]))
    plan = stall.preview([old, new], into_orders())
    assert told(plan) == {"orders": [(2, "not_given", "customer_code is not in the record.")]}
    stall.bring_in([old, new], into_orders(SKIPPING))
    assert orders(stall) == [(10, "ann", "2024-05-01"), (12, "ann", "2025-01-01")]


def test_sheets_of_one_workbook_are_one_table(stall: Market) -> None:
    book = Workbook()
    for year, number in (("2024", 10), ("2025", 12)):
        sheet = book.create_sheet(year)
        sheet.append(["id", "customer_code"])
        sheet.append([number, "ann"])
        sheet.append([number, "ann"])
    book.remove(book["Sheet"])
    book.save(stall.folder / "orders.xlsx")
    asked = replace(UPSERT, into={"2024": "orders", "2025": "orders"})
    plan = stall.preview([stall.folder / "orders.xlsx"], asked)
    assert [(it.place.file, it.place.cell) for it in plan.parts[0].problems if it.code == "duplicate_in_file"] == [
        ("orders.xlsx:2024", "'2024'!A3"),
        ("orders.xlsx:2025", "'2025'!A3"),
    ]
    required = replace(asked, each=replace(UPSERT.each, baseline=BaselineUse.REQUIRE))
    with pytest.raises(InputError, match=r"orders\.xlsx:2024 has a baseline|cannot be one table") as caught:
        stall.preview([stall.folder / "orders.xlsx"], required)
    assert caught.value.code == "not_together"


def test_each_file_has_an_errors_file_that_is_like_it(stall: Market) -> None:
    old = "id,customer_code\n10,ann\n11,nobody,too much\n"
    files = written(stall, orders_2024=old, orders_2025=NEW.replace(";13;", ";x;"))
    folder = stall.folder / "errors"
    folder.mkdir()
    entrepot = Entrepot(stall.place.url, config=stall.folder / "entrepot.toml", environment={})
    receipt = entrepot.bring_in(files, into_orders(SKIPPING))
    entrepot.errors_file(receipt.job, to=folder)
    assert sorted(file.name for file in folder.iterdir()) == ["orders-2024.failed.csv", "orders-2025.failed.csv"]
    lines = (folder / "orders-2024.failed.csv").read_text().splitlines()
    assert lines[0] == "id,customer_code,__row,__error"
    assert lines[1].startswith("11,nobody,2,")
    assert "Behind the last column: too much" in lines[1]
    lines = (folder / "orders-2025.failed.csv").read_text().splitlines()
    assert lines[0] == "placed;id;customer_code;__row;__error"
    assert lines[1].startswith("2025-01-02;x;bob;2;")


def test_what_is_asked_of_an_entity_is_asked_of_all_of_its_files(stall: Market) -> None:
    files = written(stall, orders_2024="nr,customer_code\n10,ann\n", orders_2025="nr,customer_code\n11,ann\n")
    fields = MappingRequest(fields={"id": FieldMapping(columns=("nr",))})
    asked = replace(UPSERT.each, mapping=fields)
    assert counted(stall.preview(files, replace(into_orders(), tables={"orders": asked})).counts) == {"created": 2}
    with pytest.raises(InputError, match="different things are asked") as caught:
        stall.preview(files, replace(into_orders(), tables={"orders-2024": asked}))
    assert caught.value.code == "not_together"


def test_references_within_and_between_united_tables_find_their_parents(market: Market) -> None:
    """Customers of both files, and a reference to one that fails."""
    texts = {
        "customers": "id,code,name\n2,bob,Bob\n",
        "customers_new": "name,code,id\nZoe,zoe,3\n,eve,4\n",
        "orders_2024": "id,customer_code\n10,zoe\n",
        "orders_2025": "id,customer_code\n11,bob\n12,eve\n",
    }
    asked = replace(SKIPPING, into={**INTO, "customers-new": "customers"})
    plan = market.preview(written(market, **texts), asked)
    assert [(entity, code) for entity, some in told(plan).items() for _, code, _ in some] == [
        ("customers", "required"),
        ("orders", "parent_failed"),
    ]
    market.entrepot.apply(plan.plan_id)
    assert [row[:2] for row in orders(market)] == [(10, "zoe"), (11, "bob")]


def test_the_terminal_shows_each_file(
    stall: Market, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = written(stall, orders_2024=OLD.replace("bob", "ann"), orders_2025=NEW.replace("bob", "nobody"))
    words = ["import", *map(str, files), "--db", stall.place.url, "--mode", "upsert", "--dry-run"]
    words += ["--into", "orders-2024=orders", "--into", "orders-2025=orders"]

    monkeypatch.chdir(stall.folder)
    main(words)
    shown = capsys.readouterr().out
    assert "2 tables" in shown
    assert "orders-2025.csv, record 2 (line 3)" in shown


def test_a_plan_is_read_again_as_it_was(stall: Market) -> None:
    files = written(stall, orders_2024=OLD.replace("bob", "ann"), orders_2025=NEW.replace("bob", "ann"))
    plan = stall.preview(files, into_orders())
    kept = stall.entrepot.plan(plan.plan_id)
    assert isinstance(kept, BundlePlan)
    assert kept.parts[0].shares == plan.parts[0].shares
    stall.place.execute("INSERT INTO orders VALUES (13, 'ann', NULL)")
    with pytest.raises(Exception, match="Since the preview"):
        stall.entrepot.apply(plan.plan_id)
