"""Ids sort by time, differ in the same moment, and are names of files and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.model.identifiers import Identifiers, identifier, is_identifier

START = datetime(1999, 12, 31, 23, 59, 59, 998000, tzinfo=UTC)


def test_later_ids_sort_behind_earlier_ones_whatever_chance_says() -> None:
    steps = [timedelta(), timedelta(milliseconds=1), timedelta(milliseconds=2), timedelta(days=1), timedelta(days=9000)]
    made = [identifier("imp", START + step, bytes([255 - 60 * at]) * 5) for at, step in enumerate(steps)]
    assert made == sorted(made)


def test_in_the_same_moment_chance_makes_them_differ() -> None:
    numbers = iter(range(1000))
    identifiers = Identifiers(PinnedClock(), lambda size: next(numbers).to_bytes(size, "big"))
    made = [identifiers.new("imp") for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(is_identifier(each) for each in made)


def test_in_the_same_moment_each_sorts_behind_those_before_it_whatever_chance_says() -> None:
    numbers = iter((7, 3, 2**40 - 1, 5, 5))
    identifiers = Identifiers(PinnedClock(), lambda size: next(numbers).to_bytes(size, "big"))
    made = [identifiers.new("file") for _ in range(3)]
    assert made == sorted(set(made))
    made.extend(identifiers.new("file") for _ in range(2))  # behind the last that there is comes any other
    assert len(set(made)) == 5


@pytest.mark.parametrize(
    "text",
    ["", "imp_", "../imp_1m7yxxkp00000000", "imp_1m7yxxkp0000000/", "imp_1m7yxxkp0000000o", "imp_1m7yxxkp00000000\n"],
)
def test_what_is_no_id_is_told_apart(text: str) -> None:
    assert not is_identifier(text)
