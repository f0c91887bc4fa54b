"""What a JSON record lacks is no NULL: existing rows keep it, new ones have it from the database or are not made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Blank, Errors, Mode, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest
from entrepot.model.problems import Severity

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
ROWS = "SELECT id, name, status, note FROM parts ORDER BY id"
OLD = (1, "bolt", "old", "kept")


@dataclass(frozen=True)
class Shelf:
    place: Place
    folder: Path
    entrepot: Entrepot

    def rows(self) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows(ROWS)]

    def file(self, *records: dict[str, object]) -> Path:
        path = self.folder / "parts.json"
        path.write_text(json.dumps(records), encoding="utf-8")
        return path


@pytest.fixture(params=CASES)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(
            f"CREATE TABLE parts (id {case.counter}, name varchar(20) NOT NULL,"
            " status varchar(20) NOT NULL DEFAULT 'new', note varchar(20) DEFAULT 'none')",
            "INSERT INTO parts (name, status, note) VALUES ('bolt', 'old', 'kept')",
        )
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Shelf(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def into(mode: Mode, **said: object) -> ImportRequest:
    return ImportRequest(entity="parts", mode=mode, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "said",
    [
        {"mode": Mode.UPDATE},
        {"mode": Mode.UPSERT},
        {"mode": Mode.CREATE, "on_conflict": OnConflict.OVERWRITE},
        {"mode": Mode.UPSERT, "on_conflict": OnConflict.MERGE, "blank": Blank.CLEAR},
    ],
)
def test_an_existing_row_keeps_what_the_record_lacks_and_loses_what_is_null(
    shelf: Shelf, said: dict[str, object]
) -> None:
    shelf.place.execute("INSERT INTO parts (name, status, note) VALUES ('nut', 'old', 'kept')")
    file = shelf.file({"id": 1, "status": "used"}, {"id": 2, "name": "nuts", "status": "old", "note": None})
    plan = shelf.entrepot.preview(file, into(**said))  # type: ignore[arg-type]
    assert plan.counts["updated"] == 2
    assert [difference.after for difference in plan.differences] == [
        ("bolt", "used", "kept"),
        ("nuts", "old", None),
    ]
    shelf.entrepot.apply(plan.plan_id)
    assert shelf.rows() == [(1, "bolt", "used", "kept"), (2, "nuts", "old", None)]


def test_a_record_that_says_nothing_new_changes_nothing(shelf: Shelf) -> None:
    file = shelf.file({"id": 1, "name": "bolt"}, {"id": 1, "status": "old"}, {"id": 1})
    plan = shelf.entrepot.preview(shelf.file({"id": 1, "name": "bolt"}, {"id": 2, "name": "x"}), into(Mode.UPSERT))
    assert plan.counts["unchanged"] == 1
    assert shelf.entrepot.preview(file, into(Mode.UPDATE)).counts["unchanged"] == 1


def test_new_rows_have_the_values_of_the_database_for_what_their_records_lack(shelf: Shelf) -> None:
    file = shelf.file(
        {"id": 5, "name": "a", "status": "s", "note": "n"},
        {"id": 6, "name": "b"},
        {"name": "c", "note": None},
        {"id": 7, "name": "d", "note": None},
        {"id": 1, "name": "bolt", "note": "changed"},
    )
    plan = shelf.entrepot.preview(file, into(Mode.UPSERT))
    assert (plan.counts["created"], plan.counts["updated"]) == (4, 1)
    assert set(plan.defaulted) == {(), ("status",), ("status", "note"), ("id", "status")}
    receipt = shelf.entrepot.apply(plan.plan_id)
    assert receipt.counts == plan.counts
    named = {row[1]: row for row in shelf.rows()}
    assert named["bolt"] == (1, "bolt", "old", "changed")
    assert named["a"] == (5, "a", "s", "n")
    assert named["b"] == (6, "b", "new", "none")
    assert named["c"][2:] == ("new", None)
    assert named["d"] == (7, "d", "new", None)
    shelf.place.execute("INSERT INTO parts (name) VALUES ('next')")
    assert len(shelf.rows()) == 6


def test_a_record_fails_only_where_it_would_become_a_row_without_what_that_needs(shelf: Shelf) -> None:
    file = shelf.file({"id": 1, "note": "x"}, {"id": 2, "note": "y"}, {"id": 3, "name": None}, {"id": 4, "name": "z"})
    plan = shelf.entrepot.preview(file, into(Mode.UPSERT))
    assert {name: count for name, count in plan.counts.items() if count} == {"created": 1, "updated": 1, "failed": 2}
    found = [(p.place.record, p.code, p.place.column) for p in plan.problems if p.severity is Severity.ERROR]
    assert found == [(2, "not_given", "name"), (3, "required", "name")]
    assert plan.errors == 2
    with pytest.raises(InputError):
        shelf.entrepot.apply(plan.plan_id)
    assert shelf.rows() == [OLD]
    shelf.entrepot.bring_in(file, into(Mode.UPSERT, errors=Errors.SKIP))
    assert shelf.rows() == [(1, "bolt", "old", "x"), (4, "z", "new", "none")]


def test_every_missing_field_of_a_record_is_told_beside_what_else_is_wrong(shelf: Shelf) -> None:
    file = shelf.file({"id": 2, "status": "x" * 21}, {"id": 3, "name": "y"})
    plan = shelf.entrepot.preview(file, into(Mode.CREATE))
    errors = [(p.place.record, p.code) for p in plan.problems if p.severity is Severity.ERROR]
    assert errors == [(1, "not_given"), (1, "too_long")]
    assert (plan.errors, plan.counts["failed"]) == (2, 1)


def test_no_row_is_made_of_a_record_that_has_nothing(shelf: Shelf) -> None:
    shelf.place.execute("CREATE TABLE bare (a varchar(5) DEFAULT 'a', b varchar(5) DEFAULT 'b')")
    file = shelf.file({"a": "x", "b": None}, {}, {"b": "y"})
    plan = shelf.entrepot.preview(file, ImportRequest(entity="bare"))
    assert [(p.place.record, p.code) for p in plan.problems if p.severity is Severity.ERROR] == [(2, "not_given")]
    shelf.entrepot.bring_in(file, ImportRequest(entity="bare", errors=Errors.SKIP))
    assert sorted(map(tuple, shelf.place.rows("SELECT a, coalesce(b, '-') FROM bare"))) == [("a", "y"), ("x", "-")]
