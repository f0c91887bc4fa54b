"""Keys that a database takes for equal although they are spelled otherwise: case, accents, blanks at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Decision, Errors, Mode
from entrepot.model.plans import ImportPlan, ImportRequest

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
ANY_CASE = {
    "sqlite": "varchar(40) COLLATE NOCASE",
    "postgres": "varchar(40) COLLATE any_case",
    "mysql": "varchar(40) COLLATE utf8mb4_general_ci",
}
PADDED = {"sqlite": "text COLLATE RTRIM", "postgres": "char(8)", "mysql": "varchar(8) COLLATE utf8mb4_bin"}
BEFORE: Mapping[str, str] = {
    "postgres": "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
}


@dataclass(frozen=True)
class Office:
    place: Place
    folder: Path
    entrepot: Entrepot

    def preview(self, entity: str, text: str, mode: Mode = Mode.CREATE, **said: object) -> ImportPlan:
        file = self.folder / f"{entity}.csv"
        file.write_text(text, encoding="utf-8")
        request = ImportRequest(entity=entity, mode=mode, **said)  # type: ignore[arg-type]
        return self.entrepot.preview(file, request)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows(sql)]


@pytest.fixture(params=CASES)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        any_case = ANY_CASE[case.name]
        place.execute(
            *([BEFORE[case.name]] if case.name in BEFORE else []),
            f"CREATE TABLE users (id integer PRIMARY KEY, mail {any_case} NOT NULL UNIQUE, age integer)",
            f"CREATE TABLE notes (id integer PRIMARY KEY, mail {any_case} REFERENCES users (mail), "
            "FOREIGN KEY (mail) REFERENCES users (mail))",
            f"CREATE TABLE codes (code {PADDED[case.name]} NOT NULL PRIMARY KEY, worth integer)",
            f"CREATE TABLE empty (id integer PRIMARY KEY, mail {any_case} NOT NULL UNIQUE)",
            "INSERT INTO users VALUES (1, 'anna@x', 30), (2, 'bob@x', 40)",
            "INSERT INTO codes VALUES ('ab', 1), ('cd ', 2)",
        )
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Office(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def counted(plan: ImportPlan) -> dict[str, int]:
    return {str(name): count for name, count in plan.counts.items() if count}


@pytest.mark.parametrize("mode", [Mode.UPSERT, Mode.UPDATE])
def test_a_row_is_found_however_its_key_is_spelled(office: Office, mode: Mode) -> None:
    """Its own spelling stays."""
    plan = office.preview("users", "mail,age\nANNA@x,31\nBob@X,40\n", mode, key=("mail",))
    assert counted(plan) == {"updated": 1, "unchanged": 1}
    assert [difference.key for difference in plan.differences] == [("ANNA@x",)]
    office.entrepot.apply(plan.plan_id)
    assert office.rows("SELECT id, mail, age FROM users ORDER BY id") == [(1, "anna@x", 31), (2, "bob@x", 40)]


def test_a_row_that_exists_in_another_spelling_is_not_created(office: Office) -> None:
    plan = office.preview("users", "id,mail\n3,ANNA@X\n4,cy@x\n", key=("mail",), errors=Errors.SKIP)
    assert counted(plan) == {"created": 1, "failed": 1}
    assert [(finding.record, finding.code) for finding in plan.findings] == [(1, "row_exists")]
    office.entrepot.apply(plan.plan_id)
    assert office.rows("SELECT id FROM users ORDER BY id") == [(1,), (2,), (4,)]


@pytest.mark.parametrize("entity", ["users", "empty"])
def test_equal_keys_of_the_file_are_duplicates_however_they_are_spelled(office: Office, entity: str) -> None:
    """Also where no row is there yet to compare them with."""
    text = "id,mail\n7,eve@x\n8,zoe@x\n9,EVE@X\n10,Eve@x\n"
    plan = office.preview(entity, text, Mode.UPSERT, key=("mail",), errors=Errors.SKIP)
    told = [(finding.record, finding.code, finding.value) for finding in plan.findings]
    assert told == [(3, "duplicate_in_file", "EVE@X"), (4, "duplicate_in_file", "Eve@x")]
    receipt = office.entrepot.apply(plan.plan_id)
    assert receipt.counts[Decision.CREATED] == 2
    assert (7, "eve@x") in office.rows(f"SELECT id, mail FROM {entity}")


def test_a_reference_finds_its_parent_however_it_is_spelled(office: Office) -> None:
    """Each spelling of it."""
    plan = office.preview("notes", "id,mail\n1,ANNA@X\n2,anna@x\n3,Anna@x\n4,gone@x\n5,\n", errors=Errors.SKIP)
    assert counted(plan) == {"created": 4, "failed": 1}
    assert [(finding.record, finding.code) for finding in plan.findings] == [(4, "no_such_parent")]
    office.entrepot.apply(plan.plan_id)
    assert [row[0] for row in office.rows("SELECT id FROM notes ORDER BY id")] == [1, 2, 3, 5]


def test_blanks_at_the_end_are_as_much_as_the_database_says(office: Office) -> None:
    text = 'code,worth\n"ab  ",5\ncd,6\n"ef ",7\nef,8\n'
    plan = office.preview("codes", text, Mode.UPSERT, errors=Errors.SKIP)
    assert counted(plan) == {"created": 1, "updated": 2, "failed": 1}
    assert [(finding.record, finding.code) for finding in plan.findings] == [(4, "duplicate_in_file")]
    office.entrepot.apply(plan.plan_id)
    found = {str(code).rstrip(): worth for code, worth in office.rows("SELECT code, worth FROM codes")}
    assert found == {"ab": 5, "cd": 6, "ef": 7}


def test_the_blanks_that_fill_a_char_make_no_difference(office: Office) -> None:
    """As dumps have them, of rows that are there; SQLite keeps every blank."""
    office.place.execute(
        "CREATE TABLE words (id integer PRIMARY KEY, word char(8), free varchar(8))",
        "INSERT INTO words VALUES (1, 'a', 'a'), (2, ' b', 'b'), (3, 'c', 'c')",
    )
    plan = office.preview("words", "id,word,free\n1,a       ,a\n2, b,b\n3,d       ,c\n", Mode.UPSERT)
    kept = office.place.url.startswith("sqlite")
    assert (plan.counts[Decision.UPDATED], plan.counts[Decision.UNCHANGED]) == ((2, 1) if kept else (1, 2))
