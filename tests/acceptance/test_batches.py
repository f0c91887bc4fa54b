"""Imports in batches: one transaction each, every record once, and nothing of them where too many fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.club import ANN, CASES, SQLITE, Club, code_of, counted, into, opened, table
from contract.databases.case import EngineCase
from entrepot import Entrepot
from entrepot.bystanders import Quiet
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import ChangedError, DamagedError, EntrepotError, InputError, UnavailableError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportRequest

BATCHES = into(Mode.UPSERT, errors=Errors.SKIP, batch_size=3)


@pytest.fixture(params=(SQLITE,))
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


@pytest.fixture(params=CASES)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


def people(*changed: tuple[int, str], count: int = 11) -> str:
    """Records 1 to `count`; ages that fail by our checks (`x`) or by those of the database (`200`)."""
    ages = dict(changed)
    lines = (f"{n},p{n}@example.org,{ages.get(n, '20')},1\n" for n in range(1, count + 1))
    return f"id,email,age,team_id\n{''.join(lines)}"


def marks(club: Club) -> list[int]:
    return [int(str(row[0])) for row in club.place.rows("SELECT unit FROM entrepot_applied ORDER BY unit")]


def test_each_batch_is_a_transaction_and_all_of_it_can_be_taken_back(each: Club) -> None:
    file = each.file(people((2, "x"), (5, "200"), (11, "x")) + "3,p3@example.net,20,1\nfew\n")
    plan = each.entrepot.preview(file, BATCHES)
    assert counted(plan.counts) == {"created": 8, "updated": 1, "failed": 4}
    receipt = each.entrepot.apply(plan.plan_id, errors_to=each.folder / "failed.csv")
    assert counted(receipt.counts) == {"created": 7, "updated": 1, "failed": 5}
    assert receipt.records == sum(receipt.counts.values())
    assert [row[0] for row in each.rows()] == [1, 3, 4, 6, 7, 8, 9, 10]
    assert set(marks(each)) == {0, 1, 2, 3, 4}
    header, *failed = table(each.folder / "failed.csv")
    assert header[-2:] == ["__row", "__error"]
    assert [row[4] for row in failed] == ["2", "5", "11", "12", "13"]
    with pytest.raises(ChangedError) as raised:
        each.entrepot.apply(plan.plan_id)
    assert code_of(raised) == "already_applied"
    each.entrepot.undo(receipt.job)
    assert each.rows() == [ANN]


def test_the_records_that_failed_can_be_corrected(club: Club) -> None:
    receipt = club.entrepot.bring_in(club.file(people((2, "x"), (11, "x"))), BATCHES)
    path = club.entrepot.errors_file(receipt.job, to=club.folder / "failed.csv")
    path.write_text(path.read_text(encoding="utf-8").replace(",x,", ",30,"), encoding="utf-8")
    again = club.entrepot.bring_in(path, ImportRequest(entity="", corrects=receipt.job))
    assert counted(again.counts) == {"created": 2}
    assert len(club.rows()) == 11


def test_more_failures_than_may_be_stop_before_the_first_batch(club: Club) -> None:
    with pytest.raises(InputError) as raised:
        club.entrepot.bring_in(club.file(people((2, "x"), (11, "x"))), replace(BATCHES, max_errors="1"))
    assert code_of(raised) == "too_many_errors"
    assert club.rows() == [ANN]


def test_failures_that_only_the_database_finds_take_all_batches_back(each: Club) -> None:
    file = each.file(people((5, "200"), (8, "200"), (9, "200")))
    with pytest.raises(InputError) as raised:
        each.entrepot.bring_in(file, replace(BATCHES, max_errors="2"))
    assert code_of(raised) == "too_many_errors"
    assert "taken back" in raised.value.message
    assert each.rows() == [ANN]
    assert counted(each.entrepot.bring_in(file, replace(BATCHES, max_errors="3")).counts)["failed"] == 3


@pytest.mark.parametrize(
    "said",
    [
        {"batch_size": 0},
        {"errors": Errors.ALL_OR_NOTHING},
        {"exclusive": True},
    ],
)
def test_what_cannot_be_cut_is_refused(club: Club, said: dict[str, object]) -> None:
    with pytest.raises(EntrepotError) as raised:
        club.entrepot.preview(club.file(people()), replace(BATCHES, **said))  # type: ignore[arg-type]
    assert code_of(raised) == "no_batches"


def test_what_each_batch_wrote_is_read_back_and_added_up(each: Club) -> None:
    file, proving = each.file(people((5, "x"), (8, "200"))), replace(BATCHES, prove=True)
    whole = each.entrepot.bring_in(file, replace(proving, batch_size=None))
    assert [(proof.what, proof.fingerprint.rows) for proof in whole.proofs] == [("created", 8), ("updated", 1)]
    each.entrepot.undo(whole.job)
    broken = Entrepot(each.place.url, config=each.folder / "entrepot.toml", environment={}, reporter=Breaking())
    with pytest.raises(UnavailableError) as raised:
        broken.bring_in(file, proving)
    assert set(marks(each)) == {0, 1}
    (job,) = re.findall(r"resume (\S+)", raised.value.remedy)
    receipt = each.entrepot.resume(job)
    assert isinstance(receipt, ImportReceipt)
    assert receipt.counts == whole.counts
    assert set(receipt.proofs) == set(whole.proofs)


class Breaking(Quiet):
    """The connection breaks off before the third batch is committed."""

    def phase(self, words: str) -> None:
        if words == "Committing batch 3":
            raise UnavailableError("connection_lost", "The connection is lost.", remedy="Run it again.")


@pytest.mark.parametrize("each", CASES[1:2], indirect=True)
def test_what_a_trigger_changes_in_a_later_batch_takes_all_of_them_back(each: Club) -> None:
    each.place.execute(
        """CREATE FUNCTION older() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN IF NEW.id = 7 THEN NEW.age := 99; END IF; RETURN NEW; END$$""",
        "CREATE TRIGGER older BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION older()",
    )
    with pytest.raises(DamagedError) as raised:
        each.entrepot.bring_in(each.file(people()), replace(BATCHES, prove=True))
    assert code_of(raised) == "not_as_sent"
    assert "taken back" in raised.value.message
    assert each.rows() == [ANN]


def test_records_that_refer_to_each_other_are_not_cut(club: Club) -> None:
    club.place.execute("CREATE TABLE parts (id integer PRIMARY KEY, whole integer REFERENCES parts (id))")
    with pytest.raises(InputError) as raised:
        club.entrepot.bring_in(club.file("id,whole\n1,2\n2,\n"), replace(BATCHES, entity="parts"))
    assert code_of(raised) == "no_batches"


def test_a_job_that_is_finished_is_not_taken_up(club: Club) -> None:
    job = club.entrepot.bring_in(club.file(people()), BATCHES).job
    with pytest.raises(ChangedError) as raised:
        club.entrepot.resume(job)
    assert code_of(raised) == "job_finished"


class TakingBack(Quiet):
    """Somebody wants an import back that is still at work."""

    def __init__(self, club: Club) -> None:
        self.club, self.said = club, ""

    def phase(self, words: str) -> None:
        if words == "Committing batch 3":
            with pytest.raises(InputError) as raised:
                self.club.entrepot.undo(self.club.entrepot.undoable()[0].id)
            self.said = code_of(raised)


def test_batches_are_taken_back_behind_their_process_and_not_under_it(club: Club) -> None:
    """Nobody goes on with them afterwards: the first ones would be missing."""
    file, asking = club.file(people()), TakingBack(club)
    config = club.folder / "entrepot.toml"
    whole = Entrepot(club.place.url, config=config, environment={}, reporter=asking).bring_in(file, BATCHES)
    assert asking.said == "job_not_finished"
    club.entrepot.undo(whole.job)
    with pytest.raises(UnavailableError) as raised:
        Entrepot(club.place.url, config=config, environment={}, reporter=Breaking()).bring_in(file, BATCHES)
    (job,) = re.findall(r"resume (\S+)", raised.value.remedy)
    club.entrepot.undo(job)
    assert club.rows() == [ANN]
    with pytest.raises(ChangedError) as refused:
        club.entrepot.resume(job)
    assert code_of(refused) == "job_finished"
