"""CSV, read back with Python's own reader and compared with PostgreSQL's rules."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from contract.formats.memory_outlet import document_of, run
from contract.formats.memory_source import MemorySource, Row
from contract.formats.samples import (
    EVIL_NAMES,
    EVIL_TEXTS,
    VALUES,
    entity_of,
    every_kind,
    field_of,
    naughty_strings,
    query_of,
    shop,
    texts,
)
from entrepot.formats.csv import FORMAT, CsvOptions, csv_template
from entrepot.formats.csv.count import count_rows
from entrepot.model.errors import InputError
from entrepot.model.selection import Query
from entrepot.model.templates import CsvDialect


def export(query: Query, rows: list[Row], options: CsvOptions | None = None, size: int | None = None) -> bytes:
    return run(
        FORMAT, document_of([query]), MemorySource(rows={query.entity.name: rows}, rows_per_chunk=size), options
    ).only


def read(data: bytes, options: CsvOptions | None = None) -> list[list[str]]:
    options = options or CsvOptions()
    text = io.StringIO(data.decode(options.encoding), newline="")
    return list(csv.reader(text, delimiter=options.dialect.delimiter, quotechar=options.quote, strict=True))


def test_a_null_stands_bare_and_an_empty_text_is_quoted() -> None:
    query, rows = texts([None, "", "x"])
    assert export(query, rows) == b'id,text\n0,\n1,""\n2,x\n'


def test_a_marked_null_is_not_the_text_that_looks_like_it() -> None:
    query, rows = texts([None, "NULL", ""])
    assert export(query, rows, CsvOptions(null="NULL")) == b'id,text\n0,NULL\n1,"NULL"\n2,""\n'


@pytest.mark.parametrize(
    "options",
    [
        CsvOptions(),
        CsvOptions(delimiter=";", quote="'"),
        CsvOptions(delimiter="tab", newline="crlf", bom=True),
        CsvOptions(encoding="utf-16", null="\\N"),
        CsvOptions(encoding="utf-32-be", header=False),
        CsvOptions(delimiter="¦"),
    ],
)
def test_naughty_texts_come_back_exactly_and_are_counted(options: CsvOptions, tmp_path: Path) -> None:
    values = [v for v in EVIL_TEXTS if v is not None] + naughty_strings()
    query, rows = texts(values)
    data = export(query, rows, options)
    back = read(data.removeprefix(b"\xef\xbb\xbf"), options)[options.header :]
    assert [row[1] for row in back] == values
    path = tmp_path / "notes.csv"
    path.write_bytes(data)
    assert count_rows(path, options) == {"notes.csv": len(values)}


def test_naughty_names_come_back_exactly() -> None:
    names = [*dict.fromkeys([*EVIL_NAMES, *naughty_strings()])]
    query = query_of(entity_of("wide", [field_of(name) for name in names]))
    assert read(export(query, [])) == [names]


def test_every_kind_of_value_is_its_text_form() -> None:
    query, rows = every_kind()
    header, *back = read(export(query, rows))
    assert header == [kind.value for kind in VALUES]
    assert back == [[value or "" for value in row.values()] for row in rows]


def test_quoting_follows_postgres_rules() -> None:
    """Checked against the server's own COPY in the contract suite of the databases."""
    query, rows = texts(["\\.", " a ", "\ta", "a\rb", "\u2028"])
    assert export(query, rows, CsvOptions(header=False)) == '0,\\.\n1, a \n2,\ta\n3,"a\rb"\n4,\u2028\n'.encode()


def test_a_lone_column_never_looks_like_the_end_of_a_copy() -> None:
    query = query_of(entity_of("notes", [field_of("text")]))
    assert export(query, [{"text": "\\."}, {"text": None}, {"text": ""}]) == b'text\n"\\."\n\n""\n'


def test_only_what_copy_writes_is_promised_to_be_a_copy() -> None:
    columns = texts([])[0].columns
    assert csv_template(columns, CsvDialect()).csv == CsvDialect()
    assert csv_template(columns, CsvDialect(delimiter=";", quote="'")).csv is not None
    assert csv_template(columns[:1], CsvDialect()).csv is None
    assert csv_template(columns, CsvDialect(), spreadsheet_safe=True).csv is None
    assert csv_template(columns[:1] * 2, CsvDialect(), spreadsheet_safe=True).csv is not None, "nothing to guard"
    for other in (CsvDialect(null="\\N"), CsvDialect(newline="\r\n"), CsvDialect(delimiter="¦")):
        assert csv_template(columns, other).csv is None


def test_guarded_texts_lose_their_guard_to_become_what_they_were() -> None:
    values = [v for v in EVIL_TEXTS if v is not None] + naughty_strings()
    query, rows = texts(values)
    back = [row[1] for row in read(export(query, rows, CsvOptions(spreadsheet_safe=True)))[1:]]
    assert [text[1:] if text.startswith("'") else text for text in back] == values
    assert not any(text[0] in "=+-@\t\r\n" for text in back if text)


def test_a_guard_touches_no_number() -> None:
    query, rows = every_kind()
    back = read(export(query, rows, CsvOptions(spreadsheet_safe=True)))[1:]
    for name in ("integer", "decimal", "float", "date", "time"):
        position = [c.name for c in query.columns].index(name)
        assert [row[position] for row in back] == [row[name] or "" for row in rows]


def test_a_character_that_the_encoding_lacks_is_named() -> None:
    query, rows = texts(["fine", "Łódź"])
    with pytest.raises(InputError, match=r"\(U\+0141, Ł\) in rows 1 to 2 of notes does not exist in latin-1") as caught:
        export(query, rows, CsvOptions(encoding="latin-1"))
    assert caught.value.code == "unencodable_character"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "iso2022_jp", "shift_jis"])
def test_an_encoding_is_kept_from_chunk_to_chunk(encoding: str) -> None:
    japanese = encoding in {"iso2022_jp", "shift_jis"}
    query, rows = texts(["日本"] * 3 if japanese else ["é"] * 3)
    options = CsvOptions(encoding=encoding)
    data = export(query, rows, options, size=1)
    assert read(data, options) == read(export(query, rows), None)
    assert data == export(query, rows, options, size=1000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_mark_stands_once_at_the_very_start(encoding: str) -> None:
    query, rows = texts(["x"])
    text = export(query, rows, CsvOptions(encoding=encoding, bom=True)).decode(encoding.removesuffix("-sig"))
    assert text.removeprefix("\ufeff") == "id,text\n0,x\n"
    assert text.startswith("\ufeff") is (encoding != "utf-16"), "Python takes the mark of utf-16 off itself"


def test_no_rows_leave_a_header() -> None:
    query, _ = texts([])
    assert export(query, []) == b"id,text\n"
    assert export(query, [], CsvOptions(header=False)) == b""


def test_no_columns_leave_empty_lines() -> None:
    query = query_of(entity_of("empty", []))
    assert export(query, [{}, {}]) == b"\n\n\n"


def test_several_entities_become_several_files_with_exact_counts() -> None:
    pairs = list(shop())
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs})
    made = run(FORMAT, document_of([query for query, _ in pairs]), source)
    assert sorted(made.files) == ["customers.csv", "purchaseOrders.csv"]
    assert [(w.entity, w.rows, w.member) for w in made.result.written] == [
        ("customers", 2, "customers.csv"),
        ("orders", 1, "purchaseOrders.csv"),
    ]
    assert set(made.media_types.values()) == {"text/csv; charset=utf-8"}


def test_the_size_of_chunks_changes_no_byte() -> None:
    query, rows = texts(EVIL_TEXTS)
    assert export(query, rows, size=1) == export(query, rows, size=7) == export(query, rows)
