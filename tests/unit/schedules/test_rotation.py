"""Which outputs stay: what any rule wants, and whatever happens the last good one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.jobs.schedules.keeping import keep_of
from entrepot.jobs.schedules.rotation import Keep, Output, Rotation, rotate
from entrepot.model.errors import InputError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def made(days_ago: float, **facts: Any) -> Output:
    plain = Output(id=f"o{days_ago:+09.3f}", made_at=NOW - timedelta(days=days_ago), bytes=10, good=True)
    return replace(plain, **facts)


def kept(outputs: list[Output], keep: Keep) -> list[float]:
    return [float((NOW - one.made_at) / timedelta(days=1)) for one, _ in rotate(outputs, keep, NOW, ZONE).kept]


def test_the_last_ones_stay() -> None:
    assert kept([made(day) for day in range(10)], Keep(last=3)) == [0, 1, 2]


def test_failed_and_empty_ones_neither_count_nor_go() -> None:
    outputs = [made(0, good=False), made(1, bytes=0), made(2), made(3), made(4)]
    found = rotate(outputs, Keep(last=2), NOW, ZONE)
    assert [one.id for one, _ in found.kept] == [made(2).id, made(3).id]
    assert found.removed == (made(4),)
    assert found.ignored == (outputs[0], outputs[1])


def test_the_last_good_one_stays_however_old_and_large_it_is() -> None:
    outputs = [made(1, good=False), made(400, bytes=10**12), made(500)]
    found = rotate(outputs, Keep(within=timedelta(days=30), size=10**9), NOW, ZONE)
    assert [one.id for one, _ in found.kept] == [outputs[1].id]


def test_pinned_ones_stay_and_take_nobodys_place() -> None:
    outputs = [made(0), made(1, pinned=True), made(2), made(3), made(9, pinned=True)]
    assert kept(outputs, Keep(last=2)) == [0, 1, 2, 9]


def test_a_date_to_come_makes_nothing_go() -> None:
    outputs = [made(-30), made(-1), made(1), made(2)]
    assert kept(outputs, Keep(last=1)) == [-30, -1, 1]


def test_of_equal_moments_the_same_one_stays_whoever_looks() -> None:
    outputs = [made(1, id=name) for name in "cab"]
    for order in (outputs, outputs[::-1]):
        assert [one.id for one in rotate(order, Keep(last=1), NOW, ZONE).removed] == ["a", "b"]


def test_days_weeks_and_months_keep_their_last_ones() -> None:
    outputs = [made(half / 2) for half in range(200)]
    found = rotate(outputs, Keep(daily=2, weekly=2, monthly=3), NOW, ZONE)
    assert [(f"{one.made_at:%m-%d %H}", reasons) for one, reasons in found.kept] == [
        ("11-22 12", ("the last good one", "daily", "weekly", "monthly")),
        ("11-21 12", ("daily",)),
        ("11-15 12", ("weekly",)),
        ("10-31 12", ("monthly",)),
        ("09-30 12", ("monthly",)),
    ]


def test_days_are_those_of_the_zone() -> None:
    """23:30 in UTC is the next day in Berlin."""
    late, early = datetime(2026, 11, 20, 23, 30, tzinfo=UTC), datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    outputs = [made(0, id="a", made_at=late), made(0, id="b", made_at=early)]
    assert len(rotate(outputs, Keep(daily=5), NOW, ZONE).kept) == 2
    assert len(rotate(outputs, Keep(daily=5), NOW, ZoneInfo("UTC")).kept) == 1


def test_a_day_without_any_takes_no_place() -> None:
    assert kept([made(0), made(30), made(60)], Keep(daily=2)) == [0, 30]


def test_the_oldest_go_until_the_rest_fits() -> None:
    outputs = [made(0), made(1, bytes=50), made(2), made(3), made(4)]
    assert kept(outputs, Keep(size=75)) == [0, 1, 2]
    assert kept(outputs, Keep(last=2, size=75)) == [0, 1]


@st.composite
def several(draw: st.DrawFn) -> list[Output]:
    facts = st.tuples(
        st.integers(-48, 24 * 100), st.integers(0, 5), st.booleans(), st.sampled_from([False, False, False, True])
    )
    return [
        Output(id=f"o{at:02}", made_at=NOW - timedelta(hours=hours), bytes=size, good=good, pinned=pinned)
        for at, (hours, size, good, pinned) in enumerate(draw(st.lists(facts, max_size=40)))
    ]


OUTPUTS = several()
COUNTS = st.none() | st.integers(1, 6)
KEEPS = st.builds(
    Keep,
    last=COUNTS,
    daily=COUNTS,
    weekly=COUNTS,
    monthly=COUNTS,
    within=st.none() | st.integers(1, 60).map(lambda days: timedelta(days=days)),
    size=st.none() | st.integers(1, 60),
)


def ids(found: Rotation) -> set[str]:
    return {one.id for one, _ in found.kept}


@settings(max_examples=100)
@given(outputs=OUTPUTS, keep=KEEPS)
def test_only_good_ones_go_and_never_the_last_a_pinned_or_a_future_one(outputs: list[Output], keep: Keep) -> None:
    found = rotate(outputs, keep, NOW, ZONE)
    past = sorted((one.made_at, one.id) for one in outputs if one.good and one.bytes and one.made_at <= NOW)
    for one in found.removed:
        assert one.good
        assert one.bytes
        assert not one.pinned
        assert one.made_at <= NOW
        assert (one.made_at, one.id) != past[-1]
    assert sorted([*ids(found), *(one.id for one in (*found.removed, *found.ignored))]) == [one.id for one in outputs]


@settings(max_examples=100)
@given(outputs=OUTPUTS, keep=KEEPS)
def test_rotating_again_removes_nothing_more(outputs: list[Output], keep: Keep) -> None:
    left = [one for one, _ in rotate(outputs, keep, NOW, ZONE).kept]
    assert rotate(left, keep, NOW, ZONE).removed == ()


@settings(max_examples=100)
@given(outputs=OUTPUTS, keep=KEEPS, more=st.integers(1, 3))
def test_asking_for_more_removes_no_more(outputs: list[Output], keep: Keep, more: int) -> None:
    """But for a limit in bytes, where a newer one takes the room of an older."""
    asked = replace(keep, size=None, last=keep.last or 1)
    wider = replace(asked, last=(asked.last or 0) + more)
    assert ids(rotate(outputs, asked, NOW, ZONE)) <= ids(rotate(outputs, wider, NOW, ZONE))


@settings(max_examples=100)
@given(outputs=OUTPUTS, keep=KEEPS, size=st.integers(0, 5))
def test_a_failed_run_makes_no_difference(outputs: list[Output], keep: Keep, size: int) -> None:
    failed = Output(id="zz", made_at=NOW, bytes=size, good=False)
    assert ids(rotate([*outputs, failed], keep, NOW, ZONE)) == ids(rotate(outputs, keep, NOW, ZONE))


@settings(max_examples=100)
@given(outputs=OUTPUTS, size=st.integers(1, 60))
def test_what_stays_fits_unless_it_must_stay(outputs: list[Output], size: int) -> None:
    found = rotate(outputs, Keep(size=size), NOW, ZONE)
    free = [one for one, reasons in found.kept if set(reasons) == {"all"}]
    assert not free or sum(one.bytes for one, _ in found.kept) <= size


@settings(max_examples=100)
@given(outputs=OUTPUTS, keep=KEEPS, chance=st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_listed_does_not_matter(outputs: list[Output], keep: Keep, chance: Random) -> None:
    shuffled = list(outputs)
    chance.shuffle(shuffled)
    assert rotate(shuffled, keep, NOW, ZONE) == rotate(outputs, keep, NOW, ZONE)


def test_what_to_keep_is_read_as_people_write_it() -> None:
    found = keep_of({"daily": 7, "weekly": "4", "within": "90d", "size": "10 GB"}, "keep")
    assert found == Keep(daily=7, weekly=4, within=timedelta(days=90), size=10 * 10**9)
    assert keep_of({}, "keep") is None


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"dayly": 7}, "unknown_rule"),
        ({"last": 0}, "wrong_count"),
        ({"last": "many"}, "wrong_count"),
        ({"last": True}, "wrong_count"),
        ({"last": -1}, "wrong_count"),
        ({"within": "soon"}, "wrong_duration"),
        ({"size": "10"}, "wrong_size"),
        ({"size": "0 GB"}, "wrong_size"),
        ({"size": 10}, "wrong_size"),
    ],
)
def test_what_is_no_rule_is_refused_with_its_place(given_: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as caught:
        keep_of(given_, "[[schedules]] nightly: keep")
    assert caught.value.code == code
    assert "[[schedules]] nightly: keep" in caught.value.message
    assert caught.value.remedy
