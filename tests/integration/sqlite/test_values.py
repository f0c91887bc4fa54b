"""Floats by the million, and values where SQLite's own functions stop."""

from __future__ import annotations

import random
import sqlite3
import struct
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from entrepot.databases.sqlite.functions import float_text
from entrepot.formats.csv.template import csv_template
from entrepot.formats.json.record import ndjson_template
from entrepot.model.predicates import Compare, Operator, Value
from entrepot.model.templates import CsvDialect
from entrepot.model.types import Kind, LogicalType
from integration.sqlite.files import everything_of, made, opened

SEED = 20240507


def doubles(count: int) -> list[float]:
    """Of every magnitude, and of those that people store."""
    draw = random.Random(SEED)
    bits = (struct.unpack("<d", draw.randbytes(8))[0] for _ in range(count))
    money = (draw.randrange(-(10**9), 10**9) / 100 for _ in range(count))
    near_one = (draw.random() for _ in range(count))
    edges = (5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e15, 1e16, 1e22, 1e23, 9007199254740993.0, 0.3)
    return [value for value in (*bits, *money, *near_one, *edges) if value == value]  # noqa: PLR0124 - NaN is left out


def test_floats_are_the_shortest_text_of_the_same_double(tmp_path: Path) -> None:
    values = doubles(5000)
    path = made(tmp_path / "floats.db", "CREATE TABLE f (id INTEGER PRIMARY KEY, x REAL)")
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO f (x) VALUES (?)", [(value,) for value in values])
        connection.commit()
    with opened(path, tmp_path) as (catalog, session):
        texts = [t for b in session.batches(everything_of(catalog.entity("f"))) for t in b.column(1).to_pylist()]
    assert [float(text or "") for text in texts] == values
    assert [text for text, value in zip(texts, values, strict=True) if len(text or "") > len(float_text(value))] == []


def test_a_nul_in_the_middle_of_a_table_neither_cuts_nor_repeats_anything(tmp_path: Path) -> None:
    """From the chunk that holds it, another statement reads on."""
    path = made(tmp_path / "nul.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
    texts = [f"row {n}" if n % 997 else f'a\0"{n}",\n' for n in range(1, 5001)]
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO t (a) VALUES (?)", [(text,) for text in texts])
        connection.commit()
    with opened(path, tmp_path) as (catalog, session):
        query = everything_of(catalog.entity("t"))
        chunks = list(session.render(query, csv_template(query.columns, CsvDialect()), rows_per_chunk=100))
        lines = b"".join(c.data for c in session.render(query, ndjson_template(query.columns), rows_per_chunk=100))
    quoted = ['"' + t.replace('"', '""') + '"' if "\0" in t else t for t in texts]
    assert b"".join(c.data for c in chunks).decode() == "".join(f"{n},{t}\n" for n, t in enumerate(quoted, start=1))
    assert sum(chunk.rows for chunk in chunks) == 5000
    assert lines.count(b"\\u0000") == 5
    assert lines.count(b"\n") == 5000


def test_long_values_neither_fail_nor_fill_the_memory(tmp_path: Path) -> None:
    """FAULTS 42. Among short rows some that no helper may make, and that a chunk should not hold together."""
    sql = """
    CREATE TABLE t (id INTEGER PRIMARY KEY, a BLOB);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO t SELECT i, zeroblob(CASE WHEN i > 2000 AND i % 90 = 0 THEN 5000000 ELSE 3 END) FROM n;
    """
    path = made(tmp_path / "long.db", sql)
    with opened(path, tmp_path) as (catalog, session):
        query = everything_of(catalog.entity("t"))
        sizes = [
            (chunk.rows, len(chunk.data)) for chunk in session.render(query, csv_template(query.columns, CsvDialect()))
        ]
        assert [batch.num_rows for batch in session.batches(query, rows=1000)][:2] == [1000, 1000]
    assert sum(rows for rows, _ in sizes) == 3000
    assert [rows for rows, _ in sizes[:2]] == [1000, 1000]
    assert max(size for _, size in sizes) < 25_000_000
    assert sum(size for _, size in sizes) > 11 * 10_000_000


def test_line_breaks_in_the_middle_of_a_table_are_quoted(tmp_path: Path) -> None:
    """The quick statement overlooks them; what it wrote so far must be neither lost nor repeated."""
    path = made(tmp_path / "breaks.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)")
    texts = [{1500: "a\nb", 3333: "\r", 4000: "\n"}.get(n, f"row {n}") for n in range(1, 5001)]
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO t (a, b) VALUES (?, 'x')", [(text,) for text in texts])
        connection.commit()
    with opened(path, tmp_path) as (catalog, session):
        query = everything_of(catalog.entity("t"))
        data = b"".join(
            c.data for c in session.render(query, csv_template(query.columns, CsvDialect()), rows_per_chunk=100)
        )
    quoted = [f'"{text}"' if "\n" in text or "\r" in text else text for text in texts]
    assert data.decode() == "".join(f"{n},{text},x\n" for n, text in enumerate(quoted, start=1))


def test_slices_follow_the_rowids_whatever_they_are(tmp_path: Path) -> None:
    path = made(tmp_path / "gaps.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
    ids = sorted({-(2**63), -5, 0, 2**63 - 1, *random.Random(SEED).sample(range(-(10**12), 10**12), 3000)})
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO t VALUES (?, 'x')", [(number,) for number in ids])
        connection.commit()
    with opened(path, tmp_path) as (catalog, session):
        query = everything_of(catalog.entity("t"))
        chunks = list(session.render(query, csv_template(query.columns, CsvDialect()), rows_per_chunk=70))
        few = replace(query, where=Compare("id", Operator.GT, Value("0", LogicalType(kind=Kind.INTEGER))))
        filtered = b"".join(c.data for c in session.render(few, csv_template(query.columns, CsvDialect())))
    assert b"".join(c.data for c in chunks).decode() == "".join(f"{number},x\n" for number in ids)
    assert {chunk.rows for chunk in chunks[:-1]} == {70}
    assert filtered.decode() == "".join(f"{number},x\n" for number in ids if number > 0)
