"""Parents that are named, by what each database takes for equal; and by names comes in what comes in by ids."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from acceptance.club import CASES, Club, counted
from contract.databases.case import EngineCase
from entrepot import Entrepot, Errors, FieldMapping, ImportRequest, MappingRequest, Mode
from entrepot.bystanders import Quiet
from entrepot.model.errors import ChangedError

NAMES = ("ann", "Ann", "ANN", "ann ", "bé", "be", "a'b", 'say "x"', "1", "01", "x,y", "line\nbreak", "ß", "ss", "naïve")
"""Some databases take some of them for the same."""


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.fixture(params=CASES)
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(
            "CREATE TABLE clubs (id integer PRIMARY KEY, name varchar(40) NOT NULL, town varchar(40) NOT NULL)",
            "CREATE TABLE members (id integer PRIMARY KEY, club_id integer,"
            " FOREIGN KEY (club_id) REFERENCES clubs (id))",
        )
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Club(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def fill(club: Club, *rows: tuple[str, str]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [("id", "name", "town"), *((at, *row) for at, row in enumerate(rows, 1))]
    )
    club.entrepot.bring_in(club.file(text.getvalue(), "clubs.csv"), ImportRequest(entity="clubs"))


def by(*fields: str, ignore_case: bool = False, errors: Errors = Errors.SKIP) -> ImportRequest:
    columns = ("club", "town")[: len(fields)]
    found = FieldMapping(columns=columns, find_by=fields, ignore_case=ignore_case)
    return ImportRequest(entity="members", mapping=MappingRequest(fields={"club_id": found}), errors=errors)


def members(club: Club) -> list[tuple[object, ...]]:
    return [tuple(row) for row in club.place.rows("SELECT id, club_id FROM members ORDER BY id")]


def written(rows: Sequence[Sequence[object]], *head: str) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()


def test_the_database_says_which_names_are_the_same(club: Club) -> None:
    names = ("ANN", "ann", "Bob", "Bob ", "Eve")
    fill(club, ("Ann", "x"), ("Bob", "x"))
    plan = club.entrepot.preview(club.file(written([*enumerate(names, 1)], "id", "club")), by("name"))
    known = [name for name in names if club.place.rows(f"SELECT count(*) FROM clubs WHERE name = '{name}'")[0][0]]
    parents = plan.references[0].parents
    assert (parents.values, parents.found, parents.missing) == (5, len(known), 5 - len(known))
    assert counted(plan.counts) == {"created": len(known), "failed": 5 - len(known)}
    assert {finding.value for finding in plan.findings} == {*names} - {*known}


def test_what_comes_in_by_names_is_what_comes_in_by_ids(club: Club) -> None:
    """Names that the database takes for the same are left out: nobody could say whose they are."""
    chance = random.Random(4)
    fill(club, *((name, f"town {at}") for at, name in enumerate(NAMES)))
    alone = {
        str(name): int(str(key))
        for key, name in club.place.rows("SELECT id, name FROM clubs")
        if club.place.rows(f"SELECT count(*) FROM clubs WHERE name = (SELECT name FROM clubs WHERE id = {key})")[0][0]
        == 1
    }
    chosen = [chance.choice([*NAMES, ""]) for _ in range(200)]
    by_name = [(at, name) for at, name in enumerate(chosen, 1)]
    plan = club.entrepot.preview(club.file(written(by_name, "id", "club")), by("name"))
    club.entrepot.apply(plan.plan_id)
    ids = [(at, alone[name] if name else None) for at, name in by_name if not name or name in alone]
    assert members(club) == ids
    assert plan.references[0].parents.ambiguous == len(NAMES) - len(alone)
    upsert = ImportRequest(entity="members", mode=Mode.UPSERT)
    same = club.entrepot.preview(club.file(written(ids, "id", "club_id")), upsert)
    assert counted(same.counts) == {"unchanged": len(ids)}


def test_several_fields_and_no_case_name_one_parent(club: Club) -> None:
    fill(club, ("Chess", "Ulm"), ("Chess", "Bonn"), ("Go", "Bonn"))
    file = club.file("id,club,town\n1,Chess,Bonn\n2,Go,Bonn\n3,Go,Ulm\n4,,\n")
    receipt = club.entrepot.bring_in(file, by("name", "town"))
    assert counted(receipt.counts) == {"created": 3, "failed": 1}
    assert members(club) == [(1, 2), (2, 3), (4, None)]
    file = club.file("id,club,town\n5,CHESS, ulm\n")
    club.entrepot.bring_in(file, by("name", "town", ignore_case=True, errors=Errors.ALL_OR_NOTHING))
    assert members(club)[-1] == (5, 1)


def test_a_plan_drifts_with_its_parents_and_what_is_done_can_be_undone(club: Club) -> None:
    fill(club, ("Chess", "Ulm"), ("Go", "Bonn"))
    file = club.file("id,club\n1,Chess\n2,Go\n")
    plan = club.entrepot.preview(file, by("name"))
    club.place.execute("UPDATE clubs SET name = 'Chess' WHERE id = 2", "UPDATE clubs SET name = 'Go' WHERE id = 1")
    with pytest.raises(ChangedError) as caught:
        club.entrepot.apply(plan.plan_id)
    assert caught.value.code == "plan_drifted"
    receipt = club.entrepot.bring_in(file, by("name"))
    assert members(club) == [(1, 2), (2, 1)]
    assert club.entrepot.undo(receipt.job).deleted == 2
    assert members(club) == []


class Meddler(Quiet):
    """Changes something when it hears that an import has come so far."""

    def __init__(self, club: Club, words: str, statement: str) -> None:
        self.club, self.words, self.statement = club, words, statement

    def phase(self, words: str) -> None:
        if words.startswith(self.words):
            self.club.place.execute(self.statement)


def test_parents_that_change_while_the_file_is_read_end_the_import(club: Club) -> None:
    fill(club, ("Chess", "Ulm"), ("Go", "Bonn"))
    meddler = Meddler(club, "Checking", "UPDATE clubs SET name = 'Draughts' WHERE id = 1")
    settings = club.folder / "entrepot.toml"
    entrepot = Entrepot(club.place.url, config=settings, environment={}, reporter=meddler)
    with pytest.raises(ChangedError) as caught:
        entrepot.bring_in(club.file("id,club\n1,Chess\n"), by("name"))
    assert caught.value.code == "parents_changed"
    assert members(club) == []
