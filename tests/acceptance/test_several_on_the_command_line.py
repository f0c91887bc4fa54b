"""Several files as people bring them in: by `entrepot import`, with a screen, a question, or one document."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop

TABLES = """
CREATE TABLE customers (id integer PRIMARY KEY, email varchar(40) NOT NULL UNIQUE);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers, total decimal(8,2));
"""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    found = Shop.opened(tmp_path, capsys, tables=TABLES)
    (tmp_path / "day").mkdir()
    found.file("id,email\n1,ann@example.org\n2,bob@example.org\n", "day/customers.csv")
    found.file("id,buyer,total\n10,bob@example.org,1.50\n11,eve@example.org,2\n", "day/orders.csv")
    found.file("{}", "day/receipt.json")
    found.file("secret", "day/.hidden")
    return found


def test_a_folder_is_its_files_and_options_can_be_said_of_one_table(shop: Shop) -> None:
    words = ("import", str(shop.folder / "day"), "--map", "orders:buyer=customer_id by email", "--errors", "skip")
    code, plan = shop.run(*words, "--dry-run")
    assert (code, plan["blocked"], plan["counts"]["created"]) == (0, False, 3)
    assert [(part["entity"], part["counts"]["failed"]) for part in plan["parts"]] == [("customers", 0), ("orders", 1)]
    code, receipt = shop.run(*words, "--errors-file", str(shop.folder / "failed"), "--yes")
    assert (code, receipt["counts"]["failed"]) == (9, 1)
    assert shop.rows("SELECT id, customer_id FROM orders") == [(10, 2)]
    assert [path.name for path in (shop.folder / "failed").iterdir()] == ["orders.failed.csv"]
    code, shown = shop.run("plan", "show", plan["plan_id"])
    assert (code, shown["plan_id"], shown["state"]["job"]) == (0, plan["plan_id"], None)
    assert shop.run("plan", "apply", plan["plan_id"])[1]["error"]["code"] == "plan_drifted"


def test_the_screen_has_a_line_for_each_table_and_what_is_wrong_below(shop: Shop) -> None:
    day = str(shop.folder / "day")
    screen = shop.screen("import", day, "--dry-run", "--map", "orders:buyer=customer_id by email")
    lines = [line.split() for line in screen.splitlines()]
    assert ["customers.csv", "customers", "2", "0", "2"] in lines
    assert ["orders.csv", "orders", "1", "1", "2"] in lines
    assert "orders.csv → orders" in screen
    assert "Nothing would be written: one bad record keeps all others out." in screen
    assert "all tables in one transaction; all or nothing" in screen


def test_one_file_needs_no_entity_where_its_name_tells_it(shop: Shop) -> None:
    code, receipt = shop.run("import", str(shop.folder / "day" / "customers.csv"), "--yes")
    assert (code, receipt["entity"], receipt["counts"]["created"]) == (0, "customers", 2)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--into", "customers"), "usage"),
        (("--into", "people=customers"), "unknown_table"),
        (("--ignore", "people:buyer"), "unknown_table"),
        (("--list", "orders"), "usage"),
        (("--corrects", "imp_1"), "unknown_job"),
        (("--skip-rows", "1"), "not_together"),
    ],
    ids=["no table", "unknown table", "option of an unknown table", "a list", "a correction", "numbers of records"],
)
def test_what_several_files_cannot_be_asked_for_is_told(shop: Shop, words: tuple[str, ...], code: str) -> None:
    exit_code, said = shop.run("import", str(shop.folder / "day"), "--dry-run", *words)
    assert (exit_code, said["error"]["code"]) == (2, code)
    assert said["error"]["remedy"]
