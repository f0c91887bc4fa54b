"""Rows into typed Parquet: nothing is lost, whatever a type can hold."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from contract.workbench.rows import Rows, column, csv, expected
from entrepot.model.errors import InputError
from entrepot.model.ports import ParquetFile, StagedColumn
from entrepot.model.types import Kind
from entrepot.workbench.client import ChildWorkbench

TYPED: list[tuple[StagedColumn, str, list[str]]] = [
    (column("flag", Kind.BOOLEAN), "BOOLEAN", ["true", "false", "t", "0"]),
    (column("tiny", Kind.INTEGER, bits=8), "TINYINT", ["-128", "127", "0", "1"]),
    (column("id", Kind.INTEGER, bits=64), "BIGINT", ["-9223372036854775808", "9223372036854775807", "0", "1"]),
    (column("huge", Kind.INTEGER, bits=64, unsigned=True), "UBIGINT", ["18446744073709551615", "0", "1", "2"]),
    (column("price", Kind.DECIMAL, precision=14, scale=2), "DECIMAL(14,2)", ["12.50", "-0.05", "3", "1.5000"]),
    (column("wide", Kind.DECIMAL, precision=38, scale=20), "DECIMAL(38,20)", ["123456789012345678.9", "0", "1", "2"]),
    (column("any", Kind.DECIMAL), "VARCHAR", ["1.5", "NaN", "1e400", "0"]),
    (column("real", Kind.FLOAT, bits=64), "DOUBLE", ["0.1", "1e+300", "NaN", "-Infinity"]),
    (column("day", Kind.DATE), "DATE", ["2024-02-29", "0001-01-01", "9999-12-31", "1970-01-01"]),
    (column("clock", Kind.TIME), "TIME", ["10:00:00.5", "23:59:59.999999", "00:00:00", "12:00:00"]),
    (column("at", Kind.TIMESTAMP), "TIMESTAMP", ["2024-01-02 10:00:00.5", "0001-01-01 00:00:00"] * 2),
    (column("when", Kind.TIMESTAMP_TZ), "TIMESTAMP WITH TIME ZONE", ["2024-01-02 10:00:00.000001+00"] * 4),
    (column("key", Kind.UUID), "UUID", ["0f8fad5b-d9cb-469f-a165-70867728950e"] * 4),
    (column("data", Kind.BYTES), "BLOB", ["\\x", "\\xdeadbeef", "\\x00ff", "\\x5c78"]),
    (column("note"), "VARCHAR", ["", "a\nb", '"', "\ufeff"]),
    (column("doc", Kind.JSON), "VARCHAR", ['{"b": 1, "a": 1.50}', "null", "[]", '"x"']),
    (column("list", Kind.ARRAY), "VARCHAR", ['["a", null]', "[]", "[1.50]", "[[]]"]),
]
UNFIT = [
    (column("a", Kind.DATE), ["infinity", "0044-03-15 BC", "2024-02-30"]),
    (column("a", Kind.TIME), ["24:00:00", "-01:00:00", "838:59:59"]),
    (column("a", Kind.TIMESTAMP), ["-infinity", "0044-03-15 10:00:00 BC", "0000-00-00 00:00:00"]),
    (column("a", Kind.TIMESTAMP_TZ), ["infinity", "0044-03-15 10:00:00+00 BC", "2024-01-02 10:00:00.1234567+00"]),
    (column("a", Kind.DECIMAL, precision=5, scale=2), ["NaN", "1000.00", "1.005"]),
    (column("a", Kind.INTEGER, bits=32), ["2147483648", "1.9", "1_0", "0x1F", "abc", ""]),
    (column("a", Kind.BOOLEAN), ["yes", "2"]),
    (column("a", Kind.FLOAT), ["abc", "1e999"]),
    (column("a", Kind.UUID), ["abc", "0F8FAD5B-D9CB-469F-A165-70867728950E"]),
    (column("a", Kind.BYTES), ["abc", "\\xabc", "\\xzz"]),
]


def write(workbench: ChildWorkbench, columns: list[StagedColumn], rows: Rows, *, careful: bool = False) -> ParquetFile:
    with workbench.parquet(columns, workbench.work / "x.parquet", careful=careful) as stream:
        stream.write(csv(rows))
        return stream.finish()


def typed_rows() -> tuple[list[StagedColumn], Rows]:
    columns = [column for column, _, _ in TYPED]
    rows = [[values[at] for _, _, values in TYPED] for at in range(4)]
    return columns, [*rows, [None] * len(columns)]


@pytest.mark.parametrize("careful", [False, True])
def test_every_type_is_what_it_should_be_and_holds_its_values(workbench: ChildWorkbench, careful: bool) -> None:
    columns, rows = typed_rows()
    file = write(workbench, columns, rows, careful=careful)
    assert file == ParquetFile(rows=5, fingerprint=expected(columns, rows), as_text=())
    with duckdb.connect() as connection:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(workbench.work / "x.parquet")])
        assert [row[:2] for row in found.fetchall()] == [(c.name, native) for c, native, _ in TYPED]


@pytest.mark.parametrize(("unfit", "values"), UNFIT, ids=[str(unfit.type.kind) for unfit, _ in UNFIT])
def test_a_value_that_does_not_fit_is_an_error_at_first_and_text_at_last(
    workbench: ChildWorkbench, unfit: StagedColumn, values: list[str]
) -> None:
    columns = [unfit, column("b", Kind.INTEGER, bits=32)]
    for value in values:
        rows = [[None, "1"], [value, "2"]]
        with pytest.raises(InputError) as caught:
            write(workbench, columns, rows)
        assert caught.value.code == "value_does_not_fit"
        assert caught.value.problems[0].place.column == "a"
        assert not (workbench.work / "x.parquet").exists()
        file = write(workbench, columns, rows, careful=True)
        assert file == ParquetFile(rows=2, fingerprint=expected(columns, rows), as_text=("a",))


def test_no_rows_make_a_file_with_types(workbench: ChildWorkbench) -> None:
    columns, _ = typed_rows()
    assert write(workbench, columns, []).rows == 0
    assert (workbench.work / "x.parquet").exists()


def test_naughty_names_stay(workbench: ChildWorkbench) -> None:
    columns = [column(name) for name in ("Ab", "ab", 'a"b', "x;--", "two\nlines", "é🚢", "select")]
    rows = [[str(number) for number in range(len(columns))]]
    assert write(workbench, columns, rows).fingerprint == expected(columns, rows)


def test_rows_keep_their_order(workbench: ChildWorkbench) -> None:
    columns = [column("n", Kind.INTEGER, bits=64)]
    write(workbench, columns, [[str(number)] for number in range(300_000)])
    with duckdb.connect() as connection:
        found = connection.execute("SELECT n FROM read_parquet(?)", [str(workbench.work / "x.parquet")]).fetchall()
    assert [n for (n,) in found] == list(range(300_000))


def test_an_abandoned_file_is_removed(workbench: ChildWorkbench) -> None:
    path: Path = workbench.work / "y.parquet"
    with pytest.raises(ZeroDivisionError), workbench.parquet([column("a")], path) as stream:
        stream.write(b"x\n" * 1000)
        raise ZeroDivisionError
    assert not path.exists()
