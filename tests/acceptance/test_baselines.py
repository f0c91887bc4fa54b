"""A workbook that was exported with a baseline and comes back: what its user changed goes in, what others changed
meanwhile stays, and what both changed is told with both values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from acceptance.importing import Shop, counts, found, told
from entrepot import Entrepot, ExportOptions
from entrepot.access.permissions import Principal, Role
from entrepot.model.drafts import Errors, Mode
from entrepot.model.plans import ImportRequest
from entrepot.sample.create import create_sample

PEOPLE = """
INSERT INTO users VALUES
    (1, 'ada@example.org', 'Ada', 36, '1815-12-10', 'active'),
    (2, 'bob@example.org', 'Bob', NULL, '1990-02-03', 'active'),
    (3, 'eve@example.org', 'Eve', 20, NULL, ''),
    (4, 'zoe@example.org', '=1+1', 50, '2001-01-01', 'left');
"""
EVERYBODY = "SELECT * FROM users ORDER BY id"


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    shop = Shop.opened(tmp_path, capsys)
    for statement in filter(str.strip, PEOPLE.split(";\n")):
        shop.rows_changed(statement)
    return shop


def exported(shop: Shop, *words: str) -> str:
    path = shop.folder / "users.xlsx"
    code, said = shop.run("export", "users", "-o", str(path), "--option", "baseline=yes", *words)
    assert code == 0, said
    return str(path)


@contextmanager
def edited(path: str, sheet: str = "users") -> Iterator[Worksheet]:
    """As a spreadsheet program does it: all of the workbook is written anew."""
    book = openpyxl.load_workbook(path)
    yield book[sheet]
    book.save(path)
    book.close()


def codes(plan: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in plan["problems"]]


def test_a_workbook_that_nobody_edited_writes_nothing_whatever_others_did(shop: Shop) -> None:
    path = exported(shop)
    shop.rows_changed("UPDATE users SET name = 'Augusta', age = NULL WHERE id = 1")
    before = shop.rows(EVERYBODY)
    receipt = shop.bring(path, "users", "--mode", "upsert")
    assert counts(receipt) == {"unchanged": 4}
    assert shop.rows(EVERYBODY) == before


def test_edits_of_both_sides_are_merged_cell_by_cell(shop: Shop) -> None:
    path = exported(shop)
    with edited(path) as sheet:
        sheet["C2"], sheet["D3"] = "Countess", 31
    shop.rows_changed("UPDATE users SET age = 37, status = 'known' WHERE id = 1")
    plan = shop.plan(path, "users", "--mode", "upsert")
    assert counts(plan) == {"updated": 2, "unchanged": 2}
    assert "2 cells were changed since" in " ".join(told(plan))
    code, said = shop.run("plan", "apply", plan["plan_id"])
    assert code == 0, said
    assert shop.rows("SELECT name, age, status FROM users WHERE id < 3 ORDER BY id") == [
        ("Countess", 37, "known"),
        ("Bob", 31, "active"),
    ]


def test_a_cell_that_both_changed_is_told_with_both_values_and_keeps_its_record_out(shop: Shop) -> None:
    path = exported(shop)
    with edited(path) as sheet:
        sheet["C2"], sheet["D2"], sheet["C3"] = "Countess", 37, "Robert"
    shop.rows_changed("UPDATE users SET name = 'Lovelace', age = 37 WHERE id = 1")
    plan = shop.plan(path, "users", "--mode", "upsert")
    assert counts(plan) == {"failed": 1, "updated": 1, "unchanged": 2}
    both = "'Countess' in the workbook, and to 'Lovelace' in the database"
    assert found(plan) == [(1, "name", "changed_by_both", both)]
    assert f"name was changed to {both}, both since the export." in told(plan)
    code, _ = shop.run("import", path, "--into", "users", "--yes", "--mode", "upsert", "--errors", "skip")
    assert code != 0
    assert shop.rows("SELECT name FROM users WHERE id < 3 ORDER BY id") == [("Lovelace",), ("Robert",)]


def test_what_somebody_decides_about_a_conflict_is_done(shop: Shop) -> None:
    """Of all of them, of one record, or by leaving it out."""
    path = exported(shop)
    with edited(path) as sheet:
        sheet["C2"], sheet["C3"] = "Countess", "Robert"
    shop.rows_changed("UPDATE users SET name = name || '!', age = 99 WHERE id < 3")
    upsert = ("--mode", "upsert")
    assert counts(shop.plan(path, "users", *upsert)) == {"failed": 2, "unchanged": 2}
    assert counts(shop.plan(path, "users", *upsert, "--on-conflict", "overwrite")) == {"updated": 2, "unchanged": 2}
    both = shop.plan(path, "users", *upsert, "--rows", "1=overwrite", "--skip-rows", "2")
    assert counts(both) == {"updated": 1, "skipped": 1, "unchanged": 2}
    alone = shop.plan(path, "users", *upsert, "--on-conflict", "skip", "--rows", "1=overwrite")
    assert counts(alone) == {"updated": 1, "skipped": 3}
    assert alone["differences"][0]["after"][1:3] == ["Countess", "99"]
    shop.run("plan", "apply", both["plan_id"])
    assert shop.rows("SELECT name, age FROM users WHERE id < 3") == [("Countess", 99), ("Bob!", 99)]


def test_rows_that_went_and_rows_that_came_are_told_apart(shop: Shop) -> None:
    """Deleted here, deleted there and edited here, deleted there and not edited, added here, added in both."""
    path = exported(shop)
    with edited(path) as sheet:
        sheet.delete_rows(2)
        sheet["C2"] = "Robert"
        sheet.append([7, "new@example.org", "New", 1, None, "x"])
        sheet.append([8, "mine@example.org", "Mine", 1, None, "x"])
        sheet.append([9, "same@example.org", "Same", 1, None, "x"])
    shop.rows_changed("DELETE FROM users WHERE id IN (2, 3)")
    shop.rows_changed("INSERT INTO users VALUES (8, 'theirs@example.org', 'Theirs', 1, NULL, 'x')")
    shop.rows_changed("INSERT INTO users VALUES (9, 'same@example.org', 'Same', 1, NULL, 'x')")
    plan = shop.plan(path, "users", "--mode", "upsert")
    assert counts(plan) == {"failed": 2, "skipped": 1, "unchanged": 2, "created": 1}
    assert found(plan) == [(1, "id", "row_gone", "2"), (5, "id", "row_made_besides", "8")]
    assert "1 of these rows is not in the workbook; an import deletes nothing." in told(plan)
    assert counts(shop.plan(path, "users", "--mode", "update"))["skipped"] == 1
    shop.run("import", path, "--into", "users", "--yes", "--mode", "upsert", "--errors", "skip")
    assert shop.rows("SELECT id, name FROM users ORDER BY id") == [
        (1, "Ada"),
        (4, "=1+1"),
        (7, "New"),
        (8, "Theirs"),
        (9, "Same"),
    ]


def test_sorted_rows_and_moved_columns_are_what_they_were(shop: Shop) -> None:
    path = exported(shop)
    with edited(path) as sheet:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        for at, row in enumerate([rows[0], *reversed(rows[1:])], start=1):
            for place, value in enumerate(reversed(row), start=1):
                cell = sheet.cell(at, place)
                assert isinstance(cell, Cell)
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) else cell.data_type
        sheet.insert_cols(2)
        sheet["B1"], sheet["B2"] = "notes", "mine"
    plan = shop.plan(path, "users", "--mode", "upsert")
    assert counts(plan) == {"unchanged": 4}
    assert "0 cells were changed since" in " ".join(told(plan))


def test_an_emptied_cell_is_an_edit_and_can_be_undone(shop: Shop) -> None:
    path, before = exported(shop), shop.rows(EVERYBODY)
    with edited(path) as sheet:
        sheet["D2"] = None
    job = shop.bring(path, "users", "--mode", "upsert")["job"]
    assert shop.rows("SELECT name, age FROM users WHERE id = 1") == [("Ada", None)]
    code, _ = shop.run("undo", job, "--yes")
    assert (code, shop.rows(EVERYBODY)) == (0, before)


def test_a_change_between_preview_and_import_is_noticed(shop: Shop) -> None:
    path = exported(shop)
    with edited(path) as sheet:
        sheet["C2"] = "Countess"
    plan = shop.plan(path, "users", "--mode", "upsert")
    shop.rows_changed("UPDATE users SET name = 'Lovelace' WHERE id = 1")
    code, said = shop.run("plan", "apply", plan["plan_id"])
    assert (code != 0, said["error"]["code"]) == (True, "plan_drifted")
    assert shop.rows("SELECT name FROM users WHERE id = 1") == [("Lovelace",)]


def test_the_records_of_conflicts_come_back_corrected(shop: Shop) -> None:
    """The errors file has all of their cells, also those that nobody changed; giving these back changes nothing."""
    path = exported(shop)
    with edited(path) as sheet:
        sheet["C2"], sheet["F2"] = "Countess", "known"
    shop.rows_changed("UPDATE users SET name = 'Lovelace', age = 37 WHERE id = 1")
    errors = shop.folder / "errors.csv"
    skipping = ("--mode", "upsert", "--errors", "skip", "--errors-file", str(errors))
    _, receipt = shop.run("import", path, "--into", "users", "--yes", *skipping)
    lines = errors.read_text().splitlines()
    assert lines[1].startswith("1,ada@example.org,Countess,36,1815-12-10,known,1,")
    assert "'Countess' in the workbook, and to 'Lovelace' in the database" in lines[1]
    errors.write_text("\n".join(lines).replace("Countess,", "Lovelace,", 1) + "\n")
    code, said = shop.run("import", str(errors), "--corrects", receipt["job"], "--yes")
    assert (code, counts(said)) == (0, {"updated": 1})
    assert shop.rows("SELECT name, age, status FROM users WHERE id = 1") == [("Lovelace", 37, "known")]


def test_a_workbook_of_several_tables_is_merged_in_each_of_them(shop: Shop) -> None:
    """Also where one of them goes on in a second sheet, and a row refers to one that was added."""
    shop.rows_changed("INSERT INTO bookings SELECT 10 + id, id, '2024-01-01', '2024-01-05', id, 'B' || id FROM users")
    path = str(shop.folder / "all.xlsx")
    options = ("--option", "baseline=yes", "--option", "row_limit=3")
    code, said = shop.run("export", "users", "bookings", "-o", path, *options)
    assert code == 0, said
    shop.rows_changed("UPDATE bookings SET price = 99 WHERE id = 11")
    bring = ("import", path, "--mode", "upsert", "--yes")
    code, receipt = shop.run(*bring)
    assert (code, [counts(part) for part in receipt["parts"]]) == (0, [{"unchanged": 4}, {"unchanged": 4}])
    with edited(path, "bookings") as sheet:
        sheet["F2"] = "X"
    with edited(path, "bookings (2)") as sheet:
        sheet["B2"] = 5
    with edited(path, "users (2)") as sheet:
        sheet.append([5, "new@example.org", "New", 1, None, "x"])
    code, receipt = shop.run(*bring)
    assert code == 0, receipt
    parts = {part["entity"]: counts(part) for part in receipt["parts"]}
    assert parts == {"users": {"unchanged": 4, "created": 1}, "bookings": {"unchanged": 2, "updated": 2}}
    assert shop.rows("SELECT user_id, price, code FROM bookings WHERE id IN (11, 13) ORDER BY id") == [
        (1, 99, "X"),
        (5, 3, "B3"),
    ]


def test_a_column_that_is_put_together_or_filled_otherwise_counts_as_a_whole(shop: Shop) -> None:
    """Half of a value that nobody changed is no reason to lose it."""
    path = exported(shop)
    with edited(path) as sheet:
        sheet["C2"] = "Countess"
    joined = ("--map", "name=name", "--map", "status=name", "--default", "age=7")
    shop.rows_changed("UPDATE users SET age = 99, email = 'x@example.org' WHERE id = 2")
    plan = shop.plan(path, "users", "--mode", "upsert", *joined)
    assert any("does not count for name, age:" in words for words in told(plan))
    shop.run("plan", "apply", plan["plan_id"])
    assert shop.rows("SELECT name, age, email FROM users WHERE id < 3") == [
        ("Countess active", 36, "ada@example.org"),
        ("Bob active", 7, "x@example.org"),
    ]


def test_what_went_out_changed_does_not_take_the_place_of_what_is_there(shop: Shop) -> None:
    path = exported(shop, "--transform", "name=uppercase")
    with edited(path) as sheet:
        sheet["D2"] = 37
    assert counts(shop.bring(path, "users", "--mode", "upsert")) == {"updated": 1, "unchanged": 3}
    assert shop.rows("SELECT name, age FROM users WHERE id = 1") == [("Ada", 37)]


def test_rows_are_known_by_a_key_of_several_fields(shop: Shop) -> None:
    shop.rows_changed("CREATE TABLE stays (day date, room text, guest text, PRIMARY KEY (day, room))")
    shop.rows_changed("INSERT INTO stays VALUES ('2024-01-01', '1', 'Ada'), ('2024-01-01', '11', 'Bob')")
    shop.rows_changed("INSERT INTO stays VALUES ('1899-01-01', '1 ', 'Eve'), ('2024-11-01', 'a', 'Zoe')")
    path = str(shop.folder / "stays.xlsx")
    code, said = shop.run("export", "stays", "-o", path, "--option", "baseline=yes")
    assert code == 0, said
    with edited(path, "stays") as sheet:
        sheet["C2"] = "Countess"
    shop.rows_changed("UPDATE stays SET guest = guest || '!'")
    plan = shop.plan(path, "stays", "--mode", "upsert", "--errors", "skip")
    assert counts(plan) == {"failed": 1, "unchanged": 3}


def test_a_tenant_gives_back_its_own_rows_and_learns_of_no_others(tmp_path: Path) -> None:
    create_sample(tmp_path)
    config, path = tmp_path / "entrepot.toml", tmp_path / "given.xlsx"
    everybody = Entrepot(config=config, environment={})
    admin = Principal(name="ada", role=Role.ORG_ADMIN, tenant="2")
    own = Entrepot(config=config, principal=admin, environment={})
    everybody.export("users", to=path, options=ExportOptions(format_options={"baseline": "yes"}))
    before = everybody.fingerprint("users"), own.fingerprint("users")
    with edited(str(path)) as sheet:
        names = [cell.value for cell in sheet[1]]
        tenants = [str(row[names.index("tenant_id")].value) for row in sheet.iter_rows(min_row=2)]
        for tenant in ("1", "2"):
            sheet.cell(tenants.index(tenant) + 2, names.index("email") + 1, f"new{tenant}@example.org")
    plan = own.preview(path, ImportRequest(entity="users", mode=Mode.UPSERT, errors=Errors.SKIP))
    assert (plan.counts["updated"], plan.counts["unchanged"]) == (1, tenants.count("2") - 1)
    assert plan.counts["created"] == 0
    assert all("in the database" not in problem.message for problem in plan.problems[1:])
    own.apply(plan.plan_id)
    assert own.fingerprint("users") != before[1]
    everybody.undo(everybody.undoable()[0].id)
    assert (everybody.fingerprint("users"), own.fingerprint("users")) == before


def test_a_rule_of_rows_sees_the_cells_that_nobody_changed(shop: Shop) -> None:
    """It is not asked of what nobody changed, even if it does not hold there."""
    shop.rows_changed("INSERT INTO bookings VALUES (1, 1, '2024-01-01', '2024-01-05', 1, 'a')")
    shop.rows_changed("INSERT INTO bookings VALUES (2, 2, '2024-01-09', '2024-01-05', 1, 'b')")
    shop.rows_changed("INSERT INTO bookings VALUES (3, 2, '2024-01-09', '2024-01-05', 1, 'c')")
    path = str(shop.folder / "bookings.xlsx")
    code, said = shop.run("export", "bookings", "-o", path, "--option", "baseline=yes")
    assert code == 0, said
    with edited(path, "bookings") as sheet:
        sheet["C2"], sheet["F4"] = datetime(2024, 2, 1), "C"  # noqa: DTZ001
    rule = ("--mode", "upsert", "--rule", "end_date > start_date")
    plan = shop.plan(path, "bookings", *rule)
    assert [(record, code) for record, _, code, _ in found(plan)] == [(1, "row_rule")]
    assert counts(plan) == {"failed": 1, "unchanged": 1, "updated": 1}


def test_a_rule_in_python_gets_whole_records_but_none_that_nobody_changed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.folder / f"whole_{shop.folder.name}.py").write_text(
        "from entrepot.model.rules import RowFinding\n"
        "def check(batch):\n"
        "    for row, pair in enumerate(zip(batch.column('name').to_pylist(), batch.column('age').to_pylist())):\n"
        "        yield RowFinding(row=row, field='name', message=' '.join(map(str, pair)), warning=True)\n"
    )
    monkeypatch.syspath_prepend(str(shop.folder))
    shop.set(f'[entities.users]\npython_rules = "whole_{shop.folder.name}:check"\n')
    path = exported(shop)
    with edited(path) as sheet:
        sheet["C2"] = "Countess"
    plan = shop.plan(path, "users", "--mode", "upsert")
    assert [(record, field) for record, field, code, _ in found(plan) if code == "python_rule"] == [(1, "name")]
    assert any("Countess 36" in words for words in told(plan))
