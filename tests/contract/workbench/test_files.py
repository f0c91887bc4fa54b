"""Fingerprints of files: the same as those of the rows, or an error that says where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from contract.workbench.rows import Rows, column, csv, expected
from entrepot.model.errors import DamagedError, EntrepotError, InputError
from entrepot.model.receipts import Fingerprint
from entrepot.model.types import Kind
from entrepot.workbench import open_workbench
from entrepot.workbench.client import ChildWorkbench

COLUMNS = [column("id", Kind.INTEGER), column("text"), column("price", Kind.DECIMAL), column("doc", Kind.JSON)]
ROWS: Rows = [
    ["1", "plain", "1.50", '{"b": [1.10, 2], "a": "é"}'],
    ["2", "", None, None],
    ["3", 'quotes " and\nlines, é🚢', "12345678901234567890.123456789", '"text"'],
    [None, None, "-0.00", "[]"],
    ["18446744073709551616", "\\ \u2028 \x7f \t", "0", "1e400"],
]
HEADER = b"id,text,price,doc\n"


def of_csv(workbench: ChildWorkbench, folder: Path, data: bytes, **options: object) -> Fingerprint:
    path = folder / "x.csv"
    path.write_bytes(data)
    return workbench.fingerprint_file(path, "csv", COLUMNS, options)


def record(row: list[str | None] | tuple[str | None, ...]) -> str:
    """As the JSON format writes it: numbers and JSON bare, text as a string."""
    number, text, price, doc = row
    return f'{{"id":{number or "null"},"text":{json.dumps(text)},"price":{price or "null"},"doc":{doc or "null"}}}'


def ndjson(rows: Rows) -> bytes:
    return "".join(record(list(row)) + "\n" for row in rows).encode()


def document(rows: Rows, more: str = "") -> bytes:
    lists: dict[str, Rows] = {"others": [[*ROWS[0]]], "users": rows, "none": []}
    entities = ",\n".join(
        f"{json.dumps(name)}:[" + ",".join("\n" + record(list(row)) for row in of) + "\n]" for name, of in lists.items()
    )
    return f'{{\n"metadata":{{"a":1}},\n"relationships":[],\n"entities":{{\n{entities}\n}}}}\n{more}'.encode()


@pytest.mark.parametrize("rows", [ROWS, [], [*ROWS] * 20_000], ids=["few", "none", "many"])
def test_csv_ndjson_and_json_have_the_fingerprint_of_their_rows(
    workbench: ChildWorkbench, tmp_path: Path, rows: Rows
) -> None:
    (tmp_path / "x.ndjson").write_bytes(ndjson(rows))
    (tmp_path / "x.json").write_bytes(document(rows))
    assert of_csv(workbench, tmp_path, HEADER + csv(rows)) == expected(COLUMNS, rows)
    assert workbench.fingerprint_file(tmp_path / "x.ndjson", "ndjson", COLUMNS, {}) == expected(COLUMNS, rows)
    options: dict[str, object] = {"entity": "users"}
    assert workbench.fingerprint_file(tmp_path / "x.json", "json", COLUMNS, options) == expected(COLUMNS, rows)


def test_json_columns_may_have_any_name(workbench: ChildWorkbench, tmp_path: Path) -> None:
    columns = [column(name) for name in ("Ab", "ab", 'a"b', "x;--", "", "two\nlines", "type", "é🚢")]
    text = json.dumps({c.name: c.name for c in columns})
    (tmp_path / "x.ndjson").write_text(text + "\n")
    found = workbench.fingerprint_file(tmp_path / "x.ndjson", "ndjson", columns, {})
    assert found == expected(columns, [[c.name for c in columns]])


def test_csv_columns_may_stand_in_any_order(workbench: ChildWorkbench, tmp_path: Path) -> None:
    data = b"doc,price,text,id\n" + csv([row[::-1] for row in ROWS])
    assert of_csv(workbench, tmp_path, data) == expected(COLUMNS, ROWS)


def test_csv_dialects_are_understood(workbench: ChildWorkbench, tmp_path: Path) -> None:
    rows: Rows = [["1", "a;b", "1.5", None], ["2", "\\N", None, "[]"], ["3", "", "1", "{}"]]
    data = b"\xef\xbb\xbfid;text;price;doc\r\n1;'a;b';1.50;\\N\r\n2;'\\N';\\N;[]\r\n3;;1;{}\r\n"
    options = {"delimiter": ";", "quote": "'", "null": "\\N", "newline": "crlf", "bom": True}
    assert of_csv(workbench, tmp_path, data, **options) == expected(COLUMNS, rows)


def test_a_csv_without_a_header_and_with_guards_is_understood(workbench: ChildWorkbench, tmp_path: Path) -> None:
    data = b"1,'=1+1,-5,\n2,''x,1,\n"
    rows: Rows = [["1", "=1+1", "-5", None], ["2", "'x", "1", None]]
    assert of_csv(workbench, tmp_path, data, header=False, spreadsheet_safe=True) == expected(COLUMNS, rows)


def test_the_last_line_may_lack_its_end(workbench: ChildWorkbench, tmp_path: Path) -> None:
    assert of_csv(workbench, tmp_path, (HEADER + csv(ROWS)).rstrip(b"\n")) == expected(COLUMNS, ROWS)


CSV_DAMAGE: dict[str, tuple[bytes, str, int | None]] = {
    "an unclosed quote": (b'1,a,1,\n2,"b,1,\n3,c,1,\n', "unclosed_quote", 3),
    "an unclosed quote in the only row": (b'1,"a,1,\n', "unclosed_quote", 2),
    "too many values": (b"1,a,1,\n2,b,1,,x\n", "broken_record", 3),
    "too few values": (b"1,a,1,\n2,b\n", "broken_record", 3),
    "a blank line": (b"1,a,1,\n\n2,b,1,\n", "blank_line", 3),
    "a space before a quote": (b'1, "a",1,\n', "space_before_quote", 2),
    "text behind a quote": (b'1,"a"b,1,\n', "broken_record", 2),
    "invalid UTF-8": (b"1,a,1,\n2,\xff,1,\n", "broken_record", 3),
    "a file cut in the middle of a row": (b"1,a,1,\n2,b", "broken_record", 3),
    "nothing but a header of other names": (b"", "wrong_columns", None),
}


@pytest.mark.parametrize("what", CSV_DAMAGE)
def test_csv_damage_is_named_with_its_line(workbench: ChildWorkbench, tmp_path: Path, what: str) -> None:
    body, code, line = CSV_DAMAGE[what]
    header = b"id,text,cost,doc\n" if code == "wrong_columns" else HEADER
    with pytest.raises(DamagedError) as caught:
        of_csv(workbench, tmp_path, header + body)
    assert caught.value.code == code
    assert caught.value.problems[0].place.line == line
    assert of_csv(workbench, tmp_path, HEADER + csv(ROWS)) == expected(COLUMNS, ROWS), "the workbench goes on"


def test_an_empty_csv_has_no_header(workbench: ChildWorkbench, tmp_path: Path) -> None:
    with pytest.raises(DamagedError) as caught:
        of_csv(workbench, tmp_path, b"")
    assert caught.value.code == "no_header"


def test_damage_far_into_a_large_file_has_the_right_place(workbench: ChildWorkbench, tmp_path: Path) -> None:
    """Rows of two lines each, so records and lines differ."""
    data = HEADER + b'1,"a\nb",1,\n' * 300_000
    with pytest.raises(DamagedError) as caught:
        of_csv(workbench, tmp_path, data + b"2,b\n" + data[len(HEADER) :])
    place = caught.value.problems[0].place
    assert (place.record, place.line, place.byte) == (300_002, 600_002, len(data))


def cut(keep: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:keep]


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new)


JSON_DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a record that breaks off": (cut(100), "broken_record"),
    "not JSON": (swap(b'"plain"', b"'plain'"), "broken_record"),
    "NaN": (swap(b"1.50", b"NaN"), "broken_record"),
    "invalid UTF-8": (swap(b"plain", b"\xff"), "broken_record"),
    "a missing field": (swap(b'"id":1,', b""), "wrong_columns"),
    "another field": (swap(b'"id":1,', b'"id":1,"x":2,'), "wrong_columns"),
    "another name": (swap(b'"id":1,', b'"ID":1,'), "wrong_columns"),
    "two records on a line": (swap(b'}\n{"id":2', b'}{"id":2'), "broken_record"),
    "two records on a line, and one on two": (
        lambda data: data.replace(b'}\n{"id":2', b'}{"id":2').replace(b'{"id":3', b'{\n"id":3'),
        "broken_record",
    ),
    "a blank line": (swap(b'}\n{"id":2', b'}\n\n{"id":2'), "broken_record"),
    "a list instead of a record": (swap(b'{"id":1,', b'[{"id":1,'), "broken_record"),
}


@pytest.mark.parametrize("what", JSON_DAMAGE)
def test_ndjson_damage_is_an_error_with_a_place(workbench: ChildWorkbench, tmp_path: Path, what: str) -> None:
    damage, code = JSON_DAMAGE[what]
    (tmp_path / "x.ndjson").write_bytes(damage(ndjson(ROWS)))
    with pytest.raises(DamagedError) as caught:
        workbench.fingerprint_file(tmp_path / "x.ndjson", "ndjson", COLUMNS, {})
    assert caught.value.code == code
    assert caught.value.problems[0].place.line in {1, 2, 3}


@pytest.mark.parametrize("keep", [200, 400, -4, -8])
def test_a_json_document_that_breaks_off_is_an_error(workbench: ChildWorkbench, tmp_path: Path, keep: int) -> None:
    data = document(ROWS)
    (tmp_path / "x.json").write_bytes(data[: data.index(b'"none"') + keep] if keep < 0 else data[:keep])
    with pytest.raises(DamagedError):
        workbench.fingerprint_file(tmp_path / "x.json", "json", COLUMNS, {"entity": "users"})


def test_an_entity_that_a_document_does_not_have_is_an_error(workbench: ChildWorkbench, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(document(ROWS))
    with pytest.raises(DamagedError) as caught:
        workbench.fingerprint_file(tmp_path / "x.json", "json", COLUMNS, {"entity": "user"})
    assert caught.value.code == "no_entity"


@pytest.mark.parametrize("damage", [cut(-4), cut(50), swap(b"PAR1", b"PAR2"), cut(0)])
def test_damaged_parquet_is_an_error(
    workbench: ChildWorkbench, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    made = workbench.work / "whole.parquet"
    with workbench.parquet(COLUMNS, made) as stream:
        stream.write(csv(ROWS[:4]))
        assert stream.finish().fingerprint == expected(COLUMNS, ROWS[:4])
    assert workbench.fingerprint_file(made, "parquet", COLUMNS[::-1], {}) == expected(COLUMNS, ROWS[:4])
    (tmp_path / "x.parquet").write_bytes(damage(made.read_bytes()))
    with pytest.raises(DamagedError):
        workbench.fingerprint_file(tmp_path / "x.parquet", "parquet", COLUMNS, {})


def test_parquet_of_other_columns_is_an_error(workbench: ChildWorkbench) -> None:
    made = workbench.work / "other.parquet"
    with workbench.parquet(COLUMNS, made) as stream:
        stream.finish()
    with pytest.raises(DamagedError, match="price"):
        workbench.fingerprint_file(made, "parquet", COLUMNS[:2], {})


def test_the_child_reads_nothing_outside_of_its_folder(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if it were asked: the lock is DuckDB's own."""
    from entrepot.workbench.source import connected

    (tmp_path / "secret.csv").write_text("x\n")
    monkeypatch.chdir(work)
    with connected(50_000_000, work) as database:
        for refused in (f"SELECT * FROM read_csv('{tmp_path}/secret.csv')", "SET enable_external_access=true"):
            with pytest.raises(duckdb.Error, match=r"Permission|locked"):
                database.connection.execute(refused)


def test_large_files_are_read_in_several_rounds(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, where the sizes can be made small."""
    from entrepot.workbench.csv_files import fingerprint_csv
    from entrepot.workbench.source import connected

    monkeypatch.setattr("entrepot.workbench.blocks.BLOCK_BYTES", 100)
    monkeypatch.setattr("entrepot.workbench.rows.SEGMENT_BYTES", 500)
    monkeypatch.setattr("entrepot.workbench.csv_feed.SEGMENTS", 2)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_bytes(HEADER + csv([*ROWS] * 50))
    with connected(50_000_000, tmp_path_factory.mktemp("tables")) as database:
        done = fingerprint_csv(database, tmp_path / "x.csv", COLUMNS, {})
    assert Fingerprint(rows=done.rows, digest=done.digest or "") == expected(COLUMNS, [*ROWS] * 50)
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]


def test_other_formats_and_encodings_are_refused(workbench: ChildWorkbench, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        of_csv(workbench, tmp_path, HEADER, encoding="utf-16")
    with pytest.raises(InputError):
        workbench.fingerprint_file(tmp_path / "x.csv", "pdf", COLUMNS, {})


@pytest.mark.slow
def test_a_large_file_is_read_in_little_memory(work: Path, tmp_path: Path) -> None:
    """More bytes than memory, most of them within quotes, which DuckDB would keep to the end of a file."""
    (work / "little").mkdir()
    rows = csv([["1", 'a "quoted" text\nof some length ' * 8, "1.5", '{"a": 1}']]) * 1000
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.write(HEADER)
        for _ in range(480):
            file.write(rows)
    assert path.stat().st_size > 130_000_000
    with open_workbench(work / "little", memory_bytes=100_000_000) as workbench:
        found = workbench.fingerprint_file(path, "csv", COLUMNS, {})
    assert found.rows == 480_000


def test_a_missing_file_is_a_clear_error(workbench: ChildWorkbench) -> None:
    with pytest.raises(EntrepotError):
        workbench.fingerprint_file(workbench.work / "none.csv", "csv", COLUMNS, {})
