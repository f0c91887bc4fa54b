"""Dirty files: every bad record is named with its place, the others are read, and nothing passes in silence."""

from __future__ import annotations

import pytest

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.model.problems import Severity
from entrepot.workbench.source import Database
from unit.workbench.reading.staging import place, staged

HEAD = b'id,name,town\n1,"two\nlines",x\n\n'
"""One record, which ends on line 3, and a blank line."""
TAIL = b"4,d,z\n"
REJECTED: dict[str, tuple[bytes, tuple[int | None, str, str]]] = {
    "too few values": (b"3,c\n", (None, "too_few_values", "2")),
    "too many values": (b"3,c,y,more\n", (None, "too_many_values", "4")),
    "an empty value too many": (b"3,c,y,\n", (None, "too_many_values", "4")),
    "text behind a quote": (b'3,"c"d,y\n', (1, "text_after_quote", '"c"d')),
    "quotes within quotes": (b'3,"c "x" d",y\n', (1, "text_after_quote", '"c "x" d"')),
    "a NUL": (b"3,c\0c,y\n", (1, "nul_character", "c\\x00c")),
    "a wrong byte": (b"3,c\xffc,\xc3\xa9\n", (1, "wrong_bytes", "c\\xffc")),
}


@pytest.mark.parametrize("what", REJECTED)
def test_a_record_that_is_none_is_rejected_with_its_place(database: Database, what: str) -> None:
    line, reason = REJECTED[what]
    result = staged(database, HEAD + "2,é,y\n".encode() + line + TAIL, Reading(encoding="utf-8"))
    assert result.rows == {1: ("1", "two\nlines", "x"), 2: ("2", "é", "y"), 4: ("4", "d", "z")}
    assert result.rejected == {3: reason}
    assert place(result, 3) == (6, len(HEAD) + 7)
    assert place(result, 4) == (7, len(HEAD) + 7 + len(line))


TOLD: dict[str, tuple[bytes, tuple[str, str, str], str, int, int]] = {
    "a quote in a bare value": (b'3,5" pipe,y\n', ("3", '5" pipe', "y"), "stray_quotes", 6, 3),
    "doubled quotes in a bare value": (b'3,c"",y\n', ("3", 'c""', "y"), "stray_quotes", 6, 3),
    "a blank in front of a quote": (b'3, "c, d",y\n', ("3", "c, d", "y"), "space_before_quote", 6, 2),
    "a blank behind a quote": (b'3,"c" ,y\n', ("3", "c", "y"), "space_after_quote", 6, 4),
    "another end of the line": (b"3,c,y\r\n", ("3", "c", "y"), "mixed_newlines", 6, 0),
    "a lone carriage return": (b"3,c,y\r", ("3", "c", "y"), "mixed_newlines", 6, 0),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_is_read_with_a_pinch_of_salt_is_told_with_its_place(database: Database, what: str) -> None:
    line, values, code, at_line, at = TOLD[what]
    result = staged(database, HEAD + "2,é,y\n".encode() + line + TAIL)
    assert result.rows[3] == values
    assert not result.rejected
    told = {problem.code: problem for problem in result.staged.problems}
    assert set(told) == {"blank_lines", code}
    assert told[code].severity is Severity.WARNING
    assert (told[code].place.line, told[code].place.byte) == (at_line, len(HEAD) + 7 + at)
    assert (told["blank_lines"].place.line, told["blank_lines"].place.byte) == (4, len(HEAD) - 1)


UNCLOSED: dict[str, tuple[bytes, int, int]] = {
    "to the end of the file": (b'id,name\n1,a\n2,"b\n3,c\n', 3, 14),
    "in the last value": (b'id,name\n1,"a', 2, 10),
    "after a quoted record": (b'id,name\n1,"a\nb"\n2,"b', 4, 18),
    "up to the next quoted value": (b'id,name\n1,"a\n2,b\n3,"c"\n4,"d"\n', 2, 10),
    "in the header": (b'id,"name\n1,a\n2,b\n', 1, 3),
    "in the last header": ('é,"name'.encode(), 1, 3),
}


@pytest.mark.parametrize("what", UNCLOSED)
def test_a_quote_that_is_never_closed_is_one_refusal_with_its_place(database: Database, what: str) -> None:
    data, line, byte = UNCLOSED[what]
    with pytest.raises(InputError) as caught:
        staged(database, data)
    assert caught.value.code == "unclosed_quote"
    (problem,) = caught.value.problems
    assert (problem.place.file, problem.place.line, problem.place.byte) == ("people.csv", line, byte)
    assert not database.connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'staged'").fetchall()


def test_a_file_with_an_unclosed_quote_can_be_read_without_quotes(database: Database) -> None:
    result = staged(database, b'id,name\n1,"a\n2,b\n', Reading(quote=""))
    assert result.rows == {1: ("1", '"a'), 2: ("2", "b")}


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n"])
def test_an_empty_file_is_refused(database: Database, data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        staged(database, data)
    assert caught.value.code == "empty_file"


def short(_: int) -> int:
    return 3_000_000


def test_records_beyond_what_fits_are_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrepot.workbench.source.longest_row", short)
    wide, tall = b"1," + b"x" * 6_000_000 + b"\n", b'1,"' + (b"x" * 99 + b"\n") * 60_000 + b'"\n'
    for data in (wide, tall):
        with pytest.raises(InputError) as caught:
            staged(database, b"id,name\n2,b\n" + data)
        assert caught.value.code == "row_too_long"


def test_a_long_value_with_a_quote_that_is_never_closed_is_called_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.workbench.source.longest_row", short)
    with pytest.raises(InputError) as caught:
        staged(database, b'id,name\n1,"' + (b"x" * 99 + b"\n") * 60_000)
    assert caught.value.code == "unclosed_quote"


def test_more_columns_than_fit_are_refused(database: Database) -> None:
    names = ",".join(f"c{number}" for number in range(10_001)).encode()
    with pytest.raises(InputError, match="10,001 columns") as caught:
        staged(database, names + b"\n" + names + b"\n")
    assert caught.value.code == "too_many_columns"


def test_records_of_1000_columns_are_staged(database: Database) -> None:
    names = ",".join(f"c{number}" for number in range(1000))
    result = staged(database, (names + "\n" + names + "\n" + names + ",x\n").encode(), Reading(header=True))
    assert result.rows == {1: tuple(names.split(","))}
    assert result.rejected == {2: (None, "too_many_values", "1001")}


def test_a_header_with_wrong_bytes_is_refused(database: Database) -> None:
    with pytest.raises(InputError) as caught:
        staged(database, b"id,na\xffme\n1,\xc3\xa9\xc3\xa9\n")
    assert caught.value.code == "wrong_bytes"
