"""Parquet files as tables of texts: every type in its text form, and one refusal for what cannot be read."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrepot.model.drafts import Reading, SourceTable, Staged
from entrepot.model.errors import EntrepotError, InputError
from entrepot.model.problems import Place
from entrepot.workbench.parquet_files import described, opened
from entrepot.workbench.parquet_text import text_of
from entrepot.workbench.protocol_judging import ListTables
from entrepot.workbench.reading import cells, list_tables, places, stage
from entrepot.workbench.source import Database

Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Read:
    staged: Staged
    rows: Rows
    rejected: Rows

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.staged.columns]


def written(database: Database, select: str, name: str = "x.parquet", options: str = "") -> Path:
    path = Path.cwd() / name
    path.unlink(missing_ok=True)
    database.connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet{options})")
    return path


def read(database: Database, path: Path) -> Read:
    found = stage(database, path, Reading())
    rows = database.connection.execute("SELECT * FROM staged ORDER BY record").fetchall()
    return Read(found, rows, database.connection.execute("SELECT * FROM rejected ORDER BY record").fetchall())


def refused(database: Database, path: Path, data: bytes) -> EntrepotError:
    path.write_bytes(data)
    with pytest.raises(EntrepotError) as caught:
        stage(database, path, Reading())
    return caught.value


VALUES = [
    ("true", "true"),
    ("(-128)::TINYINT", "-128"),
    ("18446744073709551615::UBIGINT", "18446744073709551615"),
    ("12.50::DECIMAL(10,2)", "12.50"),
    ("(1234567890123456789012345678 * 10000000000::HUGEINT)::DECIMAL(38,0)", "12345678901234567890123456780000000000"),
    ("0.1::FLOAT", "0.1"),
    ("0.1::DOUBLE", "0.1"),
    ("1e300::DOUBLE", "1e+300"),
    ("-0.0::DOUBLE", "-0.0"),
    ("'nan'::DOUBLE", "NaN"),
    ("'-inf'::FLOAT", "-Infinity"),
    ("'inf'::DOUBLE", "Infinity"),
    ("''", ""),
    ("'Åsa \"🚢\"\n'", 'Åsa "🚢"\n'),
    ("'\\xDE\\xAD'::BLOB", "\\xdead"),
    ("''::BLOB", "\\x"),
    ("DATE '2024-02-29'", "2024-02-29"),
    ("DATE '12345-01-01'", "12345-01-01"),
    ("DATE '0044-03-15 (BC)'", "0044-03-15 BC"),
    ("'infinity'::DATE", "infinity"),
    ("TIME '10:00:00.5'", "10:00:00.5"),
    ("'10:00:00+02'::TIMETZ", "08:00:00+00"),
    ("TIMESTAMP '2024-01-02 10:00:00.5'", "2024-01-02 10:00:00.5"),
    ("TIMESTAMP_MS '2024-01-02 10:00:00.25'", "2024-01-02 10:00:00.25"),
    ("TIMESTAMP_NS '2024-01-02 10:00:00.123456789'", "2024-01-02 10:00:00.123456789"),
    ("TIMESTAMP '0044-03-15 (BC) 10:00:00'", "0044-03-15 10:00:00 BC"),
    ("TIMESTAMPTZ '2024-01-02 10:00:00.5+05:30'", "2024-01-02 04:30:00.5+00"),
    ("TIMESTAMPTZ '0044-03-15 (BC) 10:00:00+00'", "0044-03-15 10:00:00+00 BC"),
    ("'-infinity'::TIMESTAMPTZ", "-infinity"),
    ("INTERVAL '1 year 2 months 3 days 04:05:06.5'", "P1Y2M3DT4H5M6.5S"),
    ("INTERVAL '0 days'", "PT0S"),
    ("'0f8fad5b-d9cb-469f-a165-70867728950e'::UUID", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    ("'b'::ENUM('a', 'b')", "b"),
    ('\'{"b": 1,  "a": 1.50}\'::JSON', '{"b": 1,  "a": 1.50}'),
    ("[1.50::DECIMAL(30,10), NULL]", "[1.5000000000,null]"),
    ("[]::INTEGER[]", "[]"),
    ("[[1, 2], [3]]", "[[1,2],[3]]"),
    ("['a\"b', '']", '["a\\"b",""]'),
    (
        "{'n': 'nan'::DOUBLE, 'b': '\\xFF'::BLOB, 'at': TIMESTAMPTZ '2024-01-02 10:00:00+02', 'j': '[1]'::JSON}",
        '{"n":"NaN","b":"\\\\xff","at":"2024-01-02 08:00:00+00","j":[1]}',
    ),
    ("[{'a': NULL::INTEGER}, NULL]", '[{"a":null},null]'),
    ("MAP {'x': 1, 'y\"': NULL}", '{"x":1,"y\\"":null}'),
    ("MAP {DATE '2024-01-02': ['a']}", '{"2024-01-02":["a"]}'),
    ("'POINT (1 2)'::GEOMETRY", "POINT (1 2)"),
]


def test_every_type_has_its_text_form_and_null_stays_null(database: Database) -> None:
    columns = ", ".join(f"{value} AS c{at}" for at, (value, _) in enumerate(VALUES))
    nulls = ", ".join(f"NULL AS c{at}" for at in range(len(VALUES)))
    found = read(database, written(database, f"SELECT {columns} UNION ALL SELECT {nulls}"))
    assert list(zip(VALUES, found.rows[0][1:], strict=True)) == [(pair, pair[1]) for pair in VALUES]
    assert found.rows[1] == (2, *[None] * len(VALUES))
    assert (found.staged.records, found.staged.rejected, found.staged.reading.format) == (2, 0, "parquet")
    assert found.staged.columns[0].samples == ("true",)


def test_nanoseconds_with_a_zone_keep_every_digit(database: Database) -> None:
    data = written(database, "SELECT TIMESTAMP_NS '2024-01-02 10:00:00.123456789' AS a").read_bytes()
    at = data.rindex(b"\x12\x1c")  # the logical type: not in UTC, in nanoseconds
    path = Path.cwd() / "zone.parquet"
    path.write_bytes(data[:at] + b"\x11" + data[at + 1 :])
    assert read(database, path).rows == [(1, "2024-01-02 10:00:00.123456789+00")]


def test_records_keep_their_order_over_many_groups(database: Database) -> None:
    path = written(database, "SELECT range AS n FROM range(30000)", options=", ROW_GROUP_SIZE 2048")
    assert read(database, path).rows == [(n + 1, str(n)) for n in range(30000)]


def test_names_may_differ_in_case_only_and_look_like_anything(database: Database) -> None:
    data = written(database, 'SELECT 1 AS "Ab", 2 AS "b*", 3 AS "a""b", 4 AS "record"').read_bytes()
    path = Path.cwd() / "a[b]*?=1.parquet"
    path.write_bytes(data.replace(b"b*", b"aB"))
    found = read(database, path)
    assert (found.names, found.rows) == (["Ab", "aB", 'a"b', "record"], [(1, "1", "2", "3", "4")])
    assert [problem.code for problem in found.staged.problems] == ["similar_columns"]


def test_a_name_that_comes_twice_gets_another_one(database: Database) -> None:
    data = written(database, 'SELECT 1 AS "Ab", 2 AS "b*"').read_bytes()
    path = Path.cwd() / "twice.parquet"
    path.write_bytes(data.replace(b"b*", b"Ab"))
    found = read(database, path)
    assert (found.names, found.rows) == (["Ab", "column 2"], [(1, "1", "2")])
    assert [problem.code for problem in found.staged.problems] == ["repeated_columns"]


def test_a_record_with_a_nul_character_is_none(database: Database) -> None:
    select = "SELECT * FROM (VALUES (1, 'x'), (2, 'y' || chr(0)), (3, NULL)) AS t(a, b)"
    found = read(database, written(database, select))
    assert found.rows == [(1, "1", "x"), (3, "3", None)]
    assert found.rejected == [(2, 1, "nul_character", "y\\x00")]
    assert (found.staged.records, found.staged.rejected) == (3, 1)
    assert database.connection.execute("SELECT * FROM unread").fetchall() == [(2, '["2","y\\\\x00"]')]


def test_a_file_is_one_table_that_says_how_many_records_it_has(database: Database) -> None:
    path = written(database, "SELECT range AS n, 'x' AS t FROM range(7)")
    found = list_tables(database, ListTables(path=str(path), reading=Reading()))
    assert found.tables == (SourceTable(name=None, columns=("n", "t"), records=7),)
    with pytest.raises(InputError) as caught:
        stage(database, path, Reading(entity="users"))
    assert caught.value.code == "no_such_list"


def test_a_file_without_records_has_its_columns(database: Database) -> None:
    found = read(database, written(database, "SELECT 1 AS a, 'x' AS b WHERE false"))
    assert (found.names, found.rows, found.staged.records) == (["a", "b"], [], 0)


def test_the_place_of_a_value_is_its_record_and_column() -> None:
    path = Path("x.parquet")
    assert places(path, Reading(format="parquet"), [7]) == {7: Place(file="x.parquet", record=7)}
    wanted = [(7, "a"), (7, None)]
    assert cells(path, Reading(format="parquet"), wanted) == {
        (7, "a"): Place(file="x.parquet", record=7, column="a"),
        (7, None): Place(file="x.parquet", record=7),
    }


def declaring(rows: int) -> Callable[[bytes], bytes]:
    """The footer says another number of rows: field 3 of the outermost structure, of one byte here."""

    def change(data: bytes) -> bytes:
        assert len(re.findall(rb"\x16\x06\x19", data)) == 1
        return data.replace(b"\x16\x06\x19", bytes([0x16, rows * 2, 0x19]))

    return change


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no last byte": (lambda data: data[:-1], "does not end as Parquet"),
    "its beginning": (lambda data: data[:20], "does not end as Parquet"),
    "nothing inside": (lambda _: b"PAR1PAR1", "does not end as Parquet"),
    "a hole": (lambda data: data[:60] + data[70:], "cannot be read"),
    "another length": (lambda data: data[:-8] + b"\xff\xff\xff\x7fPAR1", "cannot be read"),
    "another count": (declaring(4), "declares 4 records and holds 3"),
    "encrypted": (lambda data: b"PARE" + data[4:-4] + b"PARE", "encrypted"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_file_that_cannot_be_read_is_refused_in_words(database: Database, damage: str) -> None:
    change, words = DAMAGE[damage]
    data = written(database, "SELECT range AS n, 'x' || range AS t FROM range(3)").read_bytes()
    error = refused(database, Path.cwd() / "bad.parquet", change(data))
    assert re.search(words, error.message)
    assert "bad.parquet" in error.message
    assert error.remedy
    assert str(Path.cwd()) not in error.message


def test_texts_that_are_none_are_refused(database: Database) -> None:
    data = written(database, "SELECT 'caf\u00e9' AS t", options=", COMPRESSION uncompressed").read_bytes()
    error = refused(database, Path.cwd() / "bad.parquet", data.replace("é".encode(), b"\xe9!"))
    assert error.code == "damaged_parquet"


REFUSALS = {"damaged_parquet", "unsupported_parquet", "no_records", "too_many_columns", "workbench_out_of_memory"}


def test_a_byte_that_flips_gives_values_or_one_refusal(database: Database) -> None:
    """Never a traceback, nor anything that is not told."""
    select = "SELECT range AS n, 'text ' || range AS t, [range] AS l FROM range(50)"
    data = written(database, select, options=", COMPRESSION zstd").read_bytes()
    path = Path.cwd() / "flipped.parquet"
    refusals = 0
    for at in range(0, len(data), 7):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])
        try:
            stage(database, path, Reading(format="parquet"))
        except EntrepotError as error:
            assert error.code in REFUSALS, (
                at,
                error,
            )
            refusals += 1
    assert refusals > 50


def test_values_within_values_have_a_limit(database: Database) -> None:
    deep = "1"
    for _ in range(60):
        deep = f"[{deep}]"
    path = written(database, f"SELECT {deep} AS a")
    with pytest.raises(InputError) as caught:
        stage(database, path, Reading())
    assert caught.value.code == "too_deep"


def test_more_columns_than_can_be_held_are_refused(database: Database) -> None:
    path = written(database, "SELECT " + ", ".join(f"{at} AS c{at}" for at in range(1001)))
    with pytest.raises(InputError) as caught:
        stage(database, path, Reading())
    assert caught.value.code == "too_many_columns"


def test_texts_of_nothing_are_nothing(database: Database) -> None:
    """A part of a value that is missing, and values that only look so."""
    path = written(database, "SELECT {'a': NULL::STRUCT(b INTEGER)} AS s, NULL::INTERVAL AS i, NULL::DOUBLE AS d")
    with opened(path) as file:
        types = described(database.connection, file.rows)
        texts = ", ".join(text_of(kind, name) for name, kind in types)
        assert database.connection.execute(f"SELECT {texts} FROM {file.rows}").fetchall() == [
            ('{"a":null}', None, None)
        ]


OLD_MOMENTS = (
    "eNoLcAwyFGUQVRFV0RFlAjLYRNlkGBgYmECYkYFr0ru9CgwMM7pUGURZJHVMGSTYipMzUnMTRZmASlWZJJgSSxjEmCRlJGXUGGRE2SRV2RgkQYKiQFExLzEv"
    "NQ5PGaCpDED1Nppskmpgg4ESTGocYl4MGgoFiUWFpakluskFBbqJRUX55QplqUXFmfl5CkZmegZ6hpIyINfUAHEA0KEAxHodXw=="
)
"""2024-01-02 10:00:00.123456 as INT96, in the column `at`; written by pyarrow 26, packed by zlib."""
WIDE = (
    "eNoLcAwyFGUQdRB10BFlAjLYRNlkGBgYmECYkQEXmCbKIqljyiDBVpyckZqbKMrEIMonaiLKJMFYrsolyiJaoRMDIoEqxZgkZSRl1BhkRPkkVdkYJIEqRIGC"
    "YmliaWocnjJAGxmAum002STVwJYCJZjUOMTSGDQUChKLCktTS3STCwp0E4uK8ssVylKLijPz8xSMzPQM9AwlZUAu7QLiAKAnAJfIHIs="
)
"""1.50 as a decimal of 60 digits, in the column `w`; as above."""


def unpacked(text: str, name: str) -> Path:
    path = Path.cwd() / name
    path.write_bytes(zlib.decompress(base64.b64decode(text)))
    return path


def test_moments_in_an_old_form_are_read_and_told(database: Database) -> None:
    found = read(database, unpacked(OLD_MOMENTS, "old.parquet"))
    assert found.rows == [(1, "2024-01-02 10:00:00.123456")]
    assert [(problem.code, problem.message[-3:]) for problem in found.staged.problems] == [("old_moments", "at.")]


def test_decimals_that_would_lose_digits_are_refused(database: Database) -> None:
    with pytest.raises(InputError, match=r"The column w of wide\.parquet has decimals of 60 digits"):
        stage(database, unpacked(WIDE, "wide.parquet"), Reading())
