"""Excel templates as another reader sees them: types, lists, comments and looks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from acceptance.importing import Shop
from acceptance.test_templates import SETTINGS, TABLES
from entrepot import Entrepot
from entrepot.model.example_rows import MARK


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, SETTINGS, TABLES)


def made(shop: Shop, *entities: str, **options: Any) -> Any:
    entrepot = Entrepot(config=shop.folder / "entrepot.toml", environment={})
    (file,) = entrepot.template(*entities, to=shop.folder / "template.xlsx", overwrite=True, **options)
    return openpyxl.load_workbook(file)


def validations(sheet: Any) -> dict[str, Any]:
    return {str(rule.sqref).split(":")[0]: rule for rule in sheet.data_validations.dataValidation}


def column(sheet: Any, name: str) -> str:
    return str(next(cell.column_letter for cell in sheet[1] if cell.value == name))


def rule(sheet: Any, name: str) -> Any:
    return validations(sheet)[f"{column(sheet, name)}2"]


def comment(sheet: Any, name: str) -> str:
    return str(sheet[f"{column(sheet, name)}1"].comment.text)


def test_every_column_knows_what_may_be_typed_in_it(shop: Shop) -> None:
    sheet = made(shop, "people")["staff"]
    names = ("id", "name", "born", "pay")
    assert {name: (rule(sheet, name).type, rule(sheet, name).errorStyle or "stop") for name in names} == {
        "id": ("whole", "warning"),
        "name": ("textLength", "stop"),
        "born": ("date", "warning"),
        "pay": ("decimal", "stop"),
    }
    assert rule(sheet, "name").formula1 == "20"
    assert rule(sheet, "pay").formula2 == "999999.99"
    assert str(rule(sheet, "pay").sqref) == f"{column(sheet, 'pay')}2:{column(sheet, 'pay')}1048576"


def test_lists_offer_what_the_import_takes(shop: Shop) -> None:
    book = made(shop, "people")
    sheet = book["staff"]
    assert rule(sheet, "status").formula1 == '"new,active,gone"'
    assert rule(sheet, "is_admin").formula1 == '"TRUE,FALSE"'
    assert rule(sheet, "team").formula1.strip("=") == "'_lists'!$A$2:$A$3"
    assert rule(sheet, "team").errorStyle == "warning"
    assert [cell.value for cell in book["_lists"]["A"]] == ["teams", "Red", "Blue"]
    assert book["_lists"].sheet_state == "veryHidden"


def test_a_list_has_ids_where_names_would_be_taken_for_some(shop: Shop) -> None:
    changed = TABLES.replace("(1, 'Red'), (2, 'Blue')", "(1, '1. Team'), (2, '4711')")
    (shop.folder / "shop.db").unlink()
    book = made(Shop.opened(shop.folder, shop.capsys, SETTINGS, changed), "people")
    assert [cell.value for cell in book["_lists"]["A"]] == ["teams", 1, 2]
    assert "1 = 1. Team, 2 = 4711." in comment(book["staff"], "team")


def test_a_list_tells_nothing_that_is_sensitive(shop: Shop) -> None:
    shop.set(f'{SETTINGS}\n[entities.teams]\nfields.name = {{ sensitive = "name" }}\n')
    book = made(shop, "people")
    assert "_lists" not in book.sheetnames
    assert "Refers to teams: write the id or the name of the row." in comment(book["staff"], "team")


def test_a_long_list_of_parents_is_none(shop: Shop) -> None:
    book = made(shop, "people", most_parents=1)
    assert f"{column(book['staff'], 'team')}2" not in validations(book["staff"])
    assert "_lists" not in book.sheetnames


def test_comments_say_what_the_import_will_ask(shop: Shop) -> None:
    sheet = made(shop, "people")["staff"]
    assert comment(sheet, "email").splitlines() == [
        "Text of at most 80 characters.",
        "Required.",
        "Unique: no two rows may have the same.",
        "Cleaned on import: trim, lowercase.",
        "One e-mail address.",
    ]
    assert "May stay empty: then the database fills it in." in comment(sheet, "id")
    assert "May stay empty." in comment(sheet, "born")
    assert "born < '2020-01-01'." in comment(sheet, "born")
    assert "The database checks: pay > 0." in comment(sheet, "pay")
    assert "Not more than 9000." in comment(sheet, "pay")
    assert "Refers to teams: write the id or the name of the row." in comment(sheet, "team")
    assert "Allowed: new, active, gone." in comment(sheet, "status")


def test_what_is_required_can_be_seen(shop: Shop) -> None:
    sheet = made(shop, "people")["staff"]
    fills = {cell.value: cell.fill.fgColor.rgb for cell in sheet[1]}
    assert fills["email"] == fills["name"] != fills["born"]
    assert fills["id"] == fills["status"] != fills["born"]
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width > len(MARK)


def test_the_example_has_values_of_the_columns_types(shop: Shop) -> None:
    sheet = made(shop, "people")["staff"]
    row = {name.value: cell.value for name, cell in zip(sheet[1], sheet[2], strict=True)}
    assert row["id"] == MARK
    assert row["born"] == datetime(2024, 1, 31)  # noqa: DTZ001 - cells have no zone
    assert row["pay"] == 12.5
    assert row["is_admin"] is True
    assert row["email"] == "name@example.com"
    assert all(cell.font.italic for cell in sheet[2])


def test_texts_keep_what_is_typed(shop: Shop) -> None:
    """`007` is no seven, and `1-2` no day."""
    book = made(shop, "people", example=False)
    sheet = book["staff"]
    assert sheet.max_row == 1
    formats = {name: sheet.column_dimensions[column(sheet, name)].number_format for name in ("name", "born", "pay")}
    assert formats == {"name": "@", "born": "yyyy\\-mm\\-dd", "pay": "0.00"}


ODD = """
CREATE TABLE "=1+1" ("=cmd|' /C calc'!A0" text CHECK ("=cmd|' /C calc'!A0" IN ('=1+1', 'a,b', 'http://example.com')),
    "http://example.com" text, "x" integer CHECK (x in (1, 2)),
    "\x0bbell\x07" varchar(5) CHECK ("\x0bbell\x07" IN ('', 'a')),
    "long" text CHECK (long IN ('a', 'LONG')));
CREATE TABLE "a/b*c?" (id integer PRIMARY KEY, "café" text);
CREATE TABLE "A_b_c_" (id integer PRIMARY KEY);
CREATE TABLE "_lists" (id integer PRIMARY KEY, "odd" integer REFERENCES "a/b*c?" (id));
CREATE TABLE "an entity whose name is much longer than a sheet's may be" (id integer PRIMARY KEY);
CREATE TABLE "History" (id integer PRIMARY KEY);
INSERT INTO "a/b*c?" VALUES (1, '=HYPERLINK("http://example.com")');
""".replace("LONG", "b" * 300)


def test_no_name_and_no_value_is_a_formula_or_a_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop.opened(tmp_path, capsys, "", ODD)
    book = made(shop, "*")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert len({name.casefold() for name in book.sheetnames}) == 7
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert [sheet.title for sheet in book if sheet.sheet_state == "veryHidden"] == ["_lists (2)"]
    hostile = book["=1+1"]
    assert [cell.value for cell in book["_lists (2)"]["A"]][1:] == ["=1+1", "a,b", "http://example.com"]
    assert hostile["A1"].value == "=cmd|' /C calc'!A0"
    assert rule(hostile, "x").formula1 == '"1,2"'
    assert rule(hostile, hostile["D1"].value).formula1 == '"a"'
    assert f"{column(hostile, 'long')}2" not in validations(hostile)


def test_a_tenant_s_template_lists_nothing_of_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = """
    CREATE TABLE tenants (id integer PRIMARY KEY, name text);
    CREATE TABLE teams (id integer PRIMARY KEY, tenant_id integer NOT NULL REFERENCES tenants (id), name text UNIQUE);
    CREATE TABLE people (id integer PRIMARY KEY, tenant_id integer NOT NULL REFERENCES tenants (id),
        team_id integer REFERENCES teams (id));
    INSERT INTO tenants VALUES (1, 'one'), (2, 'two');
    INSERT INTO teams VALUES (10, 1, 'Red'), (20, 2, 'Blue');
    """
    shop = Shop.opened(tmp_path, capsys, '[tenancy]\nroot = "tenants"\n', tables)
    book = made(shop, "people", tenant="1")
    assert [cell.value for cell in book["people"][1]] == ["id", "team_id"]
    assert [cell.value for cell in book["_lists"]["A"]] == ["teams", "Red"]


def filled_in(shop: Shop, **rows: list[list[object]]) -> str:
    """As a person does it: in a spreadsheet program, below the example."""
    book = made(shop, "teams", "people")
    for name, lines in rows.items():
        for line in lines:
            book[name].append(line)
    file = shop.folder / "filled.xlsx"
    book.save(file)
    book.close()
    return str(file)


def test_a_workbook_that_is_filled_in_comes_in_whole(shop: Shop) -> None:
    """Names from the lists, days and numbers of the spreadsheet, a truth value, and cells left to the database."""
    born = datetime(1990, 2, 3)  # noqa: DTZ001 - cells have no zone
    file = filled_in(
        shop,
        teams=[[3, "Green"]],
        staff=[
            [None, "Blue", "New@Example.com", "007", "active", born, 1.5, True, '{"a": 1}'],
            [None, "Green", "b@example.com", "B+", None, None, None, None, None],
        ],
    )
    code, receipt = shop.run("import", file, "--yes")
    assert code == 0, receipt["error"]["problems"]
    assert shop.rows("SELECT team_id, email, name, status, born, pay, is_admin, settings FROM people WHERE id > 1") == [
        (2, "new@example.com", "007", "active", "1990-02-03", 1.5, 1, '{"a": 1}'),
        (3, "b@example.com", "B+", "new", None, None, 0, None),
    ]
    assert shop.rows("SELECT * FROM teams WHERE id > 2") == [(3, "Green")]


def test_one_sheet_of_a_workbook_comes_in_alone(shop: Shop) -> None:
    file = filled_in(shop, staff=[[None, "Blue", "a@example.com", "A"]])
    receipt = shop.bring(file, "staff", "--sheet", "staff")
    assert (receipt["counts"]["created"], receipt["counts"]["skipped"]) == (1, 1)


def test_a_template_that_nobody_filled_in_changes_nothing(shop: Shop) -> None:
    code, receipt = shop.run("import", filled_in(shop), "--yes")
    assert code == 0, receipt
    assert shop.rows("SELECT count(*) FROM people") == [(1,)]
    assert shop.rows("SELECT count(*) FROM teams") == [(2,)]
