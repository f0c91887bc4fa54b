"""How far a job is, where others make some of it."""

from __future__ import annotations

from entrepot.jobs.worker.telling import Telling


def rows(telling: Telling) -> int:
    told = telling.progress()
    assert told is not None
    return int(told["rows"])


def test_what_others_have_made_counts_once_and_progress_never_goes_back() -> None:
    telling = Telling()
    telling.begin("events", 100)
    seen = []
    for here, elsewhere in ((10, 0), (0, 30), (5, 30), (0, 10), (15, 10), (10, 0)):
        telling.advance(here, here)
        telling.elsewhere(elsewhere)
        seen.append(telling._facts()["rows"])
    assert seen == [10, 40, 45, 45, 45, 45]
    telling.advance(60, 60)
    assert rows(telling) == 100
    telling.begin("others", 100)
    telling.advance(1, 1)
    assert rows(telling) == 1
