"""What an import did can be taken back, as far as nobody changed it since; and so can the undo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.cli import main
from entrepot.ledger.jobs import Jobs
from entrepot.ledger.journals import Journals
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.errors import ChangedError, DamagedError, InputError, PartialError, StorageError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportRequest
from entrepot.model.undo_plans import UndoCounts
from entrepot.model.undoing import Fate

SQLITE = pytest.param(sqlite_case.CASE, id="sqlite")
CASES = (
    SQLITE,
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
COUNTERS = {
    "sqlite": "integer PRIMARY KEY",
    "postgres": "serial PRIMARY KEY",
    "mariadb": "integer AUTO_INCREMENT PRIMARY KEY",
}
PEOPLE = """CREATE TABLE people (id integer PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, score decimal(8,2),
    boss_id integer, state varchar(10) DEFAULT 'new', FOREIGN KEY (boss_id) REFERENCES people (id))"""
ORDERS = """CREATE TABLE orders (id integer PRIMARY KEY, person_id integer NOT NULL,
    FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE CASCADE)"""
OLD = "INSERT INTO people VALUES (1, 'ann@x', 1.5, NULL, 'old'), (2, 'bob@x', NULL, 1, NULL)"
STATE = "SELECT id, email, score, boss_id, state FROM people ORDER BY id"


@dataclass(frozen=True)
class Club:
    place: Place
    folder: Path
    entrepot: Entrepot

    def bring_in(self, text: str, mode: Mode = Mode.UPSERT, entity: str = "people") -> ImportReceipt:
        file = self.folder / "rows.csv"
        file.write_text(text, encoding="utf-8")
        conflict = None if mode is Mode.CREATE else OnConflict.OVERWRITE
        return self.entrepot.bring_in(file, ImportRequest(entity=entity, mode=mode, on_conflict=conflict))

    def rows(self, query: str = STATE) -> list[tuple[object, ...]]:
        return [tuple(None if value is None else str(value) for value in row) for row in self.place.rows(query)]

    def fingerprint(self) -> str:
        return str(self.entrepot.fingerprint())


@pytest.fixture(params=CASES)
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(PEOPLE, ORDERS, OLD)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Club(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def fates(told: UndoCounts) -> dict[str, int]:
    names = (field.name for field in fields(UndoCounts))
    return {name: getattr(told, name) for name in names if getattr(told, name)}


FILE = "id,email,score,boss_id\n1,ann@new,9.5,2\n2,bob@x,,1\n3,cy@x,2.50,1\n4,di@x,,3\n"


def test_an_undo_gives_the_first_state_back_and_its_own_undo_the_second(club: Club) -> None:
    first = club.fingerprint()
    receipt = club.bring_in(FILE)
    second = club.fingerprint()
    plan = club.entrepot.undo_plan(receipt.job)
    assert fates(plan) == {"deleted": 2, "restored": 1}
    assert club.fingerprint() == second
    (difference,) = plan.differences
    assert (difference.key, difference.before[0], difference.after[0]) == (("1",), "ann@new", "ann@x")
    undone = club.entrepot.undo(receipt.job, agreed=plan.digest)
    assert fates(undone) == fates(plan)
    assert club.fingerprint() == first
    back = club.entrepot.undo(undone.job)
    assert fates(back) == {"restored": 1, "reinserted": 2}
    assert club.fingerprint() == second
    club.entrepot.undo(back.job)
    assert club.fingerprint() == first


def test_rows_that_somebody_changed_since_stay(club: Club) -> None:
    club.place.execute("INSERT INTO people (id, email) VALUES (7, 'gil@x')")
    receipt = club.bring_in(FILE + "5,ed@x,,\n6,flo@x,1,\n7,gil@x,1,\n")
    club.place.execute("UPDATE people SET score = 3 WHERE id = 1", "UPDATE people SET state = 'seen' WHERE id = 5")
    club.place.execute("DELETE FROM people WHERE id = 6", "DELETE FROM people WHERE id = 7")
    before = club.rows()
    undone = club.entrepot.undo(receipt.job)
    assert fates(undone) == {"deleted": 2, "edited": 2, "gone": 1, "already": 1}
    assert [(row.key, row.fate) for row in undone.kept] == [
        (("5",), Fate.EDITED),
        (("1",), Fate.EDITED),
        (("7",), Fate.GONE),
    ]
    assert club.rows() == [row for row in before if row[0] in {"1", "2", "5"}]


def test_rows_to_which_others_refer_stay_with_all_they_refer_to(club: Club) -> None:
    """Deleting them would take the others along."""
    receipt = club.bring_in("id,email,score,boss_id\n3,cy@x,,1\n4,di@x,,3\n5,ed@x,,4\n6,flo@x,,5\n7,gil@x,,\n")
    club.place.execute("INSERT INTO orders VALUES (1, 5), (2, 5)")
    plan = club.entrepot.undo_plan(receipt.job)
    assert fates(plan) == {"deleted": 2, "blocked": 3}
    assert plan.blocked_by["orders"] == 2
    assert {(row.key, row.reason) for row in plan.kept} >= {(("5",), "orders")}
    club.entrepot.undo(receipt.job, agreed=plan.digest)
    assert [row[0] for row in club.rows()] == ["1", "2", "3", "4", "5"]
    assert len(club.rows("SELECT id FROM orders")) == 2


def test_a_second_undo_finds_nothing_to_do(club: Club) -> None:
    receipt = club.bring_in("id,email\n1,ann@new\n3,cy@x\n")
    first = club.entrepot.undo(receipt.job)
    plan = club.entrepot.undo_plan(receipt.job)
    assert plan.undone_by == first.job
    assert fates(plan) == {"already": 2}
    assert fates(club.entrepot.undo(receipt.job)) == {"already": 2}


@pytest.mark.parametrize("club", [SQLITE], indirect=True)
def test_imports_of_the_same_rows_are_taken_back_from_the_last_to_the_first(club: Club) -> None:
    """The first one finds its rows changed, by whomever; and each undo, too, is taken back once only."""
    first = club.rows()
    older = club.bring_in("id,email\n1,ann@new\n3,cy@x\n").job
    newer = club.bring_in("id,email\n1,ann@newer\n3,cy@new\n").job
    assert fates(club.entrepot.undo(older)) == {"edited": 2}
    undone = club.entrepot.undo(newer).job
    assert [fates(club.entrepot.undo(undone)) for _ in range(2)] == [{"restored": 2}, {"already": 2}]
    assert fates(club.entrepot.undo(newer)) == {"restored": 2}
    assert fates(club.entrepot.undo(older)) == {"deleted": 1, "restored": 1}
    assert club.rows() == first


def test_nothing_happens_if_the_rows_are_not_those_of_the_preview(club: Club) -> None:
    receipt = club.bring_in(FILE)
    plan = club.entrepot.undo_plan(receipt.job)
    club.place.execute("UPDATE people SET score = 7 WHERE id = 3")
    before = club.rows()
    with pytest.raises(ChangedError) as caught:
        club.entrepot.undo(receipt.job, agreed=plan.digest)
    assert caught.value.code == "plan_drifted"
    assert club.rows() == before


def test_keys_that_the_database_gave_out_are_known(club: Club, request: pytest.FixtureRequest) -> None:
    counter = COUNTERS[request.node.callspec.id]
    club.place.execute(f"CREATE TABLE notes (id {counter}, body varchar(40), state varchar(5) DEFAULT 'new')")
    club.place.execute("INSERT INTO notes (body) VALUES ('mine')")
    receipt = club.bring_in("body\nfirst\nsecond\nfirst\n", Mode.CREATE, "notes")
    assert fates(club.entrepot.undo(receipt.job)) == {"deleted": 3}
    assert [row[0] for row in club.rows("SELECT body FROM notes")] == ["mine"]


def test_rows_without_a_key_stay_and_are_counted(club: Club) -> None:
    club.place.execute("CREATE TABLE words (body varchar(40))")
    receipt = club.bring_in("body\nfirst\nsecond\n", Mode.CREATE, "words")
    assert fates(club.entrepot.undo_plan(receipt.job)) == {"forgotten": 2}


def test_values_that_are_only_written_differently_are_no_edit(club: Club) -> None:
    club.place.execute(
        "CREATE TABLE things (id integer PRIMARY KEY, n decimal(10,4), t varchar(9), f double precision)"
    )
    receipt = club.bring_in("id,n,t,f\n1,1.50,a,1e3\n2,+2,b,0.1\n", Mode.CREATE, "things")
    assert fates(club.entrepot.undo_plan(receipt.job)) == {"deleted": 2}


def test_an_import_that_changed_nothing_has_nothing_to_undo(club: Club) -> None:
    receipt = club.bring_in("id,email,score,boss_id,state\n1,ann@x,1.5,,old\n")
    with pytest.raises(InputError) as caught:
        club.entrepot.undo(receipt.job)
    assert caught.value.code == "nothing_to_undo"


def test_a_damaged_journal_is_said_and_changes_nothing(club: Club) -> None:
    receipt = club.bring_in(FILE)
    before = club.rows()
    for path in (club.folder / ".entrepot" / "artifacts").iterdir():
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(DamagedError):
        club.entrepot.undo(receipt.job)
    assert club.rows() == before


def test_a_table_that_lost_a_field_is_refused(club: Club) -> None:
    receipt = club.bring_in("id,email,score\n3,cy@x,2\n", Mode.CREATE)
    club.place.execute("ALTER TABLE people DROP COLUMN score")
    with pytest.raises(ChangedError) as caught:
        club.entrepot.undo(receipt.job)
    assert caught.value.code == "schema_changed"


def test_an_unknown_job_is_named() -> None:
    with pytest.raises(InputError):
        Entrepot("sqlite:///nothing.db", environment={}).undo("imp_nothing")


@pytest.mark.parametrize("club", [SQLITE], indirect=True)
def test_on_the_command_line(club: Club, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(club.folder)
    before = club.rows()
    job = club.bring_in(FILE).job
    words = ["--db", club.place.url]
    assert main(["undo", *words]) == 0
    assert job in capsys.readouterr().out
    assert main(["undo", job, "--dry-run", *words]) == 0
    assert "2  that were created are deleted again" in capsys.readouterr().out
    club.place.execute("UPDATE people SET score = 3 WHERE id = 1")
    assert main(["undo", job, "--yes", "--json", *words]) == PartialError.exit_code
    told = json.loads(capsys.readouterr().out)
    assert (told["undoes"], told["deleted"], told["edited"]) == (job, 2, 1)
    assert main(["undo", told["job"], "--yes", *words]) == 0
    assert "come back" in capsys.readouterr().out
    assert len(club.rows()) == len(before) + 2


TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER stamp AFTER INSERT ON stamped BEGIN UPDATE stamped SET seen = 'yes' WHERE id = NEW.id; END",
        "CREATE TRIGGER shout AFTER UPDATE OF name ON stamped BEGIN UPDATE stamped SET name = upper(name); END",
    ),
    "postgres": (
        """CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
           IF TG_OP = 'INSERT' THEN NEW.seen := 'yes'; ELSE NEW.name := upper(NEW.name); END IF; RETURN NEW; END$$""",
        "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON stamped FOR EACH ROW EXECUTE FUNCTION stamp()",
    ),
    "mariadb": (
        "CREATE TRIGGER stamp BEFORE INSERT ON stamped FOR EACH ROW SET NEW.seen = 'yes'",
        "CREATE TRIGGER shout BEFORE UPDATE ON stamped FOR EACH ROW SET NEW.name = upper(NEW.name)",
    ),
}


def test_what_triggers_made_of_the_rows_is_no_edit(club: Club, request: pytest.FixtureRequest) -> None:
    club.place.execute(
        "CREATE TABLE stamped (id integer PRIMARY KEY, name varchar(40), seen varchar(5))",
        "INSERT INTO stamped VALUES (1, 'ann', NULL)",
        *TRIGGERS[request.node.callspec.id],
    )
    receipt = club.bring_in("id,name,seen\n1,anna,\n2,bob,\n", entity="stamped")
    assert club.rows("SELECT id, name, seen FROM stamped ORDER BY id") == [("1", "ANNA", None), ("2", "bob", "yes")]
    assert fates(club.entrepot.undo_plan(receipt.job)) == {"deleted": 1, "restored": 1}


def test_rows_that_leave_other_fields_to_the_database_are_taken_back_together(club: Club) -> None:
    file = club.folder / "rows.ndjson"
    file.write_text(
        '{"id": 3, "email": "c@x", "score": null, "boss_id": null, "state": null}\n'
        '{"id": 4, "email": "d@x"}\n{"id": 5, "email": "e@x", "state": "NULL"}\n',
        encoding="utf-8",
    )
    before = club.fingerprint()
    receipt = club.entrepot.bring_in(file, ImportRequest(entity="people"))
    assert [row[4] for row in club.rows()[2:]] == [None, "new", "NULL"]
    assert fates(club.entrepot.undo(receipt.job)) == {"deleted": 3}
    assert club.fingerprint() == before


def test_the_rows_that_a_job_changed_are_named_in_a_file(club: Club, request: pytest.FixtureRequest) -> None:
    counter = COUNTERS[request.node.callspec.id]
    club.place.execute(f"CREATE TABLE notes (id {counter}, code varchar(9) NOT NULL UNIQUE, body varchar(9))")
    club.place.execute("INSERT INTO notes (code, body) VALUES ('a,b', 'old')")
    receipt = club.bring_in('code,body\n"a,b",new\nc,new\n', entity="notes")
    club.entrepot.changes(receipt.job, to=club.folder / "changed.csv")
    made = club.rows("SELECT id FROM notes WHERE code = 'c'")[0][0]
    lines = (club.folder / "changed.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["change,id,code", f"created,{made},", 'updated,,"a,b"']
    with pytest.raises(StorageError) as caught:
        club.entrepot.changes(receipt.job, to=club.folder / "changed.csv")
    assert caught.value.code == "target_exists"


def test_what_somebody_wrote_into_a_new_field_keeps_its_row(club: Club) -> None:
    """The journal knows nothing of it, so nobody could bring it back."""
    receipt = club.bring_in("id,email\n3,cy@x\n4,di@x\n")
    club.place.execute("ALTER TABLE people ADD note varchar(9)", "UPDATE people SET note = 'dear' WHERE id = 3")
    undone = club.entrepot.undo(receipt.job)
    assert fates(undone) == {"deleted": 1, "edited": 1}
    assert [row[0] for row in club.rows()] == ["1", "2", "3"]
    assert fates(club.entrepot.undo(undone.job)) == {"reinserted": 1}


class KilledError(BaseException):
    """Nothing of ours sees it, as nothing sees a kill -9."""


def killed(*_: object, **__: object) -> None:
    raise KilledError


def test_what_a_killed_process_had_committed_can_be_taken_back(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    first = club.fingerprint()
    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(Jobs, "finish", killed)
        club.bring_in(FILE)
    (job,) = club.entrepot.undoable()
    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(Jobs, "finish", killed)
        club.entrepot.undo(job.id)
    assert club.fingerprint() == first
    undone = club.entrepot.undoable()[0]
    assert club.entrepot.undo_plan(job.id).undone_by == undone.id
    assert fates(club.entrepot.undo(undone.id)) == {"restored": 1, "reinserted": 2}


def test_what_a_killed_process_had_not_committed_did_not_happen(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    before, add = club.rows(), Journals.add

    def add_and_die(*given: Any, **named: Any) -> None:
        add(*given, **named)
        raise KilledError

    with monkeypatch.context() as patched, pytest.raises(KilledError):
        patched.setattr(Journals, "add", add_and_die)
        club.bring_in(FILE)
    (job,) = club.entrepot.undoable()
    with pytest.raises(InputError) as caught:
        club.entrepot.undo(job.id)
    assert caught.value.code == "nothing_to_undo"
    assert club.rows() == before
