"""In which form rows go to DuckDB: that of their statement, so that most bytes can stay what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.sql.names import Column
from entrepot.workbench.reading.sql.runs import AS_IT_IS, BYTES, REAL, REJECTED
from entrepot.workbench.reading.sql.values import is_binary

AWKWARD = frozenset("\\\t\n\r\x01\x02\x03")
HEX = "\\h"
"""Begins a value of a COPY that comes as hexadecimal digits; it is no escape that the text form has."""
LAST_MARK = 5


class Form(Protocol):
    dialect: CsvDialect

    def line(self, values: Sequence[str | None], columns: Sequence[Column]) -> str: ...

    def rejected(self, told: str, width: int) -> str:
        """A line that is no record, and says why in the place of its first value."""
        ...

    def sql(self, name: str, column: Column) -> str:
        """The value from what DuckDB reads, which does not begin with `REJECTED`."""
        ...


class InsertForm:
    """Values in single quotes, doubled within, between commas."""

    dialect = CsvDialect(delimiter=",", quote="'", null="NULL")

    def __init__(self, engine: str) -> None:
        self.engine = engine

    def line(self, values: Sequence[str | None], columns: Sequence[Column]) -> str:
        return ",".join(map(self.value, values, columns)) + "\n"

    def value(self, value: str | None, column: Column) -> str:
        if value is None:
            return "NULL"
        if is_binary(column, self.engine) and value.startswith("\\x"):
            return f"'{BYTES}{value[2:]}'"
        return quoted(AS_IT_IS + value if value < chr(LAST_MARK) else value)

    def rejected(self, told: str, width: int) -> str:
        return ",".join([quoted(REJECTED + told), *["NULL"] * (width - 1)]) + "\n"

    def sql(self, name: str, column: Column) -> str:
        binary = is_binary(column, self.engine)
        plain = hexadecimal(name) if binary else name
        digits = f"substr({name}, 2)"
        real = hexadecimal(digits) if binary else double(digits)
        marked = (
            f"CASE {name}[1] WHEN chr({ord(BYTES)}) THEN '\\x' || lower(substr({name}, 2))"
            f" WHEN chr({ord(REAL)}) THEN {real} WHEN chr({ord(AS_IT_IS)}) THEN substr({name}, 2) ELSE {plain} END"
        )
        return f"CASE WHEN {name} < chr({LAST_MARK}) THEN {marked} ELSE {plain} END"


class CopyForm:
    """Values between tabs, with backslashes in them."""

    dialect = CsvDialect(delimiter="\t", quote="\x01", null="\\N")

    def line(self, values: Sequence[str | None], columns: Sequence[Column]) -> str:
        return "\t".join(map(self.value, values)) + "\n"

    def value(self, value: str | None) -> str:
        if value is None:
            return "\\N"
        return value if value and AWKWARD.isdisjoint(value) else HEX + value.encode().hex()

    def rejected(self, told: str, width: int) -> str:
        return "\t".join([REJECTED + told, *["\\N"] * (width - 1)]) + "\n"

    def sql(self, name: str, column: Column) -> str:
        marked = (
            f"CASE WHEN starts_with({name}, '{HEX}') THEN decode(unhex(substr({name}, 3))) ELSE {unescaped(name)} END"
        )
        return f"CASE WHEN contains({name}, '\\') THEN {marked} ELSE {name} END"


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def hexadecimal(sql: str) -> str:
    return f"'\\x' || lower(hex({sql}))"


def double(sql: str) -> str:
    """As `values.number` spells it."""
    return f"replace(TRY_CAST({sql} AS DOUBLE)::VARCHAR, 'inf', 'Infinity')"


def unescaped(name: str) -> str:
    """Pairs of backslashes are set aside first."""
    result = f"replace({name}, '\\\\', chr(2))"
    for letter, number in (("b", 8), ("t", 9), ("n", 10), ("v", 11), ("f", 12), ("r", 13)):
        result = f"replace({result}, '\\{letter}', chr({number}))"
    return f"replace({result}, chr(2), '\\')"
