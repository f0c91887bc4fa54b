"""The next keys of a table, as long as its type has room for them."""

from __future__ import annotations

import pytest

from entrepot.databases.minted import AT_ONCE, beyond
from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.types import Kind, LogicalType

KEY = Field(name="id", type=LogicalType(kind=Kind.INTEGER, bits=16), native="smallint", nullable=False)
LOTS = Entity(name="lots", table="lots", fields=(KEY,), primary_key=("id",))


def keys(taken: int, count: int) -> list[int]:
    return [int(line) for chunk in beyond(LOTS, KEY, taken, count) for line in chunk.data.split()]


def test_keys_go_on_after_those_that_are_taken() -> None:
    assert keys(7, 3) == [8, 9, 10]
    assert keys(-5, 2) == [1, 2]
    assert keys(0, AT_ONCE + 1) == list(range(1, AT_ONCE + 2))


def test_a_table_without_room_for_all_of_them_gets_none() -> None:
    assert keys(32_764, 3)[-1] == 32_767
    with pytest.raises(InputError, match="no room for 3 more rows: id ends with 32,767") as caught:
        keys(32_765, 3)
    assert caught.value.code == "keys_used_up"
