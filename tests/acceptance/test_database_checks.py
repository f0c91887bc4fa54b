"""The database's own checks, held against a file before its rows are loaded: never stricter than the database is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.errors import EntrepotError
from entrepot.model.plans import ImportPlan, ImportRequest

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
ALL, SQLITE, POSTGRES, MARIADB = "sqlite postgres mysql", "sqlite", "postgres", "mysql"
Checked = tuple[str, str, str, tuple[str, ...], str]
"""Name, type and check of a column, values for it, and the engines whose check is understood."""
COLUMNS: tuple[Checked, ...] = (
    ("price", "decimal(8,2)", "price >= 0 AND price < 1000.5", ("-0.01", "0", "1000.49", "1000.5"), ALL),
    ("near", "double precision", "near BETWEEN -1 AND 1", ("-1", "1", "1.5", "-1e300"), ALL),
    ("state", "varchar(10)", "state IN ('a', 'it''s')", ("a", "A", "it's", "a ", "b"), f"{SQLITE} {POSTGRES}"),
    ("other", "varchar(10)", "other <> ''", ("x", " "), f"{SQLITE} {POSTGRES}"),
    ("fixed", "char(3)", "fixed = 'a'", ("a", "a  ", "b"), ""),
    ("held", "date", "held > '2000-01-01'", ("2000-01-01", "2000-01-02", "0999-12-31"), ALL),
    ("moment", "timestamp NULL", "moment > '2000-01-01 10:00:00'", ("2000-01-01 10:00:00", "2024-01-01"), ALL),
    ("short", "timestamp NULL", "short > '2000-01-01'", ("2000-01-01", "2024-01-01"), f"{POSTGRES} {MARIADB}"),
    ("number", "integer", "number <> 3 OR number IS NULL", ("3", "4"), ALL),
    ("odd", "integer", "NOT (odd = 4)", ("3", "4"), ALL),
    ("among", "integer", "among IN (1, 2, -3)", ("1", "-3", "3"), ALL),
    ("not_among", "integer", "not_among NOT IN (7)", ("7", "8"), ALL),
    ("turned", "integer", "1 < turned", ("1", "2"), ALL),
    ("summed", "integer", "summed + 1 > 3", ("1", "5"), ""),
    ("lower_one", "varchar(10)", "lower(lower_one) = lower_one", ("A", "a"), ""),
)
LIKE = ("liked", "varchar(10)", "liked LIKE 'A_%'", ("Ab", "ab", "A"), POSTGRES)
LENGTHS = {
    SQLITE: ("long", "varchar(10)", "length(long) <= 2", ("äöü", "äö"), SQLITE),
    POSTGRES: ("long", "varchar(10)", "char_length(long) <= 2", ("äöü", "äö"), POSTGRES),
    MARIADB: ("long_one", "varchar(10)", "char_length(long_one) <= 2", ("äöü", "äö"), MARIADB),
}


@dataclass(frozen=True)
class Table:
    place: Place
    folder: Path
    entrepot: Entrepot
    engine: str
    columns: tuple[Checked, ...]

    def plan(self, text: str, **said: object) -> ImportPlan:
        file = self.folder / "in.csv"
        file.write_text(text, encoding="utf-8")
        return self.entrepot.preview(file, ImportRequest(entity="t", **said))  # type: ignore[arg-type]

    def accepts(self, record: int, column: str, value: str) -> bool:
        try:
            text = value.replace("'", "''")
            self.place.execute(f"INSERT INTO t (id, {column}) VALUES ({record}, '{text}')")
        except Exception:  # each driver has its own
            return False
        return True


@pytest.fixture(params=CASES)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Table]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        engine = entrepot.catalog().engine
        columns = (*COLUMNS, LIKE, LENGTHS[engine])
        if engine == MARIADB:  # whose timestamps are in the time zone of whoever asks
            columns = tuple(
                (name, native.replace("timestamp", "datetime"), check, values, engines)
                for name, native, check, values, engines in columns
            )
        made = ", ".join(f"{name} {native} CHECK ({check})" for name, native, check, _, _ in columns)
        place.execute(f"CREATE TABLE t (id integer PRIMARY KEY, {made}, a date, b date, CHECK (b >= a))")
        yield Table(place, tmp_path, entrepot, engine, columns)


def test_a_check_that_was_understood_refuses_what_the_database_refuses_and_nothing_else(table: Table) -> None:
    told = [(column, value) for column in table.columns for value in column[3]]
    names = [column[0] for column in table.columns]
    with (table.folder / "in.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *names])
        for record, (column, value) in enumerate(told, 1):
            writer.writerow([record, *(value if name == column[0] else "" for name in names)])
    plan = table.entrepot.preview(table.folder / "in.csv", ImportRequest(entity="t"))
    refused = {finding.record for finding in plan.findings if finding.code == "database_check"}
    for record, (column, value) in enumerate(told, 1):
        understood = table.engine in column[4].split()
        assert (record in refused) == (understood and not table.accepts(record, column[0], value)), (column, value)
    assert refused


def test_a_check_of_two_fields_is_told_with_both(table: Table) -> None:
    plan = table.plan("id,a,b\n1,2024-01-02,2024-01-01\n2,2024-01-02,\n3,2024-01-02,2024-01-02\n")
    (finding,) = plan.findings
    assert (finding.record, finding.code, finding.value) == (1, "database_check", "b: 2024-01-01, a: 2024-01-02")
    assert "check" in (finding.words or "")


def test_a_check_about_what_the_file_lacks_or_merges_is_left_to_the_database(table: Table) -> None:
    table.place.execute("INSERT INTO t (id, a) VALUES (1, '2024-01-02')")
    assert not table.plan("id,b\n1,2023-01-01\n", mode=Mode.UPDATE).findings
    text = "id,a,b\n1,,2024-01-01\n"
    assert not table.plan(text, mode=Mode.UPDATE, on_conflict=OnConflict.MERGE).findings
    with pytest.raises(EntrepotError) as caught:
        table.entrepot.apply(table.plan(text, mode=Mode.UPDATE, on_conflict=OnConflict.MERGE).plan_id)
    assert caught.value.code == "database_refused"
    assert [tuple(row) for row in table.place.rows("SELECT b FROM t")] == [(None,)]


@pytest.mark.postgres
def test_a_trigger_that_changes_rows_first_leaves_the_checks_to_the_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with postgres_case.CASE.place(request, tmp_path) as place:
        place.execute(
            "CREATE TABLE t (id integer PRIMARY KEY, price integer CHECK (price > 0))",
            "CREATE FUNCTION mend() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN NEW.price = abs(NEW.price); RETURN NEW; END'",
            "CREATE TRIGGER mend BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION mend()",
        )
        (tmp_path / "in.csv").write_text("id,price\n1,-5\n")
        (tmp_path / "entrepot.toml").write_text("")
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        entrepot.bring_in(tmp_path / "in.csv", ImportRequest(entity="t"))
        assert place.rows("SELECT price FROM t") == [(5,)]
        place.execute("DROP TRIGGER mend ON t", "DROP FUNCTION mend()")
        assert entrepot.preview(tmp_path / "in.csv", ImportRequest(entity="t")).findings[0].code == "database_check"
        place.execute("ALTER TABLE t DROP CONSTRAINT t_price_check")
        place.execute("ALTER TABLE t ADD CONSTRAINT later CHECK (price > 0) NOT VALID")
        place.execute("DELETE FROM t")
        assert not entrepot.preview(tmp_path / "in.csv", ImportRequest(entity="t")).findings
