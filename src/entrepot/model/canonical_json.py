"""JSON as a value: keys sorted, no spaces, strings with the fewest escapes, numbers exact and normalised.

A repeated key is kept, in order of appearance. Text that is not strict JSON (RFC 8259) counts as
the JSON string of it, because a JSON file can hold it in no other way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import msgspec

from entrepot.model.canonical_numbers import canonical_number


def exact(digits: str) -> msgspec.Raw:
    return msgspec.Raw((canonical_number(digits) or digits).encode())


DECODER = msgspec.json.Decoder(float_hook=exact)
ENCODER = msgspec.json.Encoder(order="deterministic")
KEY_END = re.compile(r'"\s*:')
ENORMOUS = re.compile("[0-9]{1000}")
"""Such numbers may need an exponent, which only the exact way writes."""


def canonical_json(text: str) -> str:
    """
    >>> canonical_json('{"b": 1.50, "a": [1e2, "\\\\u00e9"]}')
    '{"a":[100,"é"],"b":1.5}'
    """
    try:
        quick = ENCODER.encode(DECODER.decode(text)).decode()
        if len(KEY_END.findall(text)) == len(KEY_END.findall(quick)) and not ENORMOUS.search(text):
            return quick
        return "".join(parts(exactly(text)))
    except (ValueError, RecursionError):
        return plain(text)


class Pairs(list[tuple[str, object]]):
    """An object with every key it came with, repeated ones too, which a dict would lose."""


class Number(str):
    """The digits of a number."""

    __slots__ = ()


def exactly(text: str) -> object:
    return json.loads(text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number)


def parts(value: object) -> Iterator[str]:
    if isinstance(value, Pairs):
        yield "{"
        for number, (key, item) in enumerate(sorted(value, key=lambda pair: pair[0])):
            yield f"{',' if number else ''}{plain(key)}:"
            yield from parts(item)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for number, item in enumerate(value):
            yield "," if number else ""
            yield from parts(item)
        yield "]"
    else:
        yield (canonical_number(value) or value) if isinstance(value, Number) else plain(value)


def plain(value: object) -> str:
    return ENCODER.encode(value).decode()
