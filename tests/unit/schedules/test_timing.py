"""Due times, also on the days that have 23 and 25 hours: each once, in their order, forward and back the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.jobs.schedules.timing import next_due, timing
from entrepot.jobs.schedules.wording import coming, explained, span

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
FORWARD = datetime(2026, 3, 28, 12, tzinfo=UTC)
"""The day before Berlin's clocks go forward, at 02:00."""
BACK = datetime(2026, 10, 24, 12, tzinfo=UTC)
"""The day before they go back, at 03:00."""


def walls(cron: str, zone: str, after: datetime, most: int) -> list[str]:
    at = timing(cron, zone)
    return [f"{due.at.astimezone(at.zone):%d %H:%M%z}" for due in islice(at.after(after), most)]


def test_a_time_that_does_not_exist_runs_once_when_the_clock_jumps_over_it() -> None:
    found = walls("30 2 * * *", BERLIN, FORWARD, 3)
    assert found == ["29 03:00+0200", "30 02:30+0200", "31 02:30+0200"]


def test_a_time_that_comes_twice_runs_once() -> None:
    found = walls("30 2 * * *", BERLIN, BACK, 3)
    assert found == ["25 02:30+0200", "26 02:30+0100", "27 02:30+0100"]


def test_several_times_that_the_clock_jumps_over_are_one_run() -> None:
    assert walls("*/15 2,3 * * *", BERLIN, FORWARD, 5) == [
        "29 03:00+0200",
        "29 03:15+0200",
        "29 03:30+0200",
        "29 03:45+0200",
        "30 02:00+0200",
    ]


def test_what_runs_every_hour_runs_in_the_hour_that_comes_twice() -> None:
    after = datetime(2026, 10, 24, 23, 45, tzinfo=UTC)
    expected = ["25 02:30+0200", "25 02:30+0100", "25 03:30+0100"]
    assert walls("30 * * * *", BERLIN, after, 3) == expected
    assert walls("30 0-23 * * *", BERLIN, after, 3) == expected


def test_what_runs_every_hour_leaves_out_the_hour_that_is_left_out() -> None:
    after = datetime(2026, 3, 29, 0, 15, tzinfo=UTC)
    assert walls("30 * * * *", BERLIN, after, 3) == ["29 01:30+0100", "29 03:30+0200", "29 04:30+0200"]


def test_a_day_without_midnight_begins_when_it_begins() -> None:
    after = datetime(2026, 4, 23, 12, tzinfo=UTC)
    assert walls("daily", "Africa/Cairo", after, 2) == ["24 01:00+0300", "25 00:00+0300"]


def test_half_an_hour_that_comes_twice_counts_once() -> None:
    after = datetime(2026, 4, 4, 13, tzinfo=UTC)
    assert walls("45 1 * * *", "Australia/Lord_Howe", after, 2) == ["05 01:45+1100", "06 01:45+1030"]


def test_between_the_two_the_first_one_does_not_come_again() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 02:45 for the first time
    second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 02:15 for the second time
    for moment in (between, second):
        assert walls("30 2 * * *", BERLIN, moment, 1) == ["26 02:30+0100"]


def test_the_last_day_of_a_month_is_the_last_day() -> None:
    after = datetime(2026, 1, 15, tzinfo=UTC)
    assert walls("monthly on last at 02:00", "UTC", after, 3) == ["31 02:00+0000", "28 02:00+0000", "31 02:00+0000"]


CRONS = st.sampled_from(
    ["30 2 * * *", "*/20 * * * *", "0,30 1-3 * * *", "15 */2 * * *", "0 0 * * 0", "5 0-23 29 3 *", "*/7 2 25 10 *"]
)
ZONES = st.sampled_from([BERLIN, NEW_YORK, "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
MINUTES = st.integers(0, 60 * 24 * 4)


@settings(max_examples=100)
@given(cron=CRONS, zone=ZONES, start=st.sampled_from([FORWARD, BACK]), minutes=MINUTES, seconds=st.integers(0, 59))
def test_looking_back_finds_what_looking_ahead_found(
    cron: str, zone: str, start: datetime, minutes: int, seconds: int
) -> None:
    at, end = timing(cron, zone), start + timedelta(minutes=minutes, seconds=seconds, microseconds=7)
    ahead = []
    for due in at.after(start):
        if due.at > end:
            break
        ahead.append(due.at)
    assert ahead == sorted({*ahead})
    assert at.latest(start, end, 10_000) == tuple(ahead)
    assert at.latest(start, end, 2) == tuple(ahead[-2:])


@settings(max_examples=60)
@given(zone=ZONES, start=st.sampled_from([FORWARD, BACK]), minute=st.integers(0, 59))
def test_what_runs_every_hour_is_every_moment_whose_clock_shows_that_minute(
    zone: str, start: datetime, minute: int
) -> None:
    at, end = timing(f"{minute} * * * *", zone), start + timedelta(days=1)
    moments = [start + timedelta(minutes=passed) for passed in range(1, 60 * 24 + 1)]
    assert list(at.latest(start, end, 1000)) == [one for one in moments if one.astimezone(at.zone).minute == minute]


@settings(max_examples=60)
@given(zone=ZONES, start=st.sampled_from([FORWARD, BACK]), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_what_runs_daily_runs_once_on_every_day_of_the_calendar(
    zone: str, start: datetime, hour: int, minute: int
) -> None:
    at = timing(f"{minute} {hour} * * *", zone)
    days = [due.at.astimezone(at.zone).date() for due in islice(at.after(start), 7)]
    assert days == [days[0] + timedelta(days=number) for number in range(7)]


def test_the_next_time_is_later_even_than_itself() -> None:
    first = next_due("daily at 02:00", "UTC", FORWARD)
    assert first is not None
    assert next_due("daily at 02:00", "UTC", first) == first + timedelta(days=1)


def test_the_next_runs_are_told_in_words() -> None:
    found = [run.words for run in coming(timing("daily at 02:30", BERLIN), FORWARD, 2)]
    assert found == [
        "Sun 29 Mar 2026, 03:00 (in 13 hours; instead of 02:30, which the clock jumps over)",
        "Mon 30 Mar 2026, 02:30 (in 36 hours)",
    ]
    (twice,) = coming(timing("daily at 02:30", BERLIN), BACK, 1)
    assert twice.words == "Sun 25 Oct 2026, 02:30 (in 12 hours; the first of the two times that the clock shows it)"


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("daily at 02:00", "At 02:00 every day, Europe/Berlin"),
        ("0 2 1 * mon", "At 02:00 on the first day of month and on Monday, Europe/Berlin"),
    ],
)
def test_an_expression_is_told_in_words(cron: str, words: str) -> None:
    assert explained(timing(cron, BERLIN)) == words


def test_lengths_of_time_are_told_roughly() -> None:
    assert [span(timedelta(minutes=minutes)) for minutes in (1, 90, 180, 60 * 47, 60 * 49)] == [
        "1 minute",
        "90 minutes",
        "3 hours",
        "47 hours",
        "2 days",
    ]
