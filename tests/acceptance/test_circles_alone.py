"""Tables of PostgreSQL that refer to each other in a circle, by keys that neither wait nor can be empty: they come in
where nobody else uses them meanwhile, and everything about the keys is afterwards what it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from acceptance.market import SKIPPING, UPSERT, counted, told
from acceptance.test_tables_in_circles import (
    ALONE,
    CLUBS,
    CLUBS_THERE,
    PEOPLE,
    PEOPLE_FILE,
    PEOPLE_THERE,
    WITHOUT_GREENS,
    League,
    make,
    there_and_back,
)
from contract.databases import postgres_case
from entrepot import Entrepot
from entrepot.model.bundles import BundlePlan
from entrepot.model.errors import InputError, UnavailableError
from integration.postgres.test_exclusive_lane import DEFINED

pytestmark = pytest.mark.postgres
SKIPPING_ALONE = replace(ALONE, each=replace(ALONE.each, errors=SKIPPING.each.errors))


@pytest.fixture
def league(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[League]:
    with postgres_case.CASE.place(request, tmp_path) as place:
        make(place, null=" NOT NULL")
        place.execute("COMMENT ON CONSTRAINT captains ON clubs IS 'it''s him'")
        yield League(place, tmp_path, Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}))


def keys(league: League) -> list[tuple[object, ...]]:
    return [tuple(row) for row in league.place.rows(DEFINED)]


def test_a_circle_comes_in_and_is_taken_back(league: League) -> None:
    before = keys(league)
    there_and_back(league, league.files(WITHOUT_GREENS), ALONE)
    assert keys(league) == before


def test_a_plan_says_who_waits_and_is_carried_out(league: League) -> None:
    before = keys(league)
    plan = league.entrepot.preview(league.files(WITHOUT_GREENS), ALONE)
    assert isinstance(plan, BundlePlan)
    assert {part.lane for part in plan.parts} == {"mapped, exclusive"}
    assert plan.parts[0].locks == ('"public"."clubs"', '"public"."people"')
    receipt = league.entrepot.apply(plan.plan_id)
    assert (receipt.lane, league.rows()) == ("mapped, exclusive", (CLUBS_THERE[:2], PEOPLE_THERE))
    undo = league.entrepot.undo_plan(receipt.job)
    assert set(undo.locks) == {'"public"."clubs"', '"public"."people"'}
    assert keys(league) == before


def test_rows_that_are_there_change_in_a_circle(league: League) -> None:
    league.entrepot.bring_in(league.files(WITHOUT_GREENS), ALONE)
    before, there = keys(league), league.rows()
    files = league.files("id,name,captain_id\n1,Reds,31\n5,Golds,12\n", "id,name,club_id\n31,Eve,5\n12,Bob,5\n")
    job = league.entrepot.bring_in(files, ALONE)
    assert counted(job.counts) == {"created": 2, "updated": 2}
    assert league.rows() == ([(1, 31), (2, 21), (5, 12)], [(11, 1), (12, 5), (21, 2), (31, 5)])
    assert league.entrepot.undo(job.job).left == 0
    assert (league.rows(), keys(league)) == (there, before)


def test_what_fails_lets_down_whatever_refers_to_it_all_around(league: League) -> None:
    """Also what only the database refuses: club 4 breaks a rule of its table."""
    before = keys(league)
    people = PEOPLE_FILE.replace("12,Bob,1", "12,Bob,9") + "41,Flo,4\n"
    files = league.files(WITHOUT_GREENS + "4,Limes,41\n", people)
    plan = league.entrepot.preview(files, SKIPPING_ALONE)
    assert isinstance(plan, BundlePlan)
    assert {name: [(record, code) for record, code, _ in lines] for name, lines in told(plan).items()} == {
        "clubs": [(1, "parent_failed")],
        "people": [(1, "parent_failed"), (2, "no_such_parent")],
    }
    receipt = league.entrepot.bring_in(files, SKIPPING_ALONE)
    assert (counted(receipt.counts), league.rows()) == ({"created": 2, "failed": 5}, ([(2, 21)], [(21, 2)]))
    assert keys(league) == before


def test_a_row_that_a_trigger_leaves_without_its_parent_takes_everything_back(league: League) -> None:
    """No check of ours can know of it: the keys find it when they come back."""
    league.place.execute(
        "CREATE FUNCTION astray() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.captain_id := 99; RETURN NEW; END$$",
        "CREATE TRIGGER astray BEFORE INSERT ON clubs FOR EACH ROW EXECUTE FUNCTION astray()",
    )
    before = keys(league)
    with pytest.raises(InputError, match=r"\(captain_id\)=\(99\)"):
        league.entrepot.bring_in(league.files(WITHOUT_GREENS), ALONE)
    assert (league.rows(), keys(league)) == (([], []), before)


def test_whoever_does_not_leave_the_tables_keeps_all_out(league: League) -> None:
    before = keys(league)
    with psycopg.connect(league.place.url) as somebody, pytest.MonkeyPatch.context() as patch:
        patch.setattr("entrepot.importing.attempts.ATTEMPTS", 1)
        patch.setattr("entrepot.databases.postgres.moving.LOCK_SECONDS", 1)
        somebody.execute("SELECT FROM people")
        with pytest.raises(UnavailableError) as caught:
            league.entrepot.bring_in(league.files(WITHOUT_GREENS), ALONE)
    assert caught.value.code == "locked"
    assert (league.rows(), keys(league)) == (([], []), before)


def test_a_key_that_would_not_come_back_as_it_was_is_no_way_in(league: League) -> None:
    """One that was never checked for all rows; and one that lets rows follow what they refer to, which they would not
    while it is away."""
    league.place.execute(
        "ALTER TABLE clubs DROP CONSTRAINT captains",
        "ALTER TABLE clubs ADD CONSTRAINT captains FOREIGN KEY (captain_id) REFERENCES people (id) NOT VALID",
        "ALTER TABLE people DROP CONSTRAINT people_club_id_fkey",
        "ALTER TABLE people ADD CONSTRAINT home FOREIGN KEY (club_id) REFERENCES clubs (id) NOT VALID",
    )
    for asked in (UPSERT, ALONE):
        with pytest.raises(InputError) as caught:
            league.entrepot.preview(league.files(WITHOUT_GREENS), asked)
        assert caught.value.code == "references_in_circle"
        assert "--exclusive" not in caught.value.remedy


def test_rows_that_follow_what_they_refer_to_follow_still(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Such a key stays where what it refers to may change, and is moved where it is what rows are found by."""
    with postgres_case.CASE.place(request, tmp_path) as place:
        place.execute(
            CLUBS.format(null=" NOT NULL", reference=""),
            PEOPLE.replace("(id))", "(id) ON UPDATE CASCADE)"),
            "ALTER TABLE clubs ADD FOREIGN KEY (captain_id) REFERENCES people (id) ON UPDATE CASCADE",
            "ALTER TABLE clubs ADD UNIQUE (name)",
            "ALTER TABLE people ADD UNIQUE (name)",
        )
        league = League(place, tmp_path, Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}))
        files = league.files(WITHOUT_GREENS)
        by_name = replace(ALONE, each=replace(ALONE.each, key=("name",)))
        with pytest.raises(InputError) as caught:
            league.entrepot.preview(files, by_name)
        assert caught.value.code == "references_in_circle"
        league.entrepot.bring_in(files, ALONE)
        assert league.rows() == (CLUBS_THERE[:2], PEOPLE_THERE)


def test_nothing_is_taken_back_in_a_circle_that_somebody_else_holds(league: League) -> None:
    receipt = league.entrepot.bring_in(league.files(WITHOUT_GREENS), ALONE)
    league.place.execute("INSERT INTO people VALUES (99, 'Zoe', 1)")
    undone = league.entrepot.undo(receipt.job)
    assert (undone.deleted, undone.blocked) == (3, 2)
    assert league.rows() == ([(1, 12)], [(12, 1), (99, 1)])


def test_a_database_with_such_a_circle_is_copied(league: League, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with closing(sqlite3.connect(tmp_path / "source" / "league.db")) as connection:
        connection.executescript(
            f"{CLUBS.format(null=' NOT NULL', reference='')};{PEOPLE};"
            "INSERT INTO clubs VALUES (1, 'Reds', 12), (2, 'Blues', 21);"
            "INSERT INTO people VALUES (11, 'Ann', 1), (12, 'Bob', 1), (21, 'Cy', 2)"
        )
    source = f"sqlite:///{tmp_path}/source/league.db"
    with pytest.raises(InputError) as caught:
        league.entrepot.copy(source=source)
    assert "--exclusive" in caught.value.remedy
    assert counted(league.entrepot.copy(source=source, request=ALONE).counts) == {"created": 5}
    assert league.rows() == (CLUBS_THERE[:2], PEOPLE_THERE)
