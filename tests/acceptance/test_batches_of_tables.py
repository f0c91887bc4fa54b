"""Several tables in batches: one after the other, parents first; what failed of one is known to all behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.club import ANN, CASES, SQLITE, Club, code_of, counted, opened, table
from acceptance.test_batches import Breaking, marks, people
from contract.databases.case import EngineCase
from entrepot import BundleRequest, Entrepot
from entrepot.model.bundles import BundlePlan, BundleReceipt
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import ChangedError, InputError, UnavailableError
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportRequest

PETS = "CREATE TABLE pets (id integer PRIMARY KEY, owner integer NOT NULL, FOREIGN KEY (owner) REFERENCES people (id))"
EACH = ImportRequest(entity="", mode=Mode.UPSERT, errors=Errors.SKIP, batch_size=3)
BATCHES = BundleRequest(each=EACH)
OWNED = [(n, n) for n in (1, 3, 4, 6, 7, 8, 9, 10)]


@pytest.fixture(params=(SQLITE,))
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        found.place.execute(PETS)
        yield found


@pytest.fixture(params=CASES)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        found.place.execute(PETS)
        yield found


def files(club: Club, *wrong: tuple[int, str]) -> list[Path]:
    """Eleven people, and a pet of each."""
    pets = "".join(f"{n},{n}\n" for n in range(1, 12))
    return [club.file(f"id,owner\n{pets}", "pets.csv"), club.file(people(*wrong))]


def pets_of(club: Club) -> list[tuple[object, ...]]:
    return [tuple(row) for row in club.place.rows("SELECT id, owner FROM pets ORDER BY id")]


def of_several(found: object) -> BundleReceipt:
    assert isinstance(found, BundleReceipt)
    return found


def test_who_refers_to_a_record_that_fails_fails_in_a_later_batch_and_all_can_be_taken_back(each: Club) -> None:
    given = files(each, (2, "x"), (5, "200"), (11, "x"))
    plan = each.entrepot.preview(given, BATCHES)
    assert isinstance(plan, BundlePlan)
    assert [counted(part.counts) for part in plan.parts] == [
        {"created": 8, "updated": 1, "failed": 2},
        {"created": 9, "failed": 2},
    ]
    folder = each.folder / "failed"
    folder.mkdir()
    receipt = of_several(each.entrepot.apply(plan.plan_id, errors_to=folder))
    assert [counted(part.counts) for part in receipt.parts] == [
        {"created": 7, "updated": 1, "failed": 3},
        {"created": 8, "failed": 3},
    ]
    assert [row[0] for row in each.rows()] == [1, 3, 4, 6, 7, 8, 9, 10]
    assert pets_of(each) == OWNED
    assert set(marks(each)) == set(range(8))
    assert [row[4] for row in table(folder / "people.failed.csv")] == ["__row", "2", "5", "11"]
    assert [row[0] for row in table(folder / "pets.failed.csv")] == ["id", "2", "5", "11"]
    assert "people.csv" in table(folder / "pets.failed.csv")[2][3]
    with pytest.raises(ChangedError) as raised:
        each.entrepot.apply(plan.plan_id)
    assert code_of(raised) == "already_applied"
    each.entrepot.undo(receipt.job)
    assert (each.rows(), pets_of(each)) == ([ANN], [])


def test_failures_that_only_the_database_finds_take_the_batches_of_all_tables_back(club: Club) -> None:
    given = files(club, (5, "200"), (8, "200"))
    with pytest.raises(InputError) as raised:
        club.entrepot.bring_in(given, replace(BATCHES, each=replace(EACH, max_errors="1")))
    assert code_of(raised) == "too_many_errors"
    assert "taken back" in raised.value.message
    assert (club.rows(), pets_of(club)) == ([ANN], [])
    with pytest.raises(InputError) as refused:
        club.entrepot.bring_in(files(club, (5, "x"), (8, "x")), replace(BATCHES, each=replace(EACH, max_errors="1")))
    assert code_of(refused) == "too_many_errors"
    assert set(marks(club)) == {0, 1, 2}


class BreakingLater(Breaking):
    """When the people are there, and some of the pets."""

    def phase(self, words: str) -> None:
        if words == "Committing batch 6":
            raise UnavailableError("connection_lost", "The connection is lost.", remedy="Run it again.")


@pytest.mark.parametrize("breaking", [Breaking, BreakingLater])
def test_a_successor_knows_what_failed_of_the_tables_that_stand(club: Club, breaking: type[Breaking]) -> None:
    """Somebody else gives a row the id that failed: it is not what the pets mean."""
    given = files(club, (2, "x"), (5, "200"), (11, "x"))
    broken = Entrepot(club.place.url, config=club.folder / "entrepot.toml", environment={}, reporter=breaking())
    with pytest.raises(UnavailableError) as raised:
        broken.bring_in(given, BATCHES)
    (job,) = re.findall(r"resume (\S+)", raised.value.remedy)
    club.place.execute("INSERT INTO people VALUES (5, 'somebody@example.org', 1, 1)")
    receipt = of_several(club.entrepot.resume(job))
    assert [counted(part.counts)["failed"] for part in receipt.parts] == [3, 3]
    assert pets_of(club) == OWNED
    club.entrepot.undo(job)
    assert pets_of(club) == []


def test_what_failed_can_be_given_back(club: Club) -> None:
    receipt = of_several(club.entrepot.bring_in(files(club, (2, "x"), (11, "x")), BATCHES))
    folder = club.folder / "failed"
    folder.mkdir()
    club.entrepot.errors_file(receipt.job, to=folder)
    path = folder / "people.failed.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",x,", ",30,"), encoding="utf-8")
    given = [path, folder / "pets.failed.csv"]
    again = club.entrepot.bring_in(given, BundleRequest(each=ImportRequest(entity="", corrects=receipt.job)))
    assert counted(again.counts) == {"created": 4}
    assert len(pets_of(club)) == len(club.rows()) == 11


def test_records_that_refer_to_each_other_come_in_by_one_transaction_beside_tables_that_are_cut(club: Club) -> None:
    club.place.execute(
        "CREATE TABLE parts (id integer PRIMARY KEY, whole integer REFERENCES parts (id), owner integer)",
    )
    parts = "".join(f"{n},{n + 1 if n < 7 else ''},1\n" for n in range(1, 8))
    given = [*files(club), club.file(f"id,whole,owner\n{parts}", "parts.csv")]
    plan = club.entrepot.preview(given, BATCHES)
    told = [problem.message for problem in plan.problems if problem.code == "not_cut"]
    assert len(told) == 1
    assert "parts" in told[0]
    receipt = of_several(club.entrepot.apply(plan.plan_id))
    assert counted(receipt.counts) == {"created": 28, "updated": 1}
    assert set(marks(club)) == set(range(9))
    club.entrepot.undo(receipt.job)
    assert club.place.rows("SELECT count(*) FROM parts") == [(0,)]


def test_tables_that_refer_to_each_other_in_a_circle_are_one_batch(each: Club) -> None:
    later = "ALTER TABLE clubs ADD FOREIGN KEY (captain) REFERENCES heads (id)"
    captain = "" if each.place.url.startswith("sqlite") else later
    each.place.execute(
        f"CREATE TABLE clubs (id integer PRIMARY KEY, captain integer {'' if captain else 'REFERENCES heads (id)'})",
        "CREATE TABLE heads (id integer PRIMARY KEY, club integer, FOREIGN KEY (club) REFERENCES clubs (id))",
        *filter(None, [captain]),
    )
    heads = "".join(f"{n},{n}\n" for n in range(1, 8))
    given = [
        *files(each, (2, "x")),
        each.file(f"id,club\n{heads}8,x\n", "heads.csv"),
        each.file(f"id,captain\n{heads}8,8\n", "clubs.csv"),
    ]
    receipt = of_several(each.entrepot.bring_in(given, BATCHES))
    assert {part.entity: counted(part.counts) for part in receipt.parts} == {
        "people": {"created": 9, "updated": 1, "failed": 1},
        "pets": {"created": 10, "failed": 1},
        "heads": {"created": 7, "failed": 1},
        "clubs": {"created": 7, "failed": 1},
    }
    assert [tuple(row) for row in each.place.rows("SELECT id, captain FROM clubs ORDER BY id")] == [
        (n, n) for n in range(1, 8)
    ]
    assert set(marks(each)) == set(range(10))
    each.entrepot.undo(receipt.job)
    assert each.rows() == [ANN]
    assert [list(each.place.rows(f"SELECT id FROM {name}")) for name in ("clubs", "heads")] == [[], []]


def test_several_files_of_one_table_are_cut_across_and_each_has_its_own_errors_file(club: Club) -> None:
    first = club.file(people((2, "x"), (4, "200"), count=4), "old.csv")
    text = people((6, "x"), (9, "200"), count=9).splitlines(keepends=True)
    second = club.file("".join([text[0], *text[5:]]), "new.csv")
    said = replace(BATCHES, into={"old": "people", "new": "people"})
    receipt = of_several(club.entrepot.bring_in([first, second, files(club)[0]], said))
    shares = {share.title: counted(share.counts) for share in receipt.parts[0].shares}
    assert shares == {"new.csv": {"created": 3, "failed": 2}, "old.csv": {"created": 1, "updated": 1, "failed": 2}}
    folder = club.folder / "failed"
    folder.mkdir()
    club.entrepot.errors_file(receipt.job, to=folder)
    assert [row[4] for row in table(folder / "new.failed.csv")] == ["__row", "2", "5"]
    assert [row[4] for row in table(folder / "old.failed.csv")] == ["__row", "2", "4"]
    assert pets_of(club) == [(n, n) for n in (1, 3, 5, 7, 8)]


def test_a_parent_that_is_named_is_found_in_the_batches_before(club: Club) -> None:
    club.file(people((5, "200")))
    pets = "".join(f"{n},p{n}@example.org\n" for n in range(1, 8))
    pets_file = club.file(f"id,owner\n{pets}", "pets.csv")
    mapping = MappingRequest(fields={"owner": FieldMapping(columns=("owner",), find_by=("email",))})
    said = replace(BATCHES, tables={"pets": replace(EACH, mapping=mapping)})
    receipt = of_several(club.entrepot.bring_in([club.folder / "people.csv", pets_file], said))
    assert counted(receipt.parts[1].counts) == {"created": 6, "failed": 1}
    assert pets_of(club) == [(n, n) for n in (1, 2, 3, 4, 6, 7)]


RENAMED = "id,email,age\n1,new@example.org,31\n2,ann@example.org,2\n3,c@example.org,3\n4,d@example.org,4\n"


@pytest.mark.parametrize(
    ("given", "mother", "owned"),
    [("email,age\nann@example.org,31\nnew@example.org,2\n", "", (1, 1)), (RENAMED, ",mother", (2, 1))],
)
def test_what_its_own_batches_did_to_parents_that_are_named_was_nobody_else(
    club: Club, given: str, mother: str, owned: tuple[int, int]
) -> None:
    club.place.execute("ALTER TABLE pets ADD COLUMN mother integer REFERENCES pets (id)")
    none = "," if mother else ""
    pets = f"id,owner{mother}\n1,ann@example.org{none}\n2,new@example.org{none}\n"
    mapping = MappingRequest(fields={"owner": FieldMapping(columns=("owner",), find_by=("email",))})
    said = replace(BATCHES, tables={"pets": replace(EACH, mapping=mapping)})
    receipt = of_several(club.entrepot.bring_in([club.file(given), club.file(pets, "pets.csv")], said))
    assert counted(receipt.parts[1].counts) == {"created": 1, "failed": 1}
    assert pets_of(club) == [owned]


def test_all_tables_are_asked_for_in_batches_or_none(club: Club) -> None:
    said = BundleRequest(each=EACH, tables={"pets": replace(EACH, batch_size=None)})
    with pytest.raises(InputError) as raised:
        club.entrepot.preview(files(club), said)
    assert code_of(raised) == "not_together"
