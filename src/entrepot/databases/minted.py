"""Keys for new rows: one number after the other, in blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.templates import Chunk

AT_ONCE = 10_000


def beyond(entity: Entity, field: Field, taken: int, count: int) -> Iterator[Chunk]:
    """The next ones after all that are taken."""
    first = max(taken, 0) + 1
    largest = largest_of(field)
    if first + count - 1 > largest:
        raise InputError(
            "keys_used_up",
            f"{entity.title} has no room for {count:,} more rows: {field.title} ends with {largest:,}, and {taken:,} is"
            " taken.",
            remedy="Give the key a wider type.",
        )
    yield from chunks(range(first, first + count))


def chunks(numbers: Iterable[int]) -> Iterator[Chunk]:
    iterator = iter(numbers)
    while some := list(islice(iterator, AT_ONCE)):
        yield Chunk(data="".join(f"{number}\n" for number in some).encode(), rows=len(some))


def largest_of(field: Field) -> int:
    bits = field.type.bits or 64
    return 2 ** (bits if field.type.unsigned else bits - 1) - 1
