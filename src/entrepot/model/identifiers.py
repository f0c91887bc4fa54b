"""Names that Entrepot gives to its own things: short, readable, and sorted by the time they were made."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from entrepot.model.ports import Clock

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""In the order of their character codes; without i, l, o and u, which people misread or read as words."""
TIME_CHARACTERS = 9
"""Milliseconds since 1970, enough until the year 3084."""
CHANCE_BYTES = 5
CHANCE_CHARACTERS = 7
FORM = re.compile(rf"[a-z]+_[{ALPHABET}]{{{TIME_CHARACTERS + CHANCE_CHARACTERS}}}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def identifier(prefix: str, moment: datetime, chance: bytes) -> str:
    """`prefix`, the moment to the millisecond, and 35 bits of chance.

    >>> identifier("imp", datetime(2026, 11, 21, 11, 30, tzinfo=UTC), bytes(5))
    'imp_1m7yxxkp00000000'
    """
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    number = int.from_bytes(chance[:CHANCE_BYTES], "big")
    return f"{prefix}_{_base32(milliseconds, TIME_CHARACTERS)}{_base32(number, CHANCE_CHARACTERS)}"


def is_identifier(text: str) -> bool:
    """Whether `text` looks like one: then it is also the name of a file in one folder, and nothing else."""
    return FORM.fullmatch(text) is not None


def made_at(id: str) -> datetime:
    """When it was made, by the clock of whoever made it.

    >>> made_at("imp_1m7yxxkp00000000").isoformat()
    '2026-11-21T11:30:00+00:00'
    """
    milliseconds = 0
    for character in id.rpartition("_")[2][:TIME_CHARACTERS]:
        milliseconds = milliseconds << 5 | ALPHABET.index(character)
    return EPOCH + timedelta(milliseconds=milliseconds)


def _base32(number: int, characters: int) -> str:
    """The last so many digits of `number`."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(characters)))


class Identifiers:
    """Makes them, of a clock and of chance, both of which a test can pin."""

    def __init__(self, clock: Clock, chance: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._chance = chance

    def new(self, prefix: str) -> str:
        return identifier(prefix, self._clock.now(), self._chance(CHANCE_BYTES))
