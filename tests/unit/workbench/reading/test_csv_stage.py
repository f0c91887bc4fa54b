"""CSV files into tables of texts, as they are."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from entrepot.model.drafts import Reading
from entrepot.workbench.reading import csv_stage
from entrepot.workbench.reading.csv_plain import NotPlainError
from entrepot.workbench.source import Database
from unit.workbench.reading.staging import Row, staged

GIVEN = Path(__file__).resolve().parents[4].parent / "shared" / "corpora" / "csv" / "given"
NAMES = sorted(path.stem for path in GIVEN.glob("*.csv"))


def refuse(*_: object) -> int:
    raise NotPlainError("asked")


@pytest.fixture
def careful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is plain."""
    monkeypatch.setattr(csv_stage, "stage_plain", refuse)


def expected_rows(name: str) -> list[dict[str, str]]:
    found = json.loads((GIVEN.parent / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    return found if isinstance(found, list) else [found]


def rows_of(database: Database, name: str) -> list[dict[str, str]]:
    result = staged(database, (GIVEN / f"{name}.csv").read_bytes(), Reading(header=True))
    return [dict(zip(result.names, (value or "" for value in row), strict=True)) for row in result.rows.values()]


@pytest.mark.skipif(not GIVEN.exists(), reason="data of others, which is not beside this folder (shared/corpora)")
@pytest.mark.parametrize("name", NAMES)
def test_files_of_others_hold_what_they_say(database: Database, name: str) -> None:
    found, wanted = rows_of(database, name), expected_rows(name)
    if name == "location_coordinates":  # an error of the corpus: another phone number
        for row in (*found, *wanted):
            row.pop("Contact Phone Number")
    assert found == wanted


@pytest.mark.skipif(not GIVEN.exists(), reason="data of others, which is not beside this folder (shared/corpora)")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("careful")
def test_files_of_others_hold_what_they_say_when_read_with_care(database: Database, name: str) -> None:
    test_files_of_others_hold_what_they_say(database, name)


def test_a_null_is_not_an_empty_text(database: Database) -> None:
    result = staged(database, b'a,b\n,""\nNULL,"NULL"\n')
    assert result.rows == {1: (None, ""), 2: ("NULL", "NULL")}
    result = staged(database, b'a,b\n,""\nNULL,"NULL"\n', Reading(null="NULL"))
    assert result.rows == {1: ("", ""), 2: (None, "NULL")}


def test_facts_about_columns_are_counted(database: Database) -> None:
    result = staged(database, b'a,b,c\n1,,x\n2,"",x\n1,late,y\n3,,z\n4,,w\n')
    assert [(c.name, c.filled, c.samples) for c in result.staged.columns] == [
        ("a", 5, ("1", "2", "3")),
        ("b", 1, ("late",)),
        ("c", 5, ("x", "y", "z")),
    ]


def test_values_that_come_late_are_samples_too(database: Database) -> None:
    data = b"a,b\n" + b"1,\n" * 20_000 + b"1,late\n"
    assert staged(database, data).staged.columns[1].samples == ("late",)


def test_a_header_alone_is_a_table_without_records(database: Database) -> None:
    for data in (b"id,name\n", b"id,name", b"id,name\r\n\r\n"):
        result = staged(database, data)
        assert (result.names, result.staged.records) == (("id", "name"), 0)


def test_a_file_of_one_column_has_a_record_on_every_line(database: Database) -> None:
    result = staged(database, b'name\na\n\n""\nb c\n')
    assert (result.names, result.rows) == (("name",), {1: ("a",), 2: (None,), 3: ("",), 4: ("b c",)})


@pytest.mark.parametrize("data", [b"a;b\n1;2\n", b'a;b\r\n"1";2', b"a;b\r1;2\r", b"a;b\n\n\n1;2\n\n"])
def test_lines_may_end_in_any_way(database: Database, data: bytes) -> None:
    assert staged(database, data).rows == {1: ("1", "2")}


def test_long_files_are_read_in_rounds_and_numbered_through(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.workbench.rows.SEGMENT_BYTES", 1000)
    monkeypatch.setattr("entrepot.workbench.csv_feed.SEGMENTS", 3)
    monkeypatch.setattr("entrepot.workbench.reading.text.BLOCK_BYTES", 300)
    data = b"id,name\n" + b"".join(b'%d,"line\nnumber ""%d"""\n' % (n, n) for n in range(1, 2001))
    result = staged(database, data)
    assert result.rows == {n: (str(n), f'line\nnumber "{n}"') for n in range(1, 2001)}
    assert result.codes == []


def test_the_careful_way_crosses_blocks_and_batches(
    database: Database, monkeypatch: pytest.MonkeyPatch, careful: None
) -> None:
    monkeypatch.setattr("entrepot.workbench.reading.text.BLOCK_BYTES", 7)
    monkeypatch.setattr("entrepot.workbench.reading.csv_careful.BATCH_CHARACTERS", 500)
    data = "id,name\r\n" + "".join(f'{n},"é\r\n""{n}"" 🚢"\r\n' for n in range(1, 300))
    result = staged(database, data.encode())
    assert result.rows == {n: (str(n), f'é\r\n"{n}" 🚢') for n in range(1, 300)}
    assert result.codes == []


CELLS = st.text(
    st.sampled_from("ab1 ,;\t|'\"\n\ré🚢\\#") | st.characters(codec="utf-8", exclude_characters="\0"), max_size=8
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=6)
)


DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t|:"),
        "quotechar": st.sampled_from("\"'"),
        "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]),
    }
)
USUAL = {"delimiter": ",", "quotechar": '"', "lineterminator": "\n", "quoting": csv.QUOTE_MINIMAL}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=TABLES, dialect=DIALECTS, encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@example(table=[['"'], ['""'], ["a"]], dialect=USUAL, encoding="utf-8")
@example(table=[["", ""], ["", " "]], dialect={**USUAL, "lineterminator": "\r"}, encoding="utf-16")
def test_any_table_that_was_written_is_read_back(
    database: Database, table: list[list[str]], dialect: dict[str, Any], encoding: str
) -> None:
    if dialect["quoting"] == csv.QUOTE_MINIMAL:  # Python leaves other line breaks than its own unquoted
        others = "".join({"\r", "\n"} - set(dialect["lineterminator"]))
        table = [[value.translate(str.maketrans("", "", others)) for value in row] for row in table]
    data = io.StringIO(newline="")
    csv.writer(data, **dialect).writerows(table)
    made = {"delimiter": dialect["delimiter"], "quote": dialect["quotechar"]}
    reading = Reading(format="csv", header=False, skip_lines=0, encoding=encoding, **made)
    result = staged(database, data.getvalue().encode(encoding), reading)
    assert [filled(row) for row in result.rows.values()] == [tuple(row) for row in table]
    assert not result.rejected


def filled(row: Row) -> tuple[str, ...]:
    """`csv` does not tell a NULL from an empty text."""
    return tuple(value or "" for value in row)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=TABLES)
def test_a_file_without_quotes_is_read_by_its_delimiters_alone(database: Database, table: list[list[str]]) -> None:
    clean = [[value.translate(str.maketrans("", "", "|\r\n")) for value in row] for row in table]
    data = "".join("|".join(row) + "\n" for row in clean).encode()
    reading = Reading(format="csv", delimiter="|", quote="", header=False, skip_lines=0, encoding="utf-8")
    if len(clean[0]) > 1:
        assert [filled(row) for row in staged(database, data, reading).rows.values()] == [tuple(row) for row in clean]


PLAIN = {
    "usual": b'id,name\n1,"a ""b"", c"\n2,\n',
    "nothing but quotes": b'id,name\n"""""",""\n"""a",""""\n',
    "CRLF and quoted line breaks": b'id;name\r\n1;"a\nb\rc\r\nd"\r\n',
    "no last line end": b'id,name\n1,"a"',
    "one column": b'name\n\n"a"\n\n',
    "no quotes": b"id|name\n1|it's 5\n",
    "another encoding": 'id;name\n1;"Zoë\nMüller"\n'.encode("cp1252"),
    "a preamble": b'Report\n\nid,name\n1,a\n2,"b"\n',
    "text of three bytes a character": 'id,name\n"東京","京\n都"\n'.encode(),
}
NOT_PLAIN = {
    "a quote in a bare value": b'id,name\n1,5" pipe\n',
    "doubled quotes in a bare value": b'id,name\n1,a""b\n',
    "doubled quotes behind a bare value": b'id,name\n1,a""\n2,b\n',
    "doubled quotes in front of text": b'id,name\n1,""a\n',
    "text behind a quote": b'id,name\n1,"a"b\n',
    "a blank in front of a quote": b'id,name\n1, "a"\n',
    "a blank behind a quote": b'id,name\n1,"a" \n',
    "a blank line": b"id,name\n1,a\n\n2,b\n",
    "a blank line at the end": b"id,name\n1,a\n\n",
    "another line end": b"id,name\n1,a\r\n",
    "a carriage return": b"id,name\n1,a\rb,c\n",
    "a NUL": b"id,name\n1,a\0\n",
    "a wrong byte": b"id,name\n1,\xc3\xa9\xc3\xa9\n2,\xe9\n",
    "a record that is too short": b"id,name\n1,a\n2\n",
    "empty values too many": b"id,name\n1,a\n2,b,,\n",
}


def careful_calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    called: list[object] = []
    real = csv_stage.carefully

    def noted(*given: Any) -> Any:
        called.append(given)
        return real(*given)

    monkeypatch.setattr(csv_stage, "carefully", noted)
    return called


@pytest.mark.parametrize("what", PLAIN)
def test_both_ways_read_a_plain_file_alike(database: Database, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    calls = careful_calls(monkeypatch)
    quick = staged(database, PLAIN[what])
    assert not calls
    monkeypatch.setattr(csv_stage, "stage_plain", refuse)
    slow = staged(database, PLAIN[what])
    assert calls
    assert (quick.rows, quick.names) == (slow.rows, slow.names)


@pytest.mark.parametrize("what", NOT_PLAIN)
def test_nothing_but_plain_files_takes_the_plain_way(
    database: Database, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    calls = careful_calls(monkeypatch)
    staged(database, NOT_PLAIN[what], Reading(header=True))
    assert calls
