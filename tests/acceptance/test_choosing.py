"""Every word that is typed about what goes out counts: it has its effect, or it is refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pypdfium2
import pytest

from entrepot.cli import main
from entrepot.sample.create import create_sample

Output = pytest.CaptureFixture[str]

SAVED = """
[exports.open]
entities = ["orders", "customers"]
format = "json"
order = "key"
left_out = "null"
[exports.open.where]
orders = "status = 'open'"
[exports.open.fields]
customers = ["id", "name"]

[exports.plain]
entities = ["orders"]
where.orders = "status = 'open'"

[exports.strange]
format = "cvs"
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    create_sample(folder)
    settings = folder / "entrepot.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SAVED, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _in_the_shop(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    monkeypatch.delenv("ENTREPOT_DB", raising=False)


def rows(file: Path, *typed: str) -> list[dict[str, str]]:
    assert main(["export", *typed, "-o", str(file)]) == 0
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def refused(capsys: Output, *typed: str) -> Mapping[str, Any]:
    capsys.readouterr()
    code = main([*typed, "--json"])
    error = json.loads(capsys.readouterr().out)["error"]
    assert code == error["exit_code"] == 2
    assert error["remedy"]
    return error


@pytest.mark.parametrize(("one", "other"), [("", ""), ("orders:", "orders:"), ("", "orders:")])
def test_two_conditions_must_both_hold(one: str, other: str, tmp_path: Path) -> None:
    conditions = ("--where", f"{one}status = 'open'", "--where", f"{other}total > 5000")
    found = rows(tmp_path / "a.csv", "orders", *conditions)
    assert found
    assert all(row["status"] == "open" and float(row["total"]) > 5000 for row in found)


def test_fields_add_up(tmp_path: Path) -> None:
    found = rows(tmp_path / "a.csv", "orders", "--fields", "id", "--fields", "status,total")
    assert list(found[0]) == ["id", "status", "total"]


@pytest.mark.parametrize(
    "typed",
    [
        ("--option", "delimiter=;", "--option", "delimiter=,"),
        ("--rename", "number=a", "--rename", "number=b"),
        ("--transform", "number=trim", "--transform", "number=uppercase"),
    ],
)
def test_two_values_for_one_thing_are_an_error(typed: tuple[str, ...], tmp_path: Path, capsys: Output) -> None:
    error = refused(capsys, "export", "orders", *typed, "-o", str(tmp_path / "a.csv"))
    assert error["code"] == "given_twice"
    assert typed[0] in error["message"]


def test_one_value_said_twice_is_no_contradiction(tmp_path: Path) -> None:
    rows(tmp_path / "a.csv", "orders", "--option", "delimiter=;", "--option", "delimiter=;")


def test_a_condition_narrows_a_named_selection(tmp_path: Path) -> None:
    found = rows(tmp_path / "a.csv", "orders", "--selection", "plain", "--where", "orders: total > 5000")
    assert found
    assert all(row["status"] == "open" and float(row["total"]) > 5000 for row in found)


@pytest.mark.parametrize(
    "typed",
    [("users",), ("customers", "--fields", "customers:email"), ("--left-out", "keep"), ("--related", "parents")],
)
def test_a_named_selection_lets_nothing_else_out(typed: tuple[str, ...], tmp_path: Path, capsys: Output) -> None:
    error = refused(capsys, "export", *typed, "--selection", "open", "-o", str(tmp_path / "a.csv"))
    assert error["code"] == "outside_selection"


def test_the_format_of_a_named_selection_counts_where_nothing_else_says_it(tmp_path: Path, capsys: Output) -> None:
    assert main(["export", "--selection", "open", "-o", f"{tmp_path}/"]) == 0
    document = json.loads((tmp_path / "shop.json").read_text(encoding="utf-8"))
    assert set(document["entities"]) == {"orders", "customers"}
    assert main(["export", "--selection", "open", "-o", str(tmp_path / "a.ndjson.zip")]) == 0
    assert (tmp_path / "a.ndjson.zip").read_bytes().startswith(b"PK")
    assert (
        refused(capsys, "export", "--selection", "strange", "-o", str(tmp_path / "b.csv"))["code"] == "unknown_format"
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [((), ("null", "key")), (("--left-out", "drop", "--order", "storage"), ("drop", "storage"))],
)
def test_explicit_words_replace_those_of_a_named_selection(
    typed: tuple[str, ...], expected: tuple[str, str], tmp_path: Path
) -> None:
    assert main(["export", "customers", "--selection", "open", *typed, "-o", str(tmp_path / "a.csv")]) == 0
    receipt = json.loads((tmp_path / "a.csv.receipt.json").read_text(encoding="utf-8"))
    assert (receipt["selection"]["left_out"], receipt["selection"]["order"]) == expected


def test_dates_that_choose_nothing_are_refused_and_those_that_choose_in_part_are_told(
    tmp_path: Path, capsys: Output
) -> None:
    error = refused(capsys, "export", "categories", "--since", "2024-01-01", "-o", str(tmp_path / "a.csv"))
    assert error["code"] == "not_dated"
    assert main(["export", "categories", "orders", "--since", "2024-01-01", "-o", str(tmp_path / "a.json")]) == 0
    assert "Warning: No field dates the rows of categories" in capsys.readouterr().err
    assert main(["fingerprint", "categories", "orders", "--since", "2024-01-01"]) == 0
    assert "Warning: No field dates the rows of categories" in capsys.readouterr().err


def test_a_name_that_announces_another_format_is_refused(tmp_path: Path, capsys: Output) -> None:
    error = refused(capsys, "export", "orders", "--format", "csv", "-o", str(tmp_path / "a.xlsx"))
    assert error["code"] == "format_conflict"


@pytest.mark.parametrize(
    ("typed", "format", "taker"),
    [
        (("--dialect", "postgres"), "csv", "sql"),
        (("--meta", "ticket=7"), "csv", "json"),
        (("--meta", "ticket=7"), "sql", "package"),
        (("--option", "delimiter=;"), "json", "csv"),
        (("--option", "member-format=csv"), "xlsx", "package"),
        (("--option", "page=A4"), "csv", "pdf"),
    ],
)
def test_what_a_format_has_no_use_for_is_refused_with_those_that_have(
    typed: tuple[str, ...], format: str, taker: str, tmp_path: Path, capsys: Output
) -> None:
    error = refused(capsys, "export", "orders", *typed, "-o", str(tmp_path / f"a.{format}"))
    assert error["code"] == "option_without_effect"
    assert format in error["message"]
    assert taker in error["remedy"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["json", "zip", "xlsx", "pdf"])
def test_metadata_stand_in_every_format_that_says_it_has_a_place_for_them(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"a.{ending}"
    assert main(["export", "categories", "--meta", "ticket=OPS-77", "-o", str(file)]) == 0
    assert "OPS-77" in text_of(file)


def text_of(file: Path) -> str:
    if file.suffix == ".pdf":
        with closing(pypdfium2.PdfDocument(file)) as document:
            return "".join(page.get_textpage().get_text_bounded() for page in document)
    if file.suffix == ".json":
        return file.read_text(encoding="utf-8")
    with ZipFile(file) as package:
        return "".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


@pytest.mark.parametrize(
    "typed",
    [
        ("export", "orders", "--tenant", "nordlicht", "--global", "-o", "a.csv"),
        ("fingerprint", "orders", "--file", "shop.db"),
        ("fingerprint", "--limit", "0", "--file", "shop.db"),
        ("fingerprint", "--global", "--file", "shop.db"),
        ("fingerprint", "--db", "main", "--file", "shop.db"),
        ("fingerprint", "orders", "--passphrase-file", "shop.db"),
        ("catalog", "--tree", "--graph"),
        ("catalog", "--tree", "--json"),
    ],
)
def test_words_that_exclude_each_other_are_refused(typed: tuple[str, ...], capsys: Output) -> None:
    assert refused(capsys, *typed)["code"] == "usage"


@pytest.mark.parametrize("typed", [("a.parquet",), ("--db", "a.parquet")])
def test_a_file_in_the_place_of_a_database_is_told_what_it_needs(
    typed: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    monkeypatch.chdir(tmp_path)
    assert "fingerprint --file a.parquet" in refused(capsys, "fingerprint", *typed)["remedy"]


def test_names_choose_in_every_view_of_the_catalog(capsys: Output) -> None:
    for view in ((), ("--tree",), ("--graph",), ("--json",)):
        assert main(["catalog", "orders", "customers", *view]) == 0
        shown = capsys.readouterr().out
        assert "customers" in shown
        assert "shipments" not in (shown if view != ("--json",) else str(json.loads(shown)["entities"]))


def test_a_field_for_all_that_nothing_has_is_told_with_its_entity_the_nearest_name_and_how_to_write_it(
    tmp_path: Path, capsys: Output
) -> None:
    out = str(tmp_path / "a.json")
    one = refused(capsys, "export", "orders", "--fields", "id,totl", "-o", out)
    assert one["message"] == "'fields' names 'totl', which 'orders' does not have."
    assert "Did you mean 'total'?" in one["remedy"]
    assert "orders:…" in one["remedy"]
    many = refused(capsys, "export", "customers", "orders", "--fields", "id,totl", "-o", out)
    assert "'orders' does not have; no other chosen entity" in many["message"]
    strange = refused(capsys, "export", "orders", "--fields", "id,qqq", "-o", out)
    assert "It has: id, customer_id" in strange["remedy"]
    named = refused(capsys, "export", "orders", "--fields", "orders:totl", "-o", out)
    assert "'totl' in 'orders'" in named["message"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('["slug"]', '["slag"]', "other.toml: There is no field 'slag' in [entities.tenants]"),
        ('root = "tenants"', 'root = "tenant"', "other.toml: There is no entity 'tenant' in [tenancy] root"),
        ('["@sales"]', '["@sals"]', "other.toml: [exports.sales]: There is no group '@sals'"),
        ('related = "parents"', 'related = "parent"', "other.toml: exports.sales.related is 'parent'"),
        ("status = 'open'", "status => 'open'", "other.toml: [exports.open]: The filter does not parse"),
        ('["id", "name"]', '["id", "nmae"]', "other.toml: [exports.open]: There is no field 'nmae' in 'customers'"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_file_and_place(
    old: str, new: str, words: str, tmp_path: Path, capsys: Output
) -> None:
    text = Path("entrepot.toml").read_text(encoding="utf-8")
    assert old in text
    Path("other.toml").write_text(text.replace(old, new), encoding="utf-8")
    chosen = "sales" if "sales" in words else "open"
    typed = ("export", "--config", "other.toml", "--selection", chosen, "-o", str(tmp_path / "a.zip"))
    assert refused(capsys, *typed)["message"].startswith(words)


def test_what_is_wrong_with_a_file_names_it_once(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "orders.parquet"
    assert main(["export", "orders", "-o", str(file)]) == 0
    file.write_bytes(file.read_bytes()[:2000])
    capsys.readouterr()
    assert main(["inspect", str(file)]) == 7
    told = capsys.readouterr().out
    assert "orders.parquet: orders.parquet" not in told
    assert "SELECT" not in told
    assert "entrepot-work" not in told
