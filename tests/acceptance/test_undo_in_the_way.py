"""A row that cannot become what it was stays, with all that hangs on it, and is told; everything else is taken back."""

from __future__ import annotations

import pytest

from acceptance.test_undo import FILE, SQLITE, Club, club, fates
from contract.databases import postgres_case
from contract.databases.mariadb_case import MariaPlace
from entrepot.importing.undoing import refused
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest
from entrepot.model.undo_plans import UndoPlan, UndoReceipt

__all__ = ["club"]

POSTGRES = pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres)


def foreseen(club: Club, job: str) -> UndoReceipt:
    """The preview says what will be, and writes nothing."""
    before = club.rows()
    plan = club.entrepot.undo_plan(job)
    assert club.rows() == before
    receipt = club.entrepot.undo(job, agreed=plan.digest)
    assert fates(receipt) == fates(plan)
    assert receipt.kept == plan.kept
    return receipt


def told(what: UndoPlan | UndoReceipt) -> set[tuple[str | None, str, str]]:
    return {(row.key[0], str(row.fate), row.reason) for row in what.kept}


def test_what_must_be_unique_and_is_another_rows_by_now_keeps_one_row_only(club: Club) -> None:
    first = club.rows()
    receipt = club.bring_in("id,email,score\n1,ann@new,9\n2,bob@new,9\n3,cy@x,9\n")
    club.place.execute("INSERT INTO people (id, email) VALUES (9, 'ann@x')")
    undone = foreseen(club, receipt.job)
    assert fates(undone) == {"deleted": 1, "restored": 1, "taken": 1}
    assert told(undone) == {("1", "taken", "email")}
    assert [row[:2] for row in club.rows()] == [("1", "ann@new"), ("2", "bob@x"), ("9", "ann@x")]
    club.place.execute("DELETE FROM people WHERE id = 9")
    assert fates(foreseen(club, receipt.job)) == {"already": 2, "restored": 1}
    assert club.rows() == first


def test_values_that_rows_had_of_each_other_go_back_round_the_circle(club: Club) -> None:
    """What one row gives up is free for the next one, whichever comes first; unless it keeps it."""
    first = club.rows()
    assert fates(foreseen(club, moved(club))) == {"deleted": 1, "restored": 2}
    assert club.rows() == first
    job = moved(club)
    club.place.execute("INSERT INTO orders VALUES (1, 3)")
    undone = foreseen(club, job)
    assert fates(undone) == {"taken": 2, "blocked": 1}
    assert told(undone) == {("3", "blocked", "orders"), ("2", "taken", "email"), ("1", "taken", "email")}


def moved(club: Club) -> str:
    """Each record by a transaction of its own, so that the next one finds its value free."""
    file = club.folder / "moved.csv"
    file.write_text("id,email\n1,free@x\n2,ann@x\n3,bob@x\n", encoding="utf-8")
    wanted = ImportRequest(entity="people", mode=Mode.UPSERT, errors=Errors.SKIP, batch_size=1)
    receipt = club.entrepot.bring_in(file, wanted)
    assert receipt.counts["failed"] == 0
    return receipt.job


def test_rows_do_not_come_back_without_those_they_referred_to(club: Club) -> None:
    itself = "" if isinstance(club.place, MariaPlace) else "7"  # which cannot delete such a row
    lines = f"2,bob@x,2\n3,cy@x,2\n4,di@x,3\n5,ed@x,1\n6,flo@x,5\n7,gil@x,{itself}\n8,hal@x,7\n"
    file = f"id,email,boss_id\n{lines}"
    undone = club.entrepot.undo(club.bring_in(file).job)
    assert fates(undone) == {"deleted": 6, "restored": 1}
    gone = undone.job
    club.place.execute("UPDATE people SET boss_id = NULL", "DELETE FROM people WHERE id = 1")
    club.place.execute("INSERT INTO people (id, email) VALUES (9, 'cy@x')")
    back = foreseen(club, gone)
    assert fates(back) == {"edited": 1, "reinserted": 2, "parentless": 3, "taken": 1}
    parentless = {(key, "parentless", "people") for key in "456"}
    assert told(back) == {("2", "edited", ""), ("3", "taken", "email"), *parentless}
    assert [row[0] for row in club.rows()] == ["2", "7", "8", "9"]


def test_a_reference_is_not_given_back_to_a_row_that_is_gone(club: Club) -> None:
    club.place.execute("INSERT INTO people (id, email) VALUES (7, 'gil@x')")
    receipt = club.bring_in("id,email,boss_id\n2,bob@x,7\n7,gil@new,7\n")
    club.place.execute("DELETE FROM people WHERE id = 1")
    undone = foreseen(club, receipt.job)
    assert fates(undone) == {"restored": 1, "parentless": 1}
    assert told(undone) == {("2", "parentless", "people")}


GUARDS = {
    "sqlite": (
        "CREATE TRIGGER stays BEFORE DELETE ON people WHEN OLD.id = 4 BEGIN SELECT RAISE(ABORT, 'four stays'); END",
        "CREATE TRIGGER locked BEFORE UPDATE ON people WHEN OLD.id = 1 BEGIN SELECT RAISE(ABORT, 'one is locked'); END",
    ),
    "postgres": (
        """CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
           IF TG_OP = 'DELETE' AND OLD.id = 4 THEN RAISE 'four stays'; END IF;
           IF TG_OP = 'UPDATE' AND OLD.id = 1 THEN RAISE 'one is locked'; END IF;
           RETURN coalesce(NEW, OLD); END$$""",
        "CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON people FOR EACH ROW EXECUTE FUNCTION guard()",
    ),
    "mariadb": (
        """CREATE TRIGGER stays BEFORE DELETE ON people FOR EACH ROW IF OLD.id = 4 THEN
           SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'four stays'; END IF""",
        """CREATE TRIGGER locked BEFORE UPDATE ON people FOR EACH ROW IF OLD.id = 1 THEN
           SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'one is locked'; END IF""",
    ),
}
UNGUARDED = {
    "sqlite": ("DROP TRIGGER stays", "DROP TRIGGER locked"),
    "postgres": ("DROP TRIGGER guard ON people",),
    "mariadb": ("DROP TRIGGER stays", "DROP TRIGGER locked"),
}


def test_what_the_database_refuses_stays_with_its_words_and_the_rest_is_taken_back(
    club: Club, request: pytest.FixtureRequest
) -> None:
    engine, first = request.node.callspec.id, club.rows()
    lines = "".join(f"{number},p{number}@x,\n" for number in range(10, 40))
    receipt = club.bring_in(f"id,email,boss_id\n1,ann@new,2\n2,bob@new,\n3,cy@x,\n4,di@x,3\n5,ed@x,4\n{lines}")
    club.place.execute(*GUARDS[engine])
    plan = club.entrepot.undo_plan(receipt.job)
    assert fates(plan) == {"deleted": 33, "restored": 2}, "nobody can know before"
    undone = club.entrepot.undo(receipt.job, agreed=plan.digest)
    assert fates(undone) == {"deleted": 31, "restored": 1, "blocked": 1, "refused": 2}
    assert [row[:2] for row in club.rows()] == [("1", "ann@new"), ("2", "bob@x"), ("3", "cy@x"), ("4", "di@x")]
    words = {row.key[0]: row.reason for row in undone.kept}
    assert "one is locked" in words["1"]
    assert "four stays" in words["4"]
    assert words["3"] == "people"
    club.place.execute(*UNGUARDED[engine])
    assert fates(foreseen(club, receipt.job)) == {"already": 32, "deleted": 2, "restored": 1}
    assert club.rows() == first
    assert fates(foreseen(club, undone.job)) == {"reinserted": 30, "parentless": 1, "restored": 1}


@pytest.mark.parametrize("club", [SQLITE], indirect=True)
def test_a_database_that_refuses_far_too_much_is_heard_and_nothing_happens(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused, "MOST", 1)
    receipt = club.bring_in("id,email\n3,cy@x\n4,di@x\n")
    club.place.execute("CREATE TRIGGER stay BEFORE DELETE ON people BEGIN SELECT RAISE(ABORT, 'all stay'); END")
    before = club.rows()
    with pytest.raises(InputError) as caught:
        club.entrepot.undo(receipt.job)
    assert caught.value.code == "database_refused"
    assert "all stay" in caught.value.message
    assert club.rows() == before


SILENT = {
    "sqlite": ("CREATE TRIGGER mute BEFORE DELETE ON people WHEN OLD.id = 4 BEGIN SELECT RAISE(IGNORE); END",),
    "postgres": (
        "CREATE FUNCTION mute() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$",
        "CREATE TRIGGER mute BEFORE DELETE ON people FOR EACH ROW WHEN (OLD.id = 4) EXECUTE FUNCTION mute()",
    ),
}


@pytest.mark.parametrize("club", [SQLITE, POSTGRES], indirect=True)
def test_a_row_that_a_trigger_keeps_without_a_word_is_told_as_well(club: Club, request: pytest.FixtureRequest) -> None:
    receipt = club.bring_in(FILE)
    club.place.execute(*SILENT[request.node.callspec.id])
    undone = club.entrepot.undo(receipt.job)
    assert fates(undone) == {"restored": 1, "blocked": 1, "refused": 1}
    assert {row.reason for row in undone.kept} == {"people", refused.KEPT_OUT}


def test_rows_that_were_made_to_refer_to_new_ones_go_back_before_these(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once: none of them is looked for alone."""
    monkeypatch.setattr(refused, "MOST", 0)
    first = club.rows()
    undone = foreseen(club, club.bring_in("id,email,boss_id\n1,ann@x,3\n2,bob@x,3\n3,cy@x,\n").job)
    assert fates(undone) == {"deleted": 1, "restored": 2}
    assert club.rows() == first
    assert fates(foreseen(club, undone.job)) == {"reinserted": 1, "restored": 2}


TIE = "ADD CONSTRAINT tie FOREIGN KEY (boss_id) REFERENCES people DEFERRABLE INITIALLY DEFERRED"


@pytest.mark.parametrize("club", [POSTGRES], indirect=True)
def test_a_row_that_will_refer_elsewhere_keeps_no_created_one(club: Club) -> None:
    club.place.execute(f"ALTER TABLE people DROP CONSTRAINT people_boss_id_fkey, {TIE}")
    first = club.rows()
    undone = foreseen(club, club.bring_in("id,email,boss_id\n1,ann@x,3\n3,cy@x,4\n4,di@x,\n").job)
    assert fates(undone) == {"deleted": 2, "restored": 1}
    assert club.rows() == first
    back = foreseen(club, undone.job)
    assert fates(back) == {"reinserted": 2, "restored": 1}
    club.place.execute(f"ALTER TABLE people DROP CONSTRAINT tie, {TIE.replace('DEFER', 'ON DELETE CASCADE DEFER', 1)}")
    assert fates(foreseen(club, back.job)) == {"restored": 1, "deleted": 2}
    assert club.rows() == first


STAFF = """CREATE TABLE staff (id integer PRIMARY KEY, name varchar(9), boss_id integer NULL,
    FOREIGN KEY (boss_id) REFERENCES staff (id) ON DELETE {rule})"""
WHO = "SELECT id, name, boss_id FROM staff ORDER BY id"
RULES = pytest.mark.parametrize("rule", ["CASCADE", "SET NULL"])


def with_staff(club: Club, rule: str, columns: str = "boss_id integer NULL") -> str:
    """An import after which 1 refers to 3, and 2 to 4."""
    club.place.execute(STAFF.format(rule=rule).replace("boss_id integer NULL", columns))
    club.place.execute("INSERT INTO staff VALUES (1, 'ann', 1), (2, 'bob', 1)")
    return club.bring_in("id,name,boss_id\n1,ann,3\n2,bo,4\n3,cy,3\n4,di,2\n", entity="staff").job


@RULES
def test_a_row_that_will_refer_elsewhere_neither_goes_with_a_created_one_nor_keeps_it(club: Club, rule: str) -> None:
    undone = foreseen(club, with_staff(club, rule))
    assert (fates(undone), club.rows(WHO)) == ({"deleted": 2, "restored": 2}, [("1", "ann", "1"), ("2", "bob", "1")])
    assert fates(foreseen(club, undone.job)) == {"reinserted": 2, "restored": 2}
    assert club.rows(WHO) == [("1", "ann", "3"), ("2", "bo", "4"), ("3", "cy", "3"), ("4", "di", "2")]


@pytest.mark.parametrize("club", [SQLITE], indirect=True)
@RULES
def test_a_row_that_cannot_refer_elsewhere_does_not_go_with_a_created_one(club: Club, rule: str) -> None:
    job = with_staff(club, rule)
    club.place.execute(
        "CREATE TRIGGER locked BEFORE UPDATE ON staff WHEN OLD.id = 1 BEGIN SELECT RAISE(ABORT, 'one is locked'); END"
    )
    undone = club.entrepot.undo(job)
    assert fates(undone) == {"deleted": 1, "restored": 1, "blocked": 1, "refused": 1}
    assert club.rows(WHO) == [("1", "ann", "3"), ("2", "bob", "1"), ("3", "cy", "3")]


@pytest.mark.parametrize("club", [SQLITE], indirect=True)
def test_a_row_that_must_refer_to_something_keeps_what_it_would_go_with(club: Club) -> None:
    undone = foreseen(club, with_staff(club, "CASCADE", "boss_id integer NOT NULL"))
    assert fates(undone) == {"restored": 2, "blocked": 2}


@pytest.mark.parametrize("club", [SQLITE], indirect=True)
def test_a_reference_that_comes_back_in_part_is_not_emptied_as_a_whole(club: Club) -> None:
    columns = """boss_id integer, team integer DEFAULT 1, UNIQUE (team, id), FOREIGN KEY (team, boss_id)
        REFERENCES staff (team, id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED)"""
    club.place.execute(f"CREATE TABLE staff (id integer PRIMARY KEY, name varchar(9), {columns}")
    club.place.execute("INSERT INTO staff (id, name, boss_id) VALUES (1, 'ann', 1)")
    undone = foreseen(club, club.bring_in("id,boss_id\n1,3\n3,\n", entity="staff").job)
    assert fates(undone) == {"restored": 1, "blocked": 1}
    assert club.rows("SELECT id, boss_id, team FROM staff") == [("1", "1", "1"), ("3", None, "1")]
