"""Poison at the first record, at the last and on both sides of a batch's border, of every kind at once: exactly these
records stay out, each with its own reason; and doing it all once more changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.club import ANN, CASES, Club, counted, into, opened, table
from contract.databases.case import EngineCase
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import InputError

BATCH, LAST = 10, 40
GOOD = "{n},p{n}@example.org,20,1"
POISON = {
    1: ("not_an_integer", "one,p1@example.org,20,1"),
    2: ("required", "2,,20,1"),
    9: ("too_long", f"9,{'x' * 81},20,1"),
    10: ("database_refused", "10,p10@example.org,200,1"),
    11: ("database_refused", "11,p11@example.org,200,1"),
    12: ("no_such_parent", "12,p12@example.org,20,7"),
    20: ("out_of_range", "20,p20@example.org,9999999999999999999,1"),
    21: ("duplicate_in_file", GOOD.format(n=19)),
    30: ("too_many_values", "30,p30@example.org,20,1,more"),
    31: ("too_few_values", "31,p31@example.org"),
    LAST: ("database_refused", f"{LAST},p{LAST}@example.org,-200,1"),
}
SKIP = into(Mode.UPSERT, errors=Errors.SKIP)


@pytest.fixture(params=CASES)
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


def poisoned() -> str:
    lines = (POISON.get(n, ("", GOOD.format(n=n)))[1] for n in range(1, LAST + 1))
    return "\n".join(["id,email,age,team_id", *lines, ""])


def test_exactly_the_poison_stays_out_and_the_second_time_nothing_changes(club: Club) -> None:
    file = club.file(poisoned())
    with pytest.raises(InputError):
        club.entrepot.bring_in(file, into(Mode.UPSERT))
    assert club.rows() == [ANN]
    batches = replace(SKIP, batch_size=BATCH)
    receipt = club.entrepot.bring_in(file, batches, errors_to=club.folder / "failed.csv")
    assert counted(receipt.counts) == {"created": LAST - len(POISON), "failed": len(POISON)}
    assert [row[0] for row in club.rows()] == [1, *(n for n in range(1, LAST + 1) if n not in POISON)]
    failed = {int(row[-2]): row[-1] for row in table(club.folder / "failed.csv")[1:]}
    assert list(failed) == list(POISON)
    of_database = {record for record, (code, _) in POISON.items() if code == "database_refused"}
    assert {record for record, words in failed.items() if "grown" in words} == of_database
    found = {problem.place.record: problem.code for problem in receipt.warnings if problem.place.record}
    assert found == {record: code for record, (code, _) in POISON.items() if record not in of_database}
    before = club.rows()
    again = club.entrepot.bring_in(file, SKIP)
    assert counted(again.counts) == {"unchanged": LAST - len(POISON), "failed": len(POISON)}
    assert club.rows() == before
