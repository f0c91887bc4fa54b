"""Encodings, places, sizes: how a dump is read as a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.workbench.sql_input.staging import Stager
from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.workbench.reading.format import format_of
from entrepot.workbench.reading.sql.opening import dump_of
from entrepot.workbench.reading.sql.stage import staged

LATIN = "SET client_encoding = 'LATIN1';\nCOPY t (a) FROM stdin;\né\n\\.\nINSERT INTO t (a) VALUES ('ü'), (N'ö');\n"
MIXED = (
    b"SET NAMES utf8mb4;\r\nCREATE TABLE `t` (`a` int, `b` text);\r\n"
    b"INSERT INTO `t` VALUES (1,'x'),(2,'it\\'s\nb'),(3,now()),\r\n(4,'y');\r\n"
    b"INSERT INTO `u` (`a`) VALUES (9);INSERT INTO `t` VALUES (5,'z'),(6,'last');\r\n"
)
COPIED = b"COPY s.t (a, b) FROM stdin;\n1\tx\n2\ty\\nz\n3\n4\t\\N\n\\.\n"


def test_the_encoding_that_a_script_sets_is_its_encoding(stager: Stager) -> None:
    assert stager.values(LATIN.encode("latin-1")) == [("é",), ("ü",), ("ö",)]
    assert stager.stage(LATIN.encode("latin-1")).reading.encoding == "iso8859_1"
    mysql = "/*!40101 SET NAMES latin1 */;\nINSERT INTO `t` (`a`) VALUES ('€');"
    assert stager.values(mysql.encode("cp1252")) == [("€",)]


def test_an_encoding_that_somebody_names_goes_before(stager: Stager) -> None:
    stager.stage(LATIN.encode("cp1250"), encoding="cp1250")
    assert stager.rows("SELECT v0 FROM staged ORDER BY record") == [("é",), ("ü",), ("ö",)]


@pytest.mark.parametrize("name", ["SJIS", "GBK", "BIG5", "GB18030", "nonsense"])
def test_an_encoding_in_which_quotes_could_be_mistaken_is_refused(stager: Stager, name: str) -> None:
    error = stager.refused(f"\nSET client_encoding = '{name}';\nINSERT INTO t (a) VALUES (1);")
    assert (error.code, error.problems[0].place.line) == ("unknown_encoding", 2)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_script_with_a_byte_order_mark_is_read(stager: Stager, encoding: str) -> None:
    """PowerShell writes what a program says in UTF-16."""
    data = "SET client_encoding = 'UTF8';\r\nINSERT INTO t (a) VALUES ('é'), ('😀');\r\n".encode(encoding)
    assert stager.values(data) == [("é",), ("😀",)]


def test_a_script_that_says_no_encoding_is_looked_at(stager: Stager) -> None:
    rows = ", ".join(f"('Müller, Straße {number}, Köln')" for number in range(50))
    staged_file = stager.stage(f"INSERT INTO t (a) VALUES {rows};".encode("cp1252"))
    assert "encoding_guessed" in [problem.code for problem in staged_file.problems]
    assert stager.rows("SELECT v0 FROM staged WHERE record = 1") == [("Müller, Straße 0, Köln",)]


def test_rows_and_values_are_found_where_they_stand(stager: Stager) -> None:
    wanted = ((1, None), (2, "b"), (3, "b"), (4, None), (5, "a"), (6, "b"))
    assert stager.spots(MIXED, "t", *wanted) == [
        MIXED[MIXED.index(part) :][:12] for part in (b"(1,", b"'it", b"now()", b"(4,", b"5,'z", b"'last'")
    ]
    assert stager.spots(COPIED, "t", (1, "b"), (2, None), (3, "b"), (4, "b")) == [
        COPIED[COPIED.index(part) :][:12] for part in (b"x\n", b"2\ty", b"3\n", b"\\N\n")
    ]


def test_the_rows_of_a_copy_that_are_none_are_found(stager: Stager) -> None:
    stager.stage(COPIED)
    assert stager.rejected() == [(3, None, "too_few_values", "1")]
    assert stager.rows("SELECT * FROM staged ORDER BY record") == [(1, "1", "x"), (2, "2", "y\nz"), (4, "4", None)]


def test_a_copy_has_every_escape(stager: Stager) -> None:
    usual = b"COPY t (a, b) FROM stdin;\n\\\\N\t\\b\\f\\n\\r\\t\\v\\\\\n\t\\\\n\\\\\\\\\n\\N\ta\"',;\n\\.\n"
    assert stager.values(usual) == [("\\N", "\b\f\n\r\t\v\\"), ("", "\\n\\\\"), (None, "a\"',;")]
    rare = b"COPY t (a, b) FROM stdin;\n\\101\\x42\\q\ta\\Nb\n\x01\x02\x03\t\\\\h41\n1\t2\n\\.\n"
    assert stager.values(rare) == [("ABq", "aNb"), ("\x01\x02\x03", "\\h41"), ("1", "2")]
    assert stager.values(b"COPY t (a) FROM stdin;\r\nx\r\n\r\n\\.\r\n") == [("x",), ("",)]


def test_a_dump_is_read_the_same_whatever_the_blocks_are(stager: Stager) -> None:
    expected = [("1", "x"), ("2", "it's\nb"), ("4", "y"), ("5", "z"), ("6", "last")]
    assert stager.values(MIXED, "t") == expected
    for block in (1, 7, 64):
        reading = Reading(entity="t")
        dump = dump_of(stager.file(MIXED), reading, 1 << 20, block_bytes=block)
        staged(stager.database, dump, reading, (), careful=False)
        assert stager.rows("SELECT v0, v1 FROM staged ORDER BY record") == expected
        assert stager.rejected() == [(3, 1, "no_literal", "now()")]


def test_a_row_that_no_memory_would_hold_is_refused(stager: Stager) -> None:
    dump = dump_of(stager.file(b"INSERT INTO t (a) VALUES ('" + b"x" * 5000 + b"');"), Reading(), 1000, block_bytes=100)
    with pytest.raises(InputError) as caught:
        staged(stager.database, dump, Reading(), (), careful=False)
    assert caught.value.code == "row_too_long"


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("-- a dump\n\nCREATE TABLE a (b int);", "sql"),
        ("/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n", "sql"),
        ("/*!40101 SET NAMES utf8 */;", "sql"),
        ("COPY a (b) FROM stdin;\n1\n\\.\n", "sql"),
        ("# a note\ninsert into a values (1);", "sql"),
        ("PRAGMA foreign_keys=OFF;", "sql"),
        ("Set,Name\n1,2\n", "csv"),
        ("update;delete\n1;2\n", "csv"),
        ("-- a note\nid,name\n1,2\n", "csv"),
        ("insert,into\n1,2\n", "csv"),
        ("create table,b\n1,2\n", "csv"),
    ],
)
def test_a_script_is_known_by_how_it_begins(tmp_path: Path, text: str, format: str) -> None:
    path = tmp_path / "given"
    path.write_text(text)
    assert format_of(path) == format


def test_the_own_form_of_pg_dump_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.dump").write_bytes(b"PGDMP\x01\x0e\x00")
    with pytest.raises(InputError) as caught:
        format_of(tmp_path / "a.dump")
    assert (caught.value.code, "pg_restore -f" in caught.value.remedy) == ("unsupported_format", True)


def test_our_own_script_says_how_many_rows_it_has(stager: Stager) -> None:
    begin = 'INSERT INTO "t" ("a") VALUES\n'
    layout = '[{"entity": "t", "rows": 3, "mark": "", "begin": "INSERT INTO \\"t\\" (\\"a\\") VALUES\\n", "end": ""}]'
    script = f"-- SQL for sqlite, written by entrepot\n-- layout: {layout}\n{begin}(1),\n(2);\n-- complete\n"
    (told,) = [problem for problem in stager.stage(script).problems if problem.code == "count_differs"]
    assert told.message == "t: the file declares 3 records and holds 2."
    whole = script.replace('"rows": 3', '"rows": 2')
    assert "count_differs" not in [problem.code for problem in stager.stage(whole).problems]


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        (
            "SET client_encoding = 'UTF8';\n",
            "key text, index int, fulltext tsvector, spatial geometry(Point), period int",
        ),
        ("PRAGMA foreign_keys=OFF;\n", "key TEXT, period TEXT, fulltext, spatial, exclude"),
        (
            "SET NAMES utf8mb4;\n",
            "`key` int, `index` int, c int, d int, e int, KEY `k` (`c`), FULLTEXT KEY f (c), INDEX (d)",
        ),
        (
            "",
            "key varchar(9), index int, fulltext enum('a'), spatial int, e int, KEY k USING BTREE (e), PRIMARY KEY (e)",
        ),
    ],
)
def test_a_column_may_have_the_name_of_an_index(stager: Stager, head: str, columns: str) -> None:
    script = f"{head}CREATE TABLE t ({columns});\nINSERT INTO t VALUES ('1', '2', '3', '4', '5');\n"
    assert stager.values(script) == [("1", "2", "3", "4", "5")]
