"""What a script may hold besides rows: nothing of it is ever run, and what would change the rows is refused."""

from __future__ import annotations

import pytest

from contract.workbench.sql_input.staging import Stager
from entrepot.model.drafts import SourceTable

ROWS = "CREATE TABLE t (a int, b text);\nINSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y');\n"
TWO = [("1", "x"), ("2", "y")]
REFUSED = {
    "COPY t FROM PROGRAM 'id > /tmp/x';": "COPY",
    "COPY t (a) FROM '/etc/passwd';": "COPY",
    "COPY t TO PROGRAM 'id';": "COPY",
    "COPY t (a, b) FROM stdin WITH (FORMAT csv);\n1,2\n\\.\n": "COPY",
    "\\! id": "psql",
    "\\i /etc/passwd": "psql",
    "\\copy t from program 'id'": "psql",
    "\\o |id": "psql",
    ".shell id": "sqlite3",
    ".read other.sql": "sqlite3",
    "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t;": "LOAD",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE t;": "LOAD",
    "source other.sql;": "SOURCE",
    "INSERT INTO t SELECT * FROM u;": "INSERT",
    "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2;": "rows",
    "INSERT INTO t (a) VALUES (1) RETURNING a;": "rows",
    "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x;": "WITH",
    "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE;": "MERGE",
    "/*!50000 INSERT INTO t VALUES (3, 'z') */;": "INSERT",
    "UPDATE t SET a = 3;": "UPDATE",
    "DELETE FROM t;": "DELETE FROM",
    "TRUNCATE t;": "TRUNCATE",
    "TRUNCATE TABLE ONLY u, t;": "TRUNCATE",
    "DROP TABLE IF EXISTS u, t CASCADE;": "DROP TABLE",
    "ALTER TABLE t RENAME TO u;": "ALTER TABLE",
    "ALTER TABLE t DROP COLUMN b;": "ALTER TABLE",
    "ALTER TABLE t ALTER COLUMN a TYPE text USING a || 'x';": "ALTER TABLE",
    "DELIMITER //\nINSERT INTO t VALUES (3, 'z') //\nDELIMITER ;": "DELIMITER",
}
LISTED = {
    "SET GLOBAL general_log = 1;": "SET GLOBAL",
    "CREATE EXTENSION plpython3u;": "CREATE EXTENSION",
    "ATTACH '/etc/passwd' AS p;": "ATTACH",
    "PRAGMA writable_schema = ON;": "PRAGMA writable_schema",
    "INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 0, 'CREATE TABLE x (a)');": "INSERT",
    "DELETE FROM sqlite_sequence;": "DELETE",
    "DO $$ BEGIN DELETE FROM t; INSERT INTO t VALUES (3, 'z'); END $$;": "DO",
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'INSERT INTO t VALUES (3, ''z'');';": "CREATE FUNCTION",
    "CREATE FUNCTION f() BEGIN ATOMIC INSERT INTO t VALUES (3, 'z'); SELECT CASE WHEN true THEN 1 END; END;": (
        "CREATE FUNCTION"
    ),
    "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO t VALUES (3, 'z'); SELECT CASE 1 WHEN 1 THEN 2 END; END;": (
        "CREATE TRIGGER"
    ),
    "DELIMITER ;;\nCREATE PROCEDURE p() BEGIN DELETE FROM t; IF 1 THEN SELECT 1; END IF; END ;;\nDELIMITER ;": (
        "CREATE PROCEDURE"
    ),
    "CREATE TABLE event (begin date, a text);": "CREATE TABLE",
    "SELECT pg_catalog.setval('t_a_seq', 2, true);": "SELECT",
    "\\connect other": "\\connect",
    "\\restrict abc": "\\restrict",
    "ALTER TABLE ONLY t ADD CONSTRAINT c FOREIGN KEY (type) REFERENCES u (type);": "ALTER TABLE",
    "ALTER TABLE t MODIFY a int NOT NULL AUTO_INCREMENT, AUTO_INCREMENT = 3;": "ALTER TABLE",
    "DELETE FROM u; UPDATE v SET a = 1; DROP TABLE w;": "DELETE",
    "LOCK TABLES t WRITE; ANALYZE t; VACUUM; COMMENT ON TABLE t IS 'INSERT INTO t VALUES (3);';": "ANALYZE",
    "GRANT ALL ON t TO public; CALL p(3);": "CALL",
    "/*!40000 ALTER TABLE `t` ENABLE KEYS */;": "ALTER TABLE",
    "/* INSERT INTO t VALUES (3, 'z'); */ -- INSERT INTO t VALUES (3, 'z');\n;;": "CREATE TABLE",
}


@pytest.mark.parametrize("statement", REFUSED)
def test_what_would_bring_or_change_rows_is_refused_with_its_line(stager: Stager, statement: str) -> None:
    error = stager.refused(f"{ROWS}{statement}\n")
    assert (error.code, error.problems[0].place.line) == ("refused_statement", 4 if "DELIMITER" in statement else 3)
    assert REFUSED[statement] in error.message
    assert error.remedy


def test_everything_else_is_listed_and_changes_nothing(stager: Stager) -> None:
    for statement, kind in LISTED.items():
        staged = stager.stage(f"{ROWS}{statement}\n", "t")
        assert stager.rows("SELECT v0, v1 FROM staged ORDER BY record") == TWO, statement
        (told,) = [problem for problem in staged.problems if problem.code == "not_applied"]
        assert f"{kind} (" in told.message, statement


def test_before_rows_come_there_is_nothing_to_take_away(stager: Stager) -> None:
    assert stager.values(f"DROP TABLE IF EXISTS t;\nDELETE FROM t;\nTRUNCATE t;\n{ROWS}", "t") == TWO


def test_what_was_not_applied_is_counted_with_its_first_line(stager: Stager) -> None:
    staged = stager.stage(f"{ROWS}ANALYZE t;\n\nANALYZE t;\n")
    (told,) = [problem for problem in staged.problems if problem.code == "not_applied"]
    assert told.message.endswith("Not applied: ANALYZE (2, from line 3), CREATE TABLE (1, line 1).")
    assert told.place.line == 1


@pytest.mark.parametrize(
    ("script", "fact"),
    [
        ("INSERT INTO t (a) VALUES (1), (2", "no end"),
        ("INSERT INTO t (a) VALUES ('x), (2);\n", "no end"),
        ("INSERT INTO t (a) VALUES (1)", "no end"),
        ("INSERT INTO t (a) VALUES (1),", "no end"),
        ("COPY t (a) FROM stdin;\n1\n2\n", "\\."),
        ("BEGIN;\nINSERT INTO t (a) VALUES (1);\n", "committed"),
        ("INSERT INTO t (a) VALUES (1);\nCREATE TABLE u (a int", "does not end"),
        ("INSERT INTO t (a) VALUES (1);\n/* and", "does not end"),
        ("--\n-- PostgreSQL database dump\n--\nCOPY t (a) FROM stdin;\n1\n\\.\n", "complete"),
        ("-- MariaDB dump 10.19\nINSERT INTO `t` (`a`) VALUES (1);\n", "Dump completed"),
        ("-- SQL for mysql, written by entrepot 1\nINSERT INTO `t` (`a`) VALUES (1);\n", "complete"),
    ],
)
def test_a_script_that_breaks_off_is_refused(stager: Stager, script: str, fact: str) -> None:
    error = stager.refused(script)
    assert error.code == "truncated"
    assert fact in error.message
    assert error.problems[0].place.byte is not None


def test_a_dump_that_failed_when_it_was_made_is_refused(stager: Stager) -> None:
    script = "BEGIN TRANSACTION;\nCREATE TABLE t (a);\nINSERT INTO t VALUES (1);\nROLLBACK; -- due to errors\n"
    assert stager.refused(script).code == "refused_statement"


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("INSERT INTO t VALUES (1;\n2);", 1),
        ("INSERT INTO t (a) VALUES (1),\n  2;", 2),
        ("/* /* */ INSERT */ SELECT 1;", 1),
    ],
)
def test_what_is_no_sql_is_refused_with_its_place(stager: Stager, script: str, line: int) -> None:
    error = stager.refused(f"CREATE TABLE t (a int);{script}" if line == 1 and "/*" not in script else script)
    assert (error.code, error.problems[0].place.line) == ("broken_sql", line)


def test_rows_without_names_need_the_table_that_the_file_creates(stager: Stager) -> None:
    assert stager.values("CREATE TABLE t (a int, b text);\nINSERT INTO t VALUES (1, 'x');") == [("1", "x")]
    error = stager.refused("\nINSERT INTO t VALUES (1, 'x');")
    assert (error.code, error.problems[0].place.line) == ("no_column_names", 2)


def test_a_create_table_is_understood_as_far_as_its_names(stager: Stager) -> None:
    script = """CREATE TABLE IF NOT EXISTS "s"."t" (
      "a,b" numeric(10, 2) DEFAULT (1 + (2)) NOT NULL, -- a comment, with (
      `c)` varchar(5) COMMENT 'it''s, (', d text CHECK (d IN ('x', 'y')),
      E int PRIMARY KEY,
      CONSTRAINT t_key UNIQUE ("a,b", d), PRIMARY KEY (E), FOREIGN KEY (d) REFERENCES u (d), CHECK (E > 0)
    );
    INSERT INTO "s"."t" VALUES (1, 2, 3, 4);"""
    staged = stager.stage(script)
    assert [column.name for column in staged.columns] == ["a,b", "c)", "d", "E"]
    assert staged.reading.entity == "s.t"


def test_generated_columns_are_as_each_tool_treats_them(stager: Stager) -> None:
    table = "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c text);\n"
    assert stager.values(f"SET client_encoding = 'UTF8';\n{table}INSERT INTO t VALUES (1, DEFAULT, 'x');") == [
        ("1", "x")
    ]
    assert stager.values(f"{table}COPY t FROM stdin;\n1\tx\n\\.\n") == [("1", "x")]
    assert stager.values(f"PRAGMA x;\n{table}INSERT INTO t VALUES (1, 'x');") == [("1", "x")]
    identity = "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, c text);\n"
    assert stager.values(f"{identity}INSERT INTO t OVERRIDING SYSTEM VALUE VALUES (1, 'x');") == [("1", "x")]


def test_rows_that_name_other_columns_have_none_of_the_others(stager: Stager) -> None:
    staged = stager.stage("INSERT INTO t (a, b) VALUES (1, 2);\nINSERT INTO t (c, a) VALUES (3, 4), (5, 6);")
    assert [column.name for column in staged.columns] == ["a", "b", "c"]
    assert stager.rows("SELECT * FROM staged ORDER BY record") == [
        (1, "1", "2", None),
        (2, "4", None, "3"),
        (3, "6", None, "5"),
    ]
    assert stager.rows('SELECT record, "at" FROM absent ORDER BY ALL') == [(1, 2), (2, 1), (3, 1)]


SEVERAL = (
    "CREATE TABLE empty (a int);\nINSERT INTO u (a) VALUES (1);\n"
    "COPY s.t (b) FROM stdin;\n1\n2\n\\.\nCOPY u (a) FROM stdin;\n2\n\\.\n"
)


def test_the_tables_of_a_dump_are_listed_with_their_rows(stager: Stager) -> None:
    assert stager.tables(SEVERAL) == [
        SourceTable(name="empty", columns=("a",), records=0),
        SourceTable(name="u", columns=("a",), records=2),
        SourceTable(name="s.t", columns=("b",), records=2),
    ]


def test_of_several_tables_one_is_named(stager: Stager) -> None:
    assert stager.values(SEVERAL, "u") == [("1",), ("2",)]
    assert stager.values(SEVERAL, "s.t") == stager.values(SEVERAL, "t") == [("1",), ("2",)]
    staged = stager.stage(SEVERAL, "empty")
    assert (staged.records, [column.name for column in staged.columns]) == (0, ["a"])


def test_several_tables_and_no_name_are_refused_with_their_counts(stager: Stager) -> None:
    error = stager.refused(SEVERAL)
    assert error.code == "several_tables"
    assert "u (2 records), s.t (2 records)." in error.message
    assert stager.refused(SEVERAL, "x").code == "no_such_table"
    assert stager.refused("SET a = 1;").code == "no_records"


def test_tables_of_two_databases_keep_apart(stager: Stager) -> None:
    script = "USE `one`;\nINSERT INTO `t` (a) VALUES (1);\nUSE `two`;\nINSERT INTO `t` (a) VALUES (2), (3);\n"
    assert [(table.name, table.records) for table in stager.tables(script)] == [("one.t", 1), ("two.t", 2)]
    assert stager.refused(script, "t").code == "several_tables"
    assert stager.values(script, "two.t") == [("2",), ("3",)]
