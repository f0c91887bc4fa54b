"""An estimate is made of what the preview took: nothing but the weight of the engine is a constant."""

from __future__ import annotations

import pytest

from entrepot.importing.estimate import STARTING, Taken, estimated
from entrepot.model.changes import Writing
from entrepot.model.drafts import Reading, Staged
from entrepot.model.mappings import ColumnMapping
from entrepot.model.plans import DraftFile, ImportPlan, ImportRequest

WRITING = Writing(created=2.0, updated=4.0, waiting="others wait", all_wait=True)


def plan(records: int, **counts: int) -> ImportPlan:
    return ImportPlan(
        digest="",
        file=DraftFile(name="a.csv", bytes=1, sha256=""),
        engine="sqlite",
        database="a",
        entity="a",
        request=ImportRequest(entity="a"),
        staged=Staged(reading=Reading(), columns=(), records=records),
        mapping=ColumnMapping(mapped=()),
        key=(),
        fields=(),
        compared=(),
        counts=counts,
    )


@pytest.mark.parametrize(
    ("counts", "locked"),
    [
        ({"created": STARTING}, 3.0 + 4.0),
        ({"created": STARTING // 4, "updated": STARTING // 4, "skipped": STARTING // 2}, 3.0 + 3.0),
        ({"unchanged": STARTING}, 3.0),
    ],
)
def test_only_rows_that_are_written_cost_more_than_a_look(counts: dict[str, int], locked: float) -> None:
    found = estimated(plan(STARTING, **counts), Taken(reading=4.0, comparing=3.0), WRITING)
    assert found.locked == pytest.approx(locked)
    assert found.seconds == pytest.approx(locked + 4.0)
    assert (found.waiting, found.all_wait) == ("others wait", True)


def test_an_empty_file_takes_no_time() -> None:
    assert estimated(plan(0), Taken(reading=0.0, comparing=0.0), WRITING).seconds == pytest.approx(0.0)


def test_to_start_is_not_paid_for_each_of_a_few_rows() -> None:
    found = estimated(plan(8, created=8), Taken(reading=1.0, comparing=0.1), WRITING)
    assert found.locked == pytest.approx(0.1, abs=0.01)


def test_who_writes_while_reading_keeps_others_waiting_all_the_time() -> None:
    found = estimated(plan(100, created=100), Taken(reading=4.0, comparing=3.0), WRITING, streamed=True)
    assert found.locked == found.seconds
