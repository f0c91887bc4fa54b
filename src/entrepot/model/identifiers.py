"""Names that Entrepot gives to its own things: short, readable, and sorted by the time they were made."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from entrepot.model.ports import Clock

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""In the order of their character codes; without i, l, o and u, which people misread or read as words."""
TIME_CHARACTERS = 9
"""Milliseconds since 1970, enough until the year 3084."""
CHANCE_BYTES = 5
CHANCE_CHARACTERS = 7
MOST = 32**CHANCE_CHARACTERS - 1
FORM = re.compile(rf"[a-z]+_[{ALPHABET}]{{{TIME_CHARACTERS + CHANCE_CHARACTERS}}}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def identifier(prefix: str, moment: datetime, chance: bytes) -> str:
    """`prefix`, the moment to the millisecond, and 35 bits of chance.

    >>> identifier("imp", datetime(2026, 11, 21, 11, 30, tzinfo=UTC), bytes(5))
    'imp_1m7yxxkp00000000'
    """
    number = int.from_bytes(chance[:CHANCE_BYTES], "big")
    return f"{prefix}_{_base32(_milliseconds(moment), TIME_CHARACTERS)}{_base32(number, CHANCE_CHARACTERS)}"


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


def _milliseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _base32(number: int, characters: int) -> str:
    """The last so many digits of `number`."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(characters)))


class Identifiers:
    """Makes them, of a clock and of chance, both of which a test can pin."""

    def __init__(self, clock: Clock, chance: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._chance = chance
        self._last = (0, 0)
        self._lock = threading.Lock()

    def new(self, prefix: str) -> str:
        """Of several of one millisecond, each sorts behind those before it."""
        number = int.from_bytes(self._chance(CHANCE_BYTES), "big") & MOST
        with self._lock:
            moment = self._clock.now()
            millisecond, (before, last) = _milliseconds(moment), self._last
            if millisecond == before and last < MOST:
                number = max(number, last + 1)
            self._last = (millisecond, number)
        return identifier(prefix, moment, number.to_bytes(CHANCE_BYTES, "big"))
