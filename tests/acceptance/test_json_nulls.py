"""A JSON `null` in a JSON column: no file of JSON can tell it from a NULL, and none is called damaged for that."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions

MEMBERS = ("csv", "json", "ndjson", "parquet")


@pytest.fixture
def service(tmp_path: Path) -> Entrepot:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection, connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, data JSON, words TEXT)")
        values = [None, "null", " null\n", '"null"', '{"a": null}', "0"]
        connection.executemany("INSERT INTO t (data, words) VALUES (?, ?)", [(value, value) for value in values])
    return Entrepot(f"sqlite:///{tmp_path / 'a.db'}", environment={})


@pytest.mark.parametrize("name", ["t.csv", "t.json", "t.ndjson", "t.parquet", "t.xlsx", "t.sql"])
def test_a_file_with_json_nulls_agrees_with_its_receipt(service: Entrepot, tmp_path: Path, name: str) -> None:
    done = service.export(to=tmp_path / name, options=ExportOptions(fingerprint=True))
    assert Entrepot().inspect(done.path).problems == ()
    assert (done.receipt.entities[0].fingerprint == service.fingerprint()["t"]) == ("json" not in name)


@pytest.mark.parametrize("format", MEMBERS)
def test_a_package_with_json_nulls_agrees_with_itself(service: Entrepot, tmp_path: Path, format: str) -> None:
    packed = ExportOptions(format="package", format_options={"member_format": format})
    done = service.export(to=tmp_path / "t.zip", options=packed)
    assert Entrepot().inspect(done.path).problems == ()
    assert (done.receipt.entities[0].fingerprint == service.fingerprint()["t"]) == ("json" not in format)


def test_another_value_in_its_place_is_still_found(service: Entrepot, tmp_path: Path) -> None:
    done = service.export(to=tmp_path / "t.ndjson", options=ExportOptions(fingerprint=True))
    done.path.write_bytes(done.path.read_bytes().replace(b'"data":null', b'"data":true', 1))
    assert "fingerprint_differs" in {problem.code for problem in Entrepot().inspect(done.path).problems}
