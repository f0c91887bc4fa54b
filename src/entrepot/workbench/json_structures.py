"""Records whose names are known, as structures: decoded twice as fast as dictionaries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

AWKWARD = re.compile(r'["\\\x00-\x1f]')
"""Characters in names that msgspec's structures do not take; dictionaries do, a little slower."""


def are_plain(names: Iterable[str]) -> bool:
    return not any(map(AWKWARD.search, names))


def structure(strings: Mapping[str, bool]) -> type[msgspec.Struct]:
    """With exactly these names; those that are strings become texts (or None), the others stay raw JSON."""
    fields = [
        (attribute(at), str | None if is_string else msgspec.Raw, msgspec.field(name=name))
        for at, (name, is_string) in enumerate(strings.items())
    ]
    return msgspec.defstruct("Record", fields, forbid_unknown_fields=True, gc=False)


def attribute(at: int) -> str:
    """Of the name at that place."""
    return f"f{at}"
