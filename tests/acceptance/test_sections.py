"""One text file that holds several tables, one below the other, is one import of several entities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.market import SKIPPING, UPSERT, WHOLE, Market, counted, opened
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot.cli import main
from entrepot.model.bundles import BundleReceipt
from entrepot.model.drafts import Mode, Reading
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
SHOP = """[order lines]
order_id,sku,number
10,tea,1
11,tea,2
11,gouda,3

[customers]
id,code,name
1,ann,Ann
2,bob,"Bob
the second"

[products]
sku,price
tea,2.50
gouda,9.90

[orders]
id,customer_code,placed
10,ann,2024-05-01

[orders]
placed;id;customer_code
2024-05-02;11;bob
"""


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.fixture(params=CASES)
def market(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    with opened(sqlite_case.CASE, request, tmp_path) as found:
        yield found


def written(market: Market, text: str = SHOP, name: str = "shop.csv") -> Path:
    file = market.folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_sections_of_a_file_come_in_as_one_import_and_go_back_as_one(market: Market) -> None:
    file, before = written(market), market.counts()
    plan = market.preview([file])
    parts = {part.entity: part for part in plan.parts}
    assert {name: counted(part.counts) for name, part in parts.items()} == {
        "customers": {"created": 1, "unchanged": 1},
        "products": {"created": 1, "unchanged": 1},
        "orders": {"created": 2},
        "order_lines": {"created": 3},
    }
    assert [(each.title, each.records) for each in parts["orders"].shares] == [
        ("shop.csv:orders", 1),
        ("shop.csv:orders (2)", 1),
    ]
    receipt = market.entrepot.apply(plan.plan_id)
    assert isinstance(receipt, BundleReceipt)
    assert (receipt.digest, receipt.counts) == (plan.digest, plan.counts)
    assert market.counts() == WHOLE
    assert [str(row[0]) for row in market.place.rows("SELECT name FROM customers WHERE id = 2")] == ["Bob\nthe second"]
    assert counted(market.bring_in([file]).counts) == {"unchanged": 9}
    market.entrepot.undo(receipt.job)
    assert market.counts() == before


def test_what_is_wrong_is_told_where_it_stands_in_the_file(market: Market) -> None:
    text = SHOP.replace("gouda,9.90", "gouda,cheap").replace("11;bob", "11;nobody")
    plan = market.preview([written(market, text)])
    found = [(part.entity, it.place) for part in plan.parts for it in part.problems if it.place.record]
    assert sorted((name, at.file, at.record, at.line, at.column, at.byte) for name, at in found) == [
        ("order_lines", "shop.csv", 2, 4, "order_id", text.index("11,tea")),
        ("order_lines", "shop.csv", 3, 5, "order_id", text.index("11,gouda")),
        ("orders", "shop.csv:orders (2)", 1, 24, "customer_code", text.index("nobody")),
        ("products", "shop.csv", 2, 16, "price", text.index("cheap")),
    ]
    assert counted(market.bring_in([written(market, text)], SKIPPING).counts) == {
        "created": 3,
        "unchanged": 2,
        "failed": 4,
    }


def test_each_section_goes_where_somebody_says(stall: Market) -> None:
    file = written(stall, SHOP.replace("[customers]", "[people]").replace("[products]", "[goods]"))
    with pytest.raises(InputError, match=r"shop\.csv:people .*; shop\.csv:goods ") as caught:
        stall.preview([file])
    assert caught.value.code == "entity_not_said"
    into = {"people": "customers", "goods": "products", "order lines": ""}
    plan = stall.preview([file], replace(UPSERT, into=into))
    assert {part.entity for part in plan.parts} == {"customers", "products", "orders"}


def test_one_section_may_come_in_alone(market: Market) -> None:
    file = written(market)
    request = ImportRequest(entity="customers", mode=Mode.UPSERT)
    with pytest.raises(InputError, match="order lines, customers, products, orders, orders") as caught:
        market.entrepot.preview(file, request)
    assert caught.value.code == "several_sections"
    asked = replace(request, reading=Reading(entity="customers"))
    receipt = market.entrepot.bring_in(file, asked)
    assert counted(receipt.counts) == {"created": 1, "unchanged": 1}


def test_each_section_has_an_errors_file_of_its_own(stall: Market) -> None:
    file = written(stall, SHOP.replace("gouda,9.90", "gouda,cheap"))
    receipt = stall.bring_in([file], SKIPPING)
    folder = stall.folder / "errors"
    folder.mkdir()
    stall.entrepot.errors_file(receipt.job, to=folder)
    assert sorted(each.name for each in folder.iterdir()) == ["shop.order lines.failed.csv", "shop.products.failed.csv"]
    assert (folder / "shop.products.failed.csv").read_text().splitlines()[1].startswith("gouda,cheap,2,")


def test_what_failed_of_a_section_is_given_back_corrected(stall: Market) -> None:
    text = SHOP.replace("gouda,9.90", "gouda,cheap").replace("[orders]\nplaced;", "[others]\nplaced;")
    asked = replace(SKIPPING, into={"others": ""})
    receipt = stall.bring_in([written(stall, text.replace("11,", "10,"))], asked)
    folder = stall.folder / "errors"
    folder.mkdir()
    stall.entrepot.errors_file(receipt.job, to=folder)
    files = [folder / f"shop.{name}.failed.csv" for name in ("products", "order lines")]
    files[0].write_text(files[0].read_text().replace("cheap", "9.90"), encoding="utf-8")
    again = replace(UPSERT, each=ImportRequest(entity="", corrects=receipt.job))
    assert counted(stall.bring_in(files, again).counts)["created"] == 2
    assert stall.counts() == {"customers": 2, "products": 2, "orders": 1, "order_lines": 2}


def test_sections_that_nobody_named_so_are_left_alone(stall: Market) -> None:
    """A file whose first line is a title, and one with remarks."""
    request = ImportRequest(entity="customers", mode=Mode.UPSERT)
    for text in ("# customers of May\nid,code,name\n2,bob,Bob\n", "id,code,name\n2,bob,Bob\n"):
        plan = stall.entrepot.preview(written(stall, text), request)
        assert counted(plan.counts) == {"created": 1}


def test_a_member_of_an_archive_may_have_sections(stall: Market) -> None:
    import zipfile

    with zipfile.ZipFile(stall.folder / "all.zip", "w") as archive:
        archive.write(written(stall), "shop.csv")
    plan = stall.preview([stall.folder / "all.zip"])
    assert counted(plan.counts) == {"created": 7, "unchanged": 2}


def test_the_command_line_shows_and_changes_it(
    stall: Market, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(stall)
    monkeypatch.chdir(stall.folder)
    words = ["import", file.name, "--db", stall.place.url, "--mode", "upsert"]
    assert main([*words, "--into", "customers", "--section", "customers", "--dry-run"]) == 0
    assert "the section 'customers'" in capsys.readouterr().out
    assert main([*words, "--into", "order lines=", "--yes"]) == 0
    shown = capsys.readouterr().out
    assert all(f"shop.csv:{name}" in shown for name in ("customers", "products"))
    assert stall.counts() == {**WHOLE, "order_lines": 0}
    assert main([*words, "--into", "customers", "--no-sections", "--skip-lines", "5", "--dry-run"]) != 0
    assert "several_sections" not in capsys.readouterr().out
