"""What people write for a time is understood, or refused with one clear problem."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entrepot.jobs.schedules.expressions import five_fields
from entrepot.jobs.schedules.timing import time_zone
from entrepot.model.errors import InputError

MEANT = {
    "daily": "0 0 * * *",
    "daily at 02:00": "0 2 * * *",
    "  Daily   at 2:05 ": "5 2 * * *",
    "weekly": "0 0 * * mon",
    "weekly on mon at 02:00": "0 2 * * mon",
    "weekly on Monday, thursday at 23:59": "59 23 * * mon,thu",
    "monthly on 1 at 02:00": "0 2 1 * *",
    "monthly on last at 02:00": "0 2 L * *",
    "monthly on 1, 15": "0 0 1,15 * *",
    "hourly": "0 * * * *",
    "hourly at :15": "15 * * * *",
    "0 2 * * *": "0 2 * * *",
    "*/15 8-17 * * MON-FRI": "*/15 8-17 * * mon-fri",
}
REFUSED = {
    "": "says no time",
    "61 2 * * *": "minute '61'",
    "0 24 * * *": "hour '24'",
    "0 2 32 * *": "day-of-month '32'",
    "0 2 * 13 *": "month '13'",
    "0 2 * * fry": "day-of-week 'fry'",
    "0 2 30 2 *": "day-of-month '30', which never comes",
    "*/0 * * * *": "minute '*/0'",
    "0 0 2 * * *": "6 fields",
    "0 2 * *": "4 fields",
    "@daily": "is no time",
    "dayly at 02:00": "is no time",
    "daily on mon": "comes every day",
    "daily at 24:00": "the time '24:00'",
    "daily at 2": "the time '2'",
    "weekly on 1": "the day '1'",
    "monthly on 31": "not every month has",
    "monthly on 0": "the day '0'",
    "hourly at 15:00": "for a minute",
    "hourly on mon": "comes every hour",
    "0 0 1 1 1 " + "9" * 300: "too long",
}


@pytest.mark.parametrize(("text", "cron"), MEANT.items())
def test_a_time_in_words_is_a_cron_expression(text: str, cron: str) -> None:
    assert five_fields(text, "cron") == cron


@pytest.mark.parametrize(("text", "fact"), REFUSED.items())
def test_what_is_no_time_is_refused_with_its_place_and_a_remedy(text: str, fact: str) -> None:
    with pytest.raises(InputError) as caught:
        five_fields(text, "[[schedules]] nightly: cron")
    assert caught.value.code == "wrong_time"
    assert caught.value.message.startswith("[[schedules]] nightly: cron '")
    assert fact in caught.value.message
    assert caught.value.remedy


def test_what_was_probably_meant_is_said() -> None:
    with pytest.raises(InputError) as caught:
        five_fields("@dayly", "cron")
    assert "Did you mean 'daily'?" in caught.value.remedy


@given(st.text(alphabet="0123456789*/-,#L ADMNOTUEWlwy:@²\x00", max_size=30))
@example("5L 5L 5L 5L 5L")
@example("1#9 L-1 LW/0 ,, 7#")
@example("9" * 60 + " * * * *")
def test_nothing_that_is_typed_ends_otherwise_than_refused_or_understood(text: str) -> None:
    try:
        assert len(five_fields(text, "cron").split(" ")) == 5
    except InputError as error:
        assert error.code == "wrong_time"


@pytest.mark.parametrize("name", ["Europe/Berln", "Europe", "", "../../etc/passwd", "/etc/localtime", "a\0b"])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        time_zone(name)
    assert caught.value.code == "unknown_zone"


def test_a_mistyped_time_zone_is_guessed() -> None:
    with pytest.raises(InputError, match="Europe/Berln") as caught:
        time_zone("Europe/Berln")
    assert "Europe/Berlin" in caught.value.remedy
