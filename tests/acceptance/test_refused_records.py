"""Records that the database refuses although nothing seemed wrong with them, where records may be skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.club import ANN, CASES, Club, code_of, counted, into, opened, table
from contract.databases.case import EngineCase
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import InputError

SKIP = into(errors=Errors.SKIP)


@pytest.fixture(params=CASES)
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


def people(*records: tuple[int, str, int]) -> str:
    return "id,email,age\n" + "".join(f"{number},{email},{age}\n" for number, email, age in records)


def test_each_is_a_finding_of_its_record_in_the_words_of_the_database_and_the_others_come_in(club: Club) -> None:
    records = [(n, f"p{n}@example.org", 200 if n in (10, 57, 58, 99) else 20) for n in range(10, 100)]
    records[30] = (40, "p39@example.org", 20)
    file = club.file(people(*records))
    receipt = club.entrepot.bring_in(file, SKIP, errors_to=club.folder / "failed.csv")
    assert counted(receipt.counts) == {"created": 85, "failed": 5}
    assert [row[0] for row in club.rows()] == [1, *(n for n in range(10, 100) if n not in (10, 40, 57, 58, 99))]
    failed = {int(row[3]): row[4] for row in table(club.folder / "failed.csv")[1:]}
    assert list(failed) == [1, 31, 48, 49, 90]
    assert all("'people'" in failed[record] and "grown" in failed[record] for record in (1, 48, 49, 90))
    assert "line 1" not in failed[1]
    assert "row 1" not in failed[1]
    problems = {problem.place.record: problem for problem in receipt.warnings}
    assert problems[48].code == "database_refused"
    assert problems[48].place.line == 49


def test_without_leave_to_skip_them_one_keeps_all_out(club: Club) -> None:
    with pytest.raises(InputError) as raised:
        club.entrepot.bring_in(club.file(people((2, "b@example.org", 20), (3, "c@example.org", 200))), into())
    assert code_of(raised) == "database_refused"
    assert club.rows() == [ANN]


def test_rows_that_change_are_tried_as_new_ones_are_and_can_be_taken_back(club: Club) -> None:
    club.place.execute("INSERT INTO people VALUES (2, 'bob@example.org', 20, 2), (3, 'cy@example.org', 20, 2)")
    before = club.rows()
    file = club.file(people((1, "ann@example.org", 31), (2, "bob@example.org", 200), (3, "ann@example.org", 22)))
    receipt = club.entrepot.bring_in(file, replace(SKIP, mode=Mode.UPSERT))
    assert counted(receipt.counts) == {"updated": 1, "failed": 2}
    assert [row[2] for row in club.rows()] == [31, 20, 20]
    assert club.rows()[1:] == before[1:]


def test_more_of_them_than_may_fail_keep_all_records_out(club: Club) -> None:
    file = club.file(people((2, "b@example.org", 20), (3, "c@example.org", 200), (4, "d@example.org", 300)))
    with pytest.raises(InputError) as raised:
        club.entrepot.bring_in(file, replace(SKIP, max_errors="1"))
    assert code_of(raised) == "too_many_errors"
    assert club.rows() == [ANN]
    assert counted(club.entrepot.bring_in(file, replace(SKIP, max_errors="2")).counts) == {"created": 1, "failed": 2}


def test_what_refers_to_a_refused_record_fails_and_what_comes_before_its_parent_does_not(club: Club) -> None:
    club.place.execute(
        "CREATE TABLE parts (id integer PRIMARY KEY, whole integer, size integer,"
        " FOREIGN KEY (whole) REFERENCES parts (id), CHECK (abs(size) < 10))"
    )
    file = club.file("id,whole,size\n1,4,1\n2,3,1\n3,,99\n4,5,1\n5,,1\n", "parts.csv")
    receipt = club.entrepot.bring_in(file, replace(SKIP, entity="parts"), errors_to=club.folder / "failed.csv")
    assert counted(receipt.counts) == {"created": 3, "failed": 2}
    assert [row[0] for row in club.place.rows("SELECT id FROM parts ORDER BY id")] == [1, 4, 5]
    assert [row[3] for row in table(club.folder / "failed.csv")[1:]] == ["2", "3"]


def test_rows_whose_key_the_database_gives_out_are_counted_as_they_came(club: Club) -> None:
    numbered = {"postgres": "serial", "mysql": "integer AUTO_INCREMENT"}.get(club.entrepot.catalog().engine, "integer")
    club.place.execute(f"CREATE TABLE notes (id {numbered} PRIMARY KEY, stars integer CHECK (abs(stars) < 6))")
    file = club.file("stars\n1\n7\n3\n", "notes.csv")
    receipt = club.entrepot.bring_in(file, replace(SKIP, entity="notes"))
    assert counted(receipt.counts) == {"created": 2, "failed": 1}
    assert [row[0] for row in club.place.rows("SELECT stars FROM notes ORDER BY stars")] == [1, 3]
