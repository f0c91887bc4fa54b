"""A file that says how many records it has must have them, or nothing of it is imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.importing import Shop, counts
from entrepot.cli import main

TABLES = """
CREATE TABLE users (id integer PRIMARY KEY, name varchar(20));
CREATE TABLE teams (id integer PRIMARY KEY);
INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cy');
"""
UPSERT = ("--mode", "upsert")


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, tables=TABLES)


def exported(shop: Shop, name: str) -> Path:
    path = shop.folder / name
    assert main(["export", "users", "-o", str(path), "--config", str(shop.folder / "entrepot.toml")]) == 0
    return path


@pytest.mark.parametrize("name", ["users.csv", "users.ndjson", "users.csv.gz"])
def test_a_file_with_its_receipt_is_whole_or_refused(shop: Shop, name: str) -> None:
    path = exported(shop, name)
    assert counts(shop.plan(str(path), "users", *UPSERT)) == {"unchanged": 3}
    if path.suffix == ".gz":
        return
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    plan = shop.plan(str(path), "users", *UPSERT)
    assert [(p["code"], p["severity"]) for p in plan["problems"]] == [("count_differs", "error")]
    assert plan["blocked"]
    for words in (("--errors", "skip"), ()):
        code, document = shop.run("import", str(path), "--into", "users", *UPSERT, "--yes", *words)
        assert (code, document["error"]["code"]) == (2, "count_differs")
        assert f"{name}.receipt.json" in document["error"]["message"]
    assert "not what it should be" in shop.screen("import", str(path), "--into", "users", *UPSERT, "--dry-run")
    path.with_name(f"{name}.receipt.json").unlink()
    shop.bring(str(path), "users", *UPSERT)


def test_our_own_document_says_it_itself(shop: Shop) -> None:
    path = exported(shop, "users.json")
    path.with_name("users.json.receipt.json").unlink()
    document = json.loads(path.read_text())
    document["entities"]["users"].pop()
    path.write_text(json.dumps(document))
    code, told = shop.run("import", str(path), "--into", "users", *UPSERT, "--yes")
    assert (code, told["error"]["code"]) == (2, "count_differs")


def test_somebody_may_say_it(shop: Shop) -> None:
    file = shop.file("id,name\n4,Di\n5,Ed\n")
    assert not shop.plan(file, "users", "--records", "2")["problems"]
    plan = shop.plan(file, "users", "--records", "3")
    assert plan["blocked"]
    assert "2 records" in plan["problems"][0]["message"]


def test_a_receipt_of_several_files_speaks_of_each(shop: Shop) -> None:
    settings = str(shop.folder / "entrepot.toml")
    words = ["export", "-o", f"{shop.folder}/all/", "--format", "csv", "--config", settings]
    assert main(words) == 0
    path = shop.folder / "all" / "users.csv"
    path.write_text(path.read_text() + "9,Zed\n")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-2]))
    assert [p["code"] for p in shop.plan(str(path), "users", *UPSERT)["problems"]] == ["count_differs"]


def test_rows_that_were_added_to_an_export_are_mentioned_and_come_in(shop: Shop) -> None:
    path = exported(shop, "users.csv")
    path.write_text(path.read_text() + "9,Zed\n")
    (problem,) = shop.plan(str(path), "users", *UPSERT)["problems"]
    assert (problem["code"], problem["severity"]) == ("count_differs", "warning")
    shop.bring(str(path), "users", *UPSERT)
    assert (
        main(["export", "users", "-o", str(shop.folder / "now.csv"), "--config", str(shop.folder / "entrepot.toml")])
        == 0
    )
    assert "9,Zed" in (shop.folder / "now.csv").read_text()
