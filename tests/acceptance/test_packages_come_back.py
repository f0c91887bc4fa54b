"""What goes out as a package comes into an empty database as the same, table by table."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from entrepot import BundleRequest, Entrepot, ExportOptions
from entrepot.model.drafts import Reading
from entrepot.model.errors import EntrepotError
from entrepot.model.plans import ImportRequest

TABLES = """
CREATE TABLE makers (id integer PRIMARY KEY, "full name" text NOT NULL, born date, rating real);
CREATE TABLE parts (part_no varchar(10) PRIMARY KEY, maker_id integer NOT NULL REFERENCES makers (id),
    price decimal(10,2), attributes json, picture blob, in_stock boolean, seen_at timestamp,
    inside_of varchar(10) REFERENCES parts (part_no));
CREATE TABLE "order" (id integer PRIMARY KEY, "select" text);
"""
ROWS = """
INSERT INTO makers VALUES
    (1, 'Åsa "the" Ax, Ltd.' || char(10) || 'second line', '2024-02-29', 0.1), (2, '', NULL, 1e300);
INSERT INTO parts VALUES
    ('B1', 1, 12.5, '{"b": [1.50, null], "a": "é"}', x'00ff5c', 1, '2024-01-02 10:00:00.5', NULL),
    ('A''1', 2, NULL, '[]', x'', 0, NULL, 'B1'), ('C1', 2, -0.05, NULL, NULL, NULL, '0001-01-01 00:00:00', 'A''1');
INSERT INTO "order" VALUES (1, 'a;b'), (2, NULL), (3, ''), (4, '=1+1'), (5, ' x ');
"""
ORDER = ("makers", "parts", "order")
WAYS: dict[str, dict[str, Any]] = {
    "csv": {},
    "ndjson": {"member_format": "ndjson"},
    "json": {"member_format": "json"},
    "parquet": {"member_format": "parquet"},
    "camel": {"member_format": "json", "manifest": True, "camel_case": True},
}


def database(folder: Path, name: str, rows: str = "") -> Entrepot:
    with closing(sqlite3.connect(folder / f"{name}.db")) as connection:
        connection.executescript(TABLES + rows)
    (folder / f"{name}.toml").write_text(
        f'[databases.main]\nurl = "sqlite:///{name}.db"\n[state]\nfolder = "{name}"\n', encoding="utf-8"
    )
    return Entrepot(config=folder / f"{name}.toml", environment={})


def packed(folder: Path, out: Entrepot, way: str) -> Path:
    return out.export(
        to=folder / "shop.zip", options=ExportOptions(format="package", format_options=WAYS[way], overwrite=True)
    ).path


def bring(into: Entrepot, file: Path, table: str) -> None:
    receipt = into.bring_in(file, ImportRequest(entity=table, reading=Reading(entity=table)))
    assert receipt.counts["created"] == sum(receipt.counts.values()) > 0


@pytest.mark.parametrize("way", WAYS)
def test_every_table_of_a_package_comes_into_an_empty_database_as_itself(tmp_path: Path, way: str) -> None:
    out, into = database(tmp_path, "out", ROWS), database(tmp_path, "in")
    file = packed(tmp_path, out, way)
    for table in ORDER:
        bring(into, file, table)
    assert into.fingerprint() == out.fingerprint()


@pytest.mark.parametrize("way", ["json", "parquet", "camel"])
def test_all_tables_of_a_package_come_as_one_import(tmp_path: Path, way: str) -> None:
    out, into = database(tmp_path, "out", ROWS), database(tmp_path, "in")
    into.bring_in([packed(tmp_path, out, way)], BundleRequest())
    assert into.fingerprint() == out.fingerprint()


@pytest.mark.parametrize("name", ["shop.json", "shop.sql", "shop.xlsx"])
def test_a_file_of_several_tables_comes_back_also_out_of_an_archive(tmp_path: Path, name: str) -> None:
    """The relations that our JSON documents list are no table."""
    out, into = database(tmp_path, "out", ROWS), database(tmp_path, "in")
    file = out.export(to=tmp_path / name).path
    if name == "shop.json":
        alone = database(tmp_path, "alone")
        for table in ("makers", "parts"):
            alone.bring_in(out.export(table, to=tmp_path / f"{table}.json").path, ImportRequest(entity=table))
        into.bring_in([file], BundleRequest())
        assert into.fingerprint() == out.fingerprint()
        into = database(tmp_path, "more")
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.write(file, name)
    into.bring_in([tmp_path / "in.zip"], BundleRequest())
    assert into.fingerprint() == out.fingerprint()


def test_a_package_with_a_manifest_alone_comes_back_too(tmp_path: Path) -> None:
    """As applications write it whose packages have no `datapackage.json`."""
    out, into = database(tmp_path, "out", ROWS), database(tmp_path, "in")
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(packed(tmp_path, out, "camel")) as archive, zipfile.ZipFile(other, "w") as copy:
        manifest = json.loads(archive.read("manifest.json"))
        manifest["members"] = [each for each in manifest["members"] if each["path"] != "datapackage.json"]
        copy.writestr("manifest.json", json.dumps(manifest))
        for each in manifest["members"]:
            copy.writestr(each["path"], archive.read(each["path"]))
    into.bring_in([other], BundleRequest())
    assert into.fingerprint() == out.fingerprint()


def test_what_inspect_calls_damaged_is_refused_whichever_table_is_wanted(tmp_path: Path) -> None:
    """A bit anywhere in a package of ours: both find it."""
    out, into = database(tmp_path, "out", ROWS), database(tmp_path, "in")
    file = packed(tmp_path, out, "csv")
    data = file.read_bytes()
    for at in range(3, len(data), len(data) // 8):
        file.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        assert not out.inspect(file).ok, at
        with pytest.raises(EntrepotError) as caught:
            into.preview(file, ImportRequest(entity="order", reading=Reading(entity="order")))
        assert caught.value.exit_code in (2, 7), (at, caught.value)
    assert into.fingerprint()["order"].rows == 0
