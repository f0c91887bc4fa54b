"""How much of a job is done: over all entities and phases, and never less than before."""

from __future__ import annotations

import random

from entrepot.model.whole import BEFORE, MOST, ROWS, WHATEVER, Whole

PHASES = (
    "Opening a snapshot",
    "Reading a.csv",
    "Checking 5 records",
    "Comparing with users",
    "Keeping 3 rows of users",
)


def test_rows_of_all_entities_count_by_how_many_there_are() -> None:
    whole = Whole()
    whole.expect({"users": 100, "orders": 300})
    seen = []
    for name, total in (("users", 100), ("orders", 300)):
        whole.begin(name, total)
        seen.append(whole.percent)
        whole.advance(total)
        seen.append(whole.percent)
    assert seen == [0.0, ROWS / 4, ROWS / 4, ROWS]


def test_an_estimate_that_was_too_high_is_made_up_for_when_the_next_begins() -> None:
    whole = Whole()
    whole.expect({"users": 100, "orders": 100})
    whole.begin("users", 100)
    whole.advance(10)
    assert whole.percent == ROWS / 20
    whole.begin("orders", 100)
    assert whole.percent == ROWS / 2


def test_entities_of_which_nobody_knows_how_many_rows_they_have_go_on_all_the_same() -> None:
    whole, seen = Whole(), [0.0]
    whole.expect({"users": None, "orders": None})
    for name in ("users", "orders"):
        whole.begin(name, None)
        for _ in range(5):
            whole.advance(20_000)
            seen.append(whole.percent)
    assert seen == sorted(set(seen))
    assert seen[5] < ROWS / 2 < seen[6]


def test_what_was_counted_since_is_known() -> None:
    whole = Whole()
    whole.expect({"users": None, "orders": None})
    whole.begin("users", 100)
    whole.advance(50)
    assert whole.percent == ROWS / 4


def test_all_tables_of_an_import_are_expected_together() -> None:
    whole = Whole()
    for words in PHASES:
        whole.phase(words)
    before = whole.percent
    assert 25 < before < BEFORE
    whole.expect({WHATEVER: 40})
    for name in ("users, changed", "users, new", "orders, new", "users, new"):
        whole.begin(name, 10)
        whole.advance(10)
    assert whole.percent == ROWS


def test_it_never_falls_and_ends_below_the_end_whatever_is_told() -> None:
    dice, whole, seen = random.Random(7), Whole(), [0.0]
    phases = (*PHASES, "Committing", "Taking fingerprints", "Storing the files")
    for _ in range(2_000):
        name = dice.choice(("users", "orders", "events"))
        dice.choice(
            (
                lambda name=name: whole.begin(name, dice.choice((None, 0, 50, 5_000))),
                lambda: whole.phase(dice.choice(phases)),
                lambda: whole.advance(dice.randrange(1_000)),
                lambda name=name: whole.expect({name: dice.choice((None, 100)), WHATEVER: 7}),
            )
        )()
        seen.append(whole.percent)
    assert seen == sorted(seen)
    assert seen[-1] <= MOST


def test_an_attempt_after_another_goes_on_from_what_was_told() -> None:
    whole = Whole(60.0)
    whole.phase("Reading a.csv")
    whole.expect({WHATEVER: 10})
    whole.begin("users", 10)
    assert whole.percent == 60.0
    whole.advance(5)
    assert whole.percent == 75.0
