"""Rows that are none take nothing with them: neither a record nor the file."""

from __future__ import annotations

import pytest

from contract.workbench.sql_input.staging import Stager

MYSQL = "SET NAMES utf8mb4;\n"
POSTGRES = "SET client_encoding = 'UTF8';\n"
SQLITE = "PRAGMA foreign_keys=OFF;\n"
MARKED = ["\x03abc", '\x03[0,"x","y",[]]', "\x01ff", "\x02" + "1.5", "\x04x"]
"""Texts that begin like what stands for something else on the way."""


def test_moments_in_utc_stay_beside_a_row_that_is_none(stager: Stager) -> None:
    script = (
        f"{MYSQL}SET TIME_ZONE='+00:00';\nCREATE TABLE `t` (`a` timestamp, `b` int) ENGINE=x;\n"
        "INSERT INTO `t` VALUES ('2024-01-01 00:00:00',1),('2024-01-02 00:00:00',f(2)),(NULL,3);\n"
    )
    expected = [("2024-01-01 00:00:00+00", "1"), (None, "3")]
    for way in (stager.values, stager.carefully):
        assert way(script) == expected
        assert stager.rejected() == [(2, 1, "no_literal", "f(2)")]
    assert stager.rows("SELECT * FROM unread") == [(2, '["2024-01-02 00:00:00","f(2)"]')]


def test_blanks_that_fill_a_column_go_beside_a_row_that_is_none(stager: Stager) -> None:
    script = f"{POSTGRES}CREATE TABLE t (a character(3), b int);\nINSERT INTO t VALUES ('a  ', 1), (f('b'), 2);\n"
    assert stager.values(script) == [("a", "1")]
    assert stager.rejected() == [(2, 0, "no_literal", "f('b')")]


@pytest.mark.parametrize("type", ["text", "blob"])
@pytest.mark.parametrize("head", [MYSQL, SQLITE], ids=["mysql", "sqlite"])
def test_no_text_of_an_insert_is_taken_for_a_row_that_is_none(stager: Stager, head: str, type: str) -> None:
    rows = ",".join(f"('{text}',{at})" for at, text in enumerate(MARKED))
    script = f"{head}CREATE TABLE t (a {type}, b int);\nINSERT INTO t VALUES {rows},(now(),9);\n"
    read = [text if type == "text" else f"\\x{text.encode().hex()}" for text in MARKED]
    for way in (stager.values, stager.carefully):
        assert way(script) == [(text, str(at)) for at, text in enumerate(read)]
        assert stager.rejected() == [(6, 0, "no_literal", "now()")]


def test_no_text_of_a_copy_is_taken_for_a_row_that_is_none(stager: Stager) -> None:
    rows = "".join(f"{text}\t{at}\n" for at, text in enumerate(MARKED))
    script = f"{POSTGRES}COPY t (a, b) FROM stdin;\n{rows}only one\n\\.\n"
    for way in (stager.values, stager.carefully):
        assert way(script) == [(text, str(at)) for at, text in enumerate(MARKED)]
        assert stager.rejected() == [(6, None, "too_few_values", "1")]
    assert stager.rows("SELECT * FROM unread") == [(6, '["only one"]')]


NINES, ONES, BYTES = "9" * 5000, "1" * 20_000, "ff" * 5000


@pytest.mark.parametrize(
    ("head", "type", "value", "code"),
    [
        (SQLITE, "text", f"char({NINES})", "no_literal"),
        (POSTGRES, "text", f"'a'::varchar({NINES})", "no_literal"),
        (POSTGRES, "text", f"chr({NINES})", "no_literal"),
        (MYSQL, "int", f"b'{ONES}'", "too_many_bits"),
        (MYSQL, "bit(3)", f"0x{BYTES}", "too_many_bits"),
        (MYSQL, "bit(64)", "b'1" + "0" * 64 + "'", "too_many_bits"),
    ],
    ids=["char", "varchar", "chr", "bits", "bytes", "one bit too many"],
)
def test_a_number_of_endless_digits_is_no_value(stager: Stager, head: str, type: str, value: str, code: str) -> None:
    script = f"{head}CREATE TABLE t (a {type}, b int);\nINSERT INTO t VALUES ({value}, 1), (1, 2);\n"
    assert stager.values(script) == [("1", "2")]
    ((record, at, told, shown),) = stager.rejected()
    assert (record, at, told, len(str(shown)) <= 200) == (1, 0, code, True)


def test_a_bit_column_holds_64_of_them(stager: Stager) -> None:
    script = (
        f"{MYSQL}CREATE TABLE t (a bit(64));\nINSERT INTO t VALUES (0x{'ff' * 8}), (b'{'1' * 64}'), (b'{'0' * 99}1');"
    )
    assert stager.values(script) == [(str(2**64 - 1),), (str(2**64 - 1),), ("1",)]


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("CREATE TABLE t (a int, b int);\nINSERT INTO t (a, a) VALUES (1, 2);", 2),
        ("CREATE TABLE t (a int);\nINSERT INTO t (a, A) VALUES (1, 2);", 2),
        ("CREATE TABLE t (a int, a int);\nINSERT INTO t VALUES (1, 2);", 2),
        ("COPY t (a, b, a) FROM stdin;\n1\t2\t3\n\\.\n", 1),
    ],
)
def test_a_column_that_is_named_twice_is_refused_with_its_place(stager: Stager, script: str, line: int) -> None:
    error = stager.refused(script)
    assert (error.code, error.problems[0].place.line) == ("duplicate_column", line)


def test_columns_that_differ_in_case_are_two_where_the_table_has_both(stager: Stager) -> None:
    script = f'{POSTGRES}CREATE TABLE t (a text, "A" int);\nINSERT INTO t (a, "A") VALUES (\'x\', 1);'
    assert stager.values(script) == [("x", "1")]


def test_rows_without_a_column_are_refused_where_they_are_asked_for(stager: Stager) -> None:
    script = f"{POSTGRES}CREATE TABLE t ();\nCOPY t  FROM stdin;\n\n\n\\.\nCOPY u (a) FROM stdin;\n1\n\\.\n"
    assert stager.refused(script, "t").code == "no_columns"
    assert stager.values(script, "u") == [("1",)]


def test_an_encoding_of_endless_digits_is_refused(stager: Stager) -> None:
    assert stager.refused(f"SET client_encoding = 'LATIN{NINES}';\nSELECT 1;").code == "unknown_encoding"
