"""Files into tables that are not plain: computed fields, numbers of the database's own, no key, odd names, checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Mode
from entrepot.model.errors import InputError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportRequest

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
ALWAYS: Mapping[str, str] = {
    "postgres": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "mysql": "bigint AUTO_INCREMENT PRIMARY KEY",
    "sqlite": "integer PRIMARY KEY AUTOINCREMENT",
}
ODD = 'select "from"; drop ü\'`'


@dataclass(frozen=True)
class Odd:
    case: EngineCase
    place: Place
    folder: Path

    def bring(self, entity: str, text: str, mode: Mode = Mode.CREATE, **said: object) -> ImportReceipt:
        settings, file = self.folder / "entrepot.toml", self.folder / "in.csv"
        settings.write_text("", encoding="utf-8")
        file.write_text(text, encoding="utf-8")
        entrepot = Entrepot(self.place.url, config=settings, environment={})
        return entrepot.bring_in(file, ImportRequest(entity=entity, mode=mode, **said))  # type: ignore[arg-type]

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows(sql)]


@pytest.fixture(params=CASES)
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Odd]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        yield Odd(case, place, tmp_path)


def test_numbers_that_the_database_gives_go_on_behind_those_of_the_file(odd: Odd) -> None:
    odd.place.execute(f"CREATE TABLE t (id {ALWAYS[odd.case.name]}, v integer)")
    odd.bring("t", "id,v\n7,1\n")
    odd.bring("t", "v\n2\n3\n")
    odd.bring("t", "id,v\n8,20\n", Mode.UPDATE)
    assert odd.rows("SELECT id, v FROM t ORDER BY id") == [(7, 1), (8, 20), (9, 3)]


def test_computed_fields_follow_and_cannot_be_given(odd: Odd) -> None:
    odd.place.execute("CREATE TABLE t (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a * 2) STORED)")
    receipt = odd.bring("t", "id,a,b\n1,5,99\n")
    assert "column_ignored" in {problem.code for problem in receipt.warnings}
    odd.bring("t", "id,a\n1,6\n2,7\n", Mode.UPSERT)
    assert odd.rows("SELECT id, a, b FROM t ORDER BY id") == [(1, 6, 12), (2, 7, 14)]
    with pytest.raises(InputError) as caught:
        odd.bring("t", "id,x\n3,1\n", mapping=MappingRequest(fields={"b": FieldMapping(columns=("x",))}))
    assert caught.value.code == "computed_field"


def test_a_table_without_any_key_takes_rows_and_finds_them_by_what_one_says(odd: Odd) -> None:
    odd.place.execute("CREATE TABLE t (name varchar(20), v integer)", "INSERT INTO t VALUES ('a', 1)")
    odd.bring("t", "name,v\nb,2\nb,2\n")
    receipt = odd.bring("t", "name,v\na,10\n", Mode.UPDATE, key=("name",))
    told = {problem.code: problem.message for problem in receipt.warnings}
    assert ("locked" in told["key_not_indexed"]) == (odd.case.name == "mysql")
    with pytest.raises(InputError) as caught:
        odd.bring("t", "name,v\na,10\n", Mode.UPDATE)
    assert caught.value.code == "no_key"
    assert sorted(odd.rows("SELECT name, v FROM t"), key=str) == [("a", 10), ("b", 2), ("b", 2)]


def test_parts_of_a_key_identify_a_row_together(odd: Odd) -> None:
    odd.place.execute("CREATE TABLE t (a integer, b varchar(9), v integer, PRIMARY KEY (a, b))")
    odd.bring("t", "a,b,v\n1,x,1\n1,y,2\n2,x,3\n")
    receipt = odd.bring("t", "b,v,a\ny,20,1\nz,30,1\nx,3,2\n", Mode.UPSERT)
    assert {str(k): v for k, v in receipt.counts.items() if v} == {"created": 1, "updated": 1, "unchanged": 1}
    assert odd.rows("SELECT v FROM t ORDER BY a, b") == [(1,), (20,), (30,), (3,)]


def test_names_may_be_whatever_the_engine_lets_them_be(odd: Odd) -> None:
    name, quote = ODD if ODD not in odd.case.refused_names else "select", odd.case.quote
    odd.place.execute(
        f"CREATE TABLE {quote(name)} ({quote('order')} integer PRIMARY KEY, {quote(name)} varchar(20), "
        f"{quote('group')} integer, FOREIGN KEY ({quote('group')}) REFERENCES {quote(name)} ({quote('order')}))"
    )
    header = f'order,"{name.replace(chr(34), chr(34) * 2)}",group\n'
    odd.bring(name, f"{header}1,a,\n2,b,1\n3,c,2\n")
    odd.bring(name, f"{header}2,bb,3\n4,d,1\n", Mode.UPSERT)
    found = odd.rows(f"SELECT {quote(name)}, {quote('group')} FROM {quote(name)} ORDER BY {quote('order')}")
    assert found == [("a", None), ("bb", 3), ("c", 2), ("d", 1)]


def test_a_view_is_refused_and_a_check_is_a_finding(odd: Odd) -> None:
    odd.place.execute(
        "CREATE TABLE t (id integer PRIMARY KEY, v integer, CONSTRAINT positive CHECK (v > 0))",
        "CREATE VIEW w AS SELECT * FROM t",
    )
    with pytest.raises(InputError) as caught:
        odd.bring("t", "id,v\n1,5\n2,-5\n")
    assert caught.value.code in ("records_failed", "database_refused")
    assert odd.rows("SELECT * FROM t") == []
    with pytest.raises(InputError) as caught:
        odd.bring("w", "id,v\n1,5\n")
    assert caught.value.code in ("view", "unknown_entity")
    assert caught.value.remedy
