"""Records that all have the same names, as most have: taken apart together, straight into columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any

import msgspec

from entrepot.workbench.json_structures import are_plain, attribute, structure
from entrepot.workbench.reading.json_columns import Column, Values
from entrepot.workbench.reading.json_policy import is_spotless
from entrepot.workbench.reading.json_split import Piece

MOST_COLUMNS = 50
"""With more, names in another order cost more than is saved."""
Columns = Mapping[str, Column]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the last records were like."""

    strings: Mapping[str, bool]
    """The names, and whether all values were strings or null."""

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Any]:
        return msgspec.json.Decoder(structure(self.strings))

    def columns(self, piece: Piece) -> Columns | None:
        """None where a record is otherwise, or something may be wrong with one."""
        decode = self.decoder.decode
        try:
            records = [decode(text) for text in piece.texts]
        except (ValueError, RecursionError):
            return None
        values = {name: list(map(attrgetter(attribute(at)), records)) for at, name in enumerate(self.strings)}
        raw = {name: Values(values[name]) for name, is_string in self.strings.items() if not is_string}
        nested = [value for each in raw.values() for value in each.nested]
        if not is_spotless(piece.whole, len(records) * len(values), nested):
            return None
        return {name: raw[name].read() if name in raw else (texts, True) for name, texts in values.items()}


def shape_of(columns: Columns) -> Shape | None:
    """Of records that had all of these."""
    if len(columns) > MOST_COLUMNS or not are_plain(columns):
        return None
    return Shape(strings={name: strings is True for name, (_, strings) in columns.items()})
