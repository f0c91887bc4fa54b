"""How much memory parsing and comparing may take is a setting, and who runs out of it is told which."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot
from entrepot.model.drafts import Mode
from entrepot.model.errors import EntrepotError, InputError
from entrepot.model.plans import ImportRequest

COLUMNS = 1600


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("wide") / "wide.db"
    with closing(sqlite3.connect(file)) as made, made:
        made.execute(f"CREATE TABLE t ({', '.join(f'c{number} TEXT' for number in range(COLUMNS))})")
        made.execute("INSERT INTO t (c7) VALUES ('x')")
    return f"sqlite:///{file}"


def entrepot(url: str, folder: Path, megabytes: int) -> Entrepot:
    settings = folder / "entrepot.toml"
    settings.write_text(f"[workbench]\nmemory_mb = {megabytes}\n", encoding="utf-8")
    return Entrepot(url, config=settings, environment={})


def test_a_very_wide_table_needs_more_and_is_told_how_to_get_it(wide: str, tmp_path: Path) -> None:
    with pytest.raises(EntrepotError) as caught:
        entrepot(wide, tmp_path, 150).export("t", to=tmp_path / "t.parquet")
    assert caught.value.code == "workbench_out_of_memory"
    assert "memory_mb" in caught.value.remedy
    receipt = entrepot(wide, tmp_path, 600).export("t", to=tmp_path / "t.parquet").receipt
    assert receipt.totals["rows"] == 1


def test_too_little_is_refused_where_it_stands(wide: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"entrepot\.toml.*memory_mb is 1") as caught:
        entrepot(wide, tmp_path, 1)
    assert caught.value.code == "too_little_memory"


def test_hundreds_of_fields_are_compared_within_the_usual_memory(tmp_path: Path) -> None:
    width, file, rows = 450, tmp_path / "broad.db", tmp_path / "broad.csv"
    names = ", ".join(f"c{number}" for number in range(width))
    with closing(sqlite3.connect(file)) as made, made:
        made.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {names.replace(',', ' TEXT,')} TEXT)")
        made.execute(f"INSERT INTO t VALUES (1, {', '.join(['?'] * width)})", ["same"] * width)
    rows.write_text(f"id, {names}\n".replace(" ", "") + "1" + ",same" * (width - 1) + ",other\n", encoding="utf-8")
    settings = tmp_path / "entrepot.toml"
    settings.write_text("", encoding="utf-8")
    into = Entrepot(f"sqlite:///{file}", config=settings, environment={})
    plan = into.preview(rows, ImportRequest(entity="t", mode=Mode.UPSERT))
    assert (plan.differences[0].before[-2:], plan.differences[0].after[-2:]) == (("same", "same"), ("same", "other"))
    assert into.apply(plan.plan_id).counts["updated"] == 1


def test_a_file_of_hundreds_of_columns_is_imported_within_the_usual_memory(tmp_path: Path) -> None:
    width, records, file, rows = 650, 300, tmp_path / "broad.db", tmp_path / "broad.csv"
    names = [f"c{number}" for number in range(width)]
    with closing(sqlite3.connect(file)) as made, made:
        made.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {' TEXT, '.join(names)} TEXT)")
    lines = [",".join([str(record), *(f"{record}-{name}" for name in names)]) for record in range(records)]
    rows.write_text("\n".join([",".join(["id", *names]), *lines, ""]), encoding="utf-8")
    settings = tmp_path / "entrepot.toml"
    settings.write_text("", encoding="utf-8")
    into = Entrepot(f"sqlite:///{file}", config=settings, environment={})
    assert into.bring_in(rows, ImportRequest(entity="t")).counts["created"] == records
    rows.write_text(rows.read_text(encoding="utf-8").replace("7-c649", "other"), encoding="utf-8")
    assert into.bring_in(rows, ImportRequest(entity="t", mode=Mode.UPSERT)).counts["updated"] == records // 10
