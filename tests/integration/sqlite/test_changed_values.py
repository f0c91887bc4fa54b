"""Every value is kept as it was given, or refused: SQLite itself would rather change it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases.changing import changing, lines, stored
from entrepot.model.errors import InputError
from integration.sqlite.changed import made, native

KEPT = {
    "INTEGER": ["9223372036854775807", "-9223372036854775808", "1.5", "abc", "0x10"],
    "DECIMAL(14,2)": ["123456789012.34", "-0.01", "NaN"],
    "DECIMAL(20,0)": ["9223372036854775807", "123456789012345678"],
    "DECIMAL TEXT": ["12345678901234567890.10", "1.50"],
    "REAL": [
        "0.1",
        "1e+300",
        "5e-324",
        "Infinity",
        "-Infinity",
        "NaN",
        "0.30000000000000004",
        "1.7976931348623157e+308",
    ],
    "JSON": ['{"a":1.50}', "[1]", "5", "true", '"x"', "1.5"],
    "DATE": ["2024-01-02", "infinity"],
    "TIMESTAMP": ["2024-01-02 10:00:00.123456789", "1704189600"],
    "UUID": ["12345678-1234-1234-1234-123456789012", "0f8fad5b-d9cb-469f-a165-70867728950e"],
    "": ["1", "1.50", "12345678901234567890"],
    "TEXT": ["1.50", "12345678901234567890", "true"],
    "BLOB": ["\\x", "\\x00ff"],
    "BOOLEAN": ["true", "false", "2", "maybe"],
}
CHANGED = {
    "INTEGER": ["9223372036854775808", "123456789012345678901234567890", "1e400", "0.12345678901234567890"],
    "DECIMAL(30,10)": ["12345678901234567890.1234567890", "0.12345678901234567"],
    "REAL": ["1e400", "-1e999"],
    "JSON": ["12345678901234567890", "0.12345678901234567890"],
    "UUID": ["12345678901234567890123456789012"],
    "DATETIME": ["1704189600.123456789012"],
}


@pytest.mark.parametrize("declared", KEPT)
def test_what_a_column_can_hold_is_kept_to_the_last_digit(declared: str, tmp_path: Path) -> None:
    engine = made(tmp_path / "a.db", f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared})")
    rows = [(str(number), text) for number, text in enumerate(KEPT[declared])]
    with changing(engine, tmp_path) as (catalog, target):
        table = catalog.entity("t")
        target.insert(table, ["id", "v"], lines(target, rows))
        target.update(table, ["id"], ["v"], lines(target, rows))
        target.commit()
    assert stored(engine, tmp_path, "t") == rows


@pytest.mark.parametrize(("declared", "text"), [(declared, text) for declared in CHANGED for text in CHANGED[declared]])
def test_what_a_column_would_change_is_refused(declared: str, text: str, tmp_path: Path) -> None:
    engine = made(tmp_path / "a.db", f"CREATE TABLE t (v {declared})")
    with changing(engine, tmp_path) as (catalog, target), pytest.raises(InputError) as caught:
        target.insert(catalog.entity("t"), ["v"], lines(target, [("1",), (text,)]))
    assert caught.value.code == "database_refused"
    assert text in caught.value.message
    assert stored(engine, tmp_path, "t") == []


def test_numbers_are_numbers_and_bytes_are_bytes(tmp_path: Path) -> None:
    """What an application reads has the type that it would have given it itself."""
    columns = {"i": "INTEGER", "d": "DECIMAL(9,2)", "r": "REAL", "b": "BOOLEAN", "x": "BLOB", "t": "TEXT"}
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    strict = declared.replace("DECIMAL(9,2)", "REAL").replace("BOOLEAN", "INT")
    engine = made(tmp_path / "a.db", f"CREATE TABLE t ({declared})", f"CREATE TABLE s ({strict}) STRICT")
    for table, yes in (("t", "true"), ("s", "1")):
        with changing(engine, tmp_path) as (catalog, target):
            row = ("5", "12.50", "5", yes, "\\x00ff", "5")
            target.insert(catalog.entity(table), list(columns), lines(target, [row, (None,) * 6]))
            target.commit()
        asked = ", ".join(f"typeof({name})" for name in columns)
        types = [("integer", "real", "real", "integer", "blob", "text"), ("null",) * 6]
        assert native(tmp_path / "a.db", f"SELECT {asked} FROM {table}") == types


def test_rows_that_are_no_text_are_refused(tmp_path: Path) -> None:
    engine = made(tmp_path / "a.db", "CREATE TABLE t (v TEXT)")
    with changing(engine, tmp_path) as (catalog, target), pytest.raises(InputError) as caught:
        target.insert(catalog.entity("t"), ["v"], [b"a\n\xff\n"])
    assert caught.value.code == "database_refused"
