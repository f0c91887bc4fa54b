"""What every way to write a constant is read as, whoever wrote it."""

from __future__ import annotations

import pytest

from contract.workbench.sql_input.staging import Stager

POSTGRES = "SET client_encoding = 'UTF8';\n"
MYSQL = "SET NAMES utf8mb4;\n"
SQLITE = "PRAGMA foreign_keys=OFF;\n"
PLAIN = ""


def read(stager: Stager, head: str, spellings: dict[str, str | None]) -> dict[str, object]:
    """What each of them is read as, with plain rows between them; by both ways."""
    rows = ", ".join(f"({sql}, {number}), ('x', {number})" for number, sql in enumerate(spellings))
    found = stager.values(f"{head}INSERT INTO t (a, b) VALUES {rows};")
    assert stager.rejected() == []
    assert found[1::2] == [("x", str(number)) for number in range(len(spellings))]
    assert stager.carefully(f"{head}INSERT INTO t (a, b) VALUES {rows};") == found
    return {sql: row[0] for sql, row in zip(spellings, found[::2], strict=True)}


EVERYWHERE: dict[str, str | None] = {
    "NULL": None,
    "null": None,
    "''": "",
    "'NULL'": "NULL",
    "'it''s'": "it's",
    "''''": "'",
    "'a),(b'": "a),(b",
    "'a, b;\n-- c /* d'": "a, b;\n-- c /* d",
    "'\r\n\t\"'": '\r\n\t"',
    "'\x01\x02'": "\x01\x02",
    "'Åsa 😀'": "Åsa 😀",
    "-12": "-12",
    "- 12": "-12",
    "+1.50": "1.50",
    ".5": ".5",
    "1e20": "1e20",
    "-12345678901234567890": "-12345678901234567890",
    "-1234567890.123": "-1234567890.123",
    "TRUE": "true",
    "false": "false",
    "(1)": "1",
    "/* one */ 1 -- two\n": "1",
    "CAST('a' AS varchar(10))": "a",
    "DATE '2024-01-02'": "2024-01-02",
    "N'é'": "é",
}


@pytest.mark.parametrize("head", [POSTGRES, MYSQL, SQLITE, PLAIN], ids=["postgres", "mysql", "sqlite", "plain"])
def test_a_constant_is_its_value(stager: Stager, head: str) -> None:
    assert read(stager, head, EVERYWHERE) == EVERYWHERE


OF_POSTGRESQL: dict[str, str | None] = {
    r"'C:\dir\n'": r"C:\dir\n",
    r"E'it\'s\n\\ \101\x41\u00e9'": "it's\n\\ AAé",
    r"U&'d\0061t\+000061'": "data",
    "$$it's $1 'x'$$": "it's $1 'x'",
    "$a$x$$y$a$": "x$$y",
    "'1'::integer": "1",
    "'2024-01-02 10:00:00+02'::timestamp with time zone": "2024-01-02 10:00:00+02",
    "'{\"a\": 1}'::jsonb": '{"a": 1}',
    r"'\x00ff'::bytea": r"\x00ff",
    r"'\x00ff'": r"\x00ff",
    "B'101'": "101",
    "X'1f'": "00011111",
    "ARRAY['a','b\"',NULL]::text[]": '["a","b\\"",null]',
    "ARRAY[1, -2.50, true]": "[1,-2.50,true]",
    "ARRAY[ARRAY[1],ARRAY[2]]": "[[1],[2]]",
    "ARRAY[]::integer[]": "[]",
    "'a'::text || 'b'": "ab",
    "'so'::public.mood": "so",
}


def test_postgresql_has_its_own_spellings(stager: Stager) -> None:
    assert read(stager, POSTGRES, OF_POSTGRESQL) == OF_POSTGRESQL


def test_strings_of_old_postgresql_dumps_have_backslashes(stager: Stager) -> None:
    head = POSTGRES + "SET standard_conforming_strings = off;\n"
    spellings: dict[str, str | None] = {r"'it\'s\n\\ \101'": "it's\n\\ A", r"'it\'s\n\\'": "it's\n\\"}
    assert read(stager, head, spellings) == spellings


OF_MYSQL: dict[str, str | None] = {
    r"'it\'s \"q\" \\ \n\r\t\Z'": 'it\'s "q" \\ \n\r\t\x1a',
    r"'50\% \_ \q'": r"50\% \_ q",
    r"'\\'": "\\",
    r"'\\''\\'": "\\'\\",
    '"it""s \'q\'"': "it\"s 'q'",
    "0x00FF": r"\x00ff",
    "X'00ff'": r"\x00ff",
    "x'00FF'": r"\x00ff",
    r"_binary 'a\0\'b'": r"\x61002762",
    "_utf8mb4'é'": "é",
    "b'101'": "5",
    "b'0'": "0",
    "ST_GeomFromText('POINT(1 2)')": "POINT(1 2)",
}


def test_mysql_has_its_own_spellings(stager: Stager) -> None:
    assert read(stager, MYSQL, OF_MYSQL) == OF_MYSQL


OF_SQLITE: dict[str, str | None] = {
    r"'C:\dir'": r"C:\dir",
    "X'00FF'": r"\x00ff",
    "X''": r"\x",
    r"replace('a\nb','\n',char(10))": "a\nb",
    r"replace(replace('a\nb\r','\n',char(10)),'\r',char(13))": "a\nb\r",
    r"unistr('a\u000ab')": "a\nb",
    "CAST(X'c3a5' AS TEXT)": "å",
    r"""json_extract('"a\u000d\""','$')""": 'a\r"',
    "0.10000000000000000555": "0.1",
    "1.0e+20": "1.0e+20",
    "9e999": "Infinity",
    "-9.0e+999": "-Infinity",
    "1e999": "Infinity",
}


def test_sqlite_has_its_own_spellings(stager: Stager) -> None:
    assert read(stager, SQLITE, OF_SQLITE) == OF_SQLITE


EXPRESSIONS = [
    "now()",
    "(SELECT 1)",
    "1 + 1",
    "1-1",
    "'a' 'b'",
    "nextval('a_seq'::regclass)",
    "CURRENT_TIMESTAMP",
    "pg_read_file('/etc/passwd')",
    "load_extension('x')",
    "CAST('1.9' AS integer)",
    "1.9::integer",
    "'abc'::varchar(2)",
    "'2024-01-02 10:00'::date",
    "replace('a', 'a', 'aaaaaaaaaa')",
    "-'1'",
    "- -1",
    "1.2.3",
    "0x1",
    "CASE WHEN 1 THEN ')' END",
    "(" * 60 + "1" + ")" * 60,
    "x",
    "@a",
    ":a",
    "?",
]


@pytest.mark.parametrize("head", [POSTGRES, MYSQL, SQLITE], ids=["postgres", "mysql", "sqlite"])
def test_an_expression_is_found_and_never_evaluated(stager: Stager, head: str) -> None:
    rows = ", ".join(f"('x', 1), (2, {sql})" for sql in EXPRESSIONS)
    staged = stager.stage(f"{head}INSERT INTO t (a, b) VALUES {rows};")
    assert (staged.records, staged.rejected) == (2 * len(EXPRESSIONS), len(EXPRESSIONS))
    assert stager.rejected() == [(2 * at, 1, "no_literal", sql) for at, sql in enumerate(EXPRESSIONS, start=1)]
    assert stager.rows("SELECT DISTINCT v0, v1 FROM staged") == [("x", "1")]


def test_a_default_stands_nowhere_in_the_file(stager: Stager) -> None:
    stager.stage("INSERT INTO t (a, b) VALUES (1, DEFAULT), (2, 3);")
    assert stager.rejected() == [(1, 1, "default_asked", "DEFAULT")]


def test_a_row_with_other_values_than_columns_is_found(stager: Stager) -> None:
    stager.stage("INSERT INTO t (a, b) VALUES (1), (2, 3), (4, 5, 6), (), (7, 8);")
    found = [(1, None, "too_few_values", "1"), (3, None, "too_many_values", "3"), (4, None, "too_few_values", "0")]
    assert stager.rejected() == found
    assert stager.rows("SELECT * FROM staged ORDER BY record") == [(2, "2", "3"), (5, "7", "8")]


def test_bytes_that_are_no_text_are_found_where_they_stand(stager: Stager) -> None:
    stager.stage(b"INSERT INTO t (a) VALUES ('a'), ('b\xe9'), ('c');".replace(b"INSERT", MYSQL.encode() + b"INSERT"))
    assert stager.rejected() == [(2, 0, "wrong_bytes", r"b\xe9")]


def test_a_nul_is_found(stager: Stager) -> None:
    stager.stage(MYSQL + r"INSERT INTO t (a) VALUES ('a\0'), ('b');")
    assert stager.rejected() == [(1, 0, "nul_character", r"a\x00")]


def test_texts_and_numbers_among_bytes_are_their_bytes(stager: Stager) -> None:
    """As Entrepot writes what SQLite keeps there."""
    table = "CREATE TABLE t (a BLOB, b TEXT);\n"
    script = f"{SQLITE}{table}INSERT INTO t VALUES ('abc', 'd'), (X'ff', 'e'), (12, 'f'), ('', '');"
    assert stager.values(script) == [(r"\x616263", "d"), (r"\xff", "e"), (r"\x3132", "f"), (r"\x", "")]
    assert stager.carefully(script) == stager.values(script)


def test_the_bytes_of_a_mysql_column_are_bytes_however_they_are_written(stager: Stager) -> None:
    table = "CREATE TABLE `t` (`a` varbinary(9), `b` text, `c` bit(3), `d` point);\n"
    point = b"\\0\\0\\0\\0\x01\x01\\0\\0\\0" + b"\\0\\0\\0\\0\\0\\0\xf0?" + b"\\0\\0\\0\\0\\0\\0\x04@"
    rows = (
        b"INSERT INTO `t` VALUES ('a\\'\xff', 'b', '\x05', '"
        + point
        + b"'), (0x61, 'c', b'110', NULL), (NULL, '', 0x07, NULL);"
    )
    assert stager.values((MYSQL + table).encode() + rows) == [
        (r"\x6127ff", "b", "5", "POINT(1 2.5)"),
        (r"\x61", "c", "6", None),
        (None, "", "7", None),
    ]


def test_moments_of_mysql_are_in_utc_if_the_dump_says_so(stager: Stager) -> None:
    rows = "CREATE TABLE t (a timestamp(3) NULL, b datetime);\n"
    rows += "INSERT INTO t VALUES ('2024-01-02 10:00:00', '2024-01-02 10:00:00'), (NULL, NULL);"
    utc = "/*!40103 SET TIME_ZONE='+00:00' */;\n"
    assert stager.values(f"{MYSQL}{utc}{rows}") == [("2024-01-02 10:00:00+00", "2024-01-02 10:00:00"), (None, None)]
    assert stager.values(f"{MYSQL}{rows}") == [("2024-01-02 10:00:00", "2024-01-02 10:00:00"), (None, None)]


def test_blanks_that_fill_a_character_column_are_no_part_of_its_value(stager: Stager) -> None:
    """As Entrepot reads them from PostgreSQL; those of other texts are."""
    table = f"{POSTGRES}CREATE TABLE t (a character(5), b character varying(5));\n"
    assert stager.values(f"{table}COPY t (a, b) FROM stdin;\nab   \tab \n\\N\t \n\\.\n") == [("ab", "ab "), (None, " ")]
    assert stager.values(f"{table}INSERT INTO t VALUES ('ab   ', 'ab '), (N'c ', N'd ');") == [
        ("ab", "ab "),
        ("c", "d"),
    ]
