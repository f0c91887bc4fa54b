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

    def sql(self, name: str, column: Column) -> str:
        """The value from what DuckDB reads."""
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
        if value < chr(LAST_MARK) and not value.startswith(REJECTED):
            value = AS_IT_IS + value
        return "'" + value.replace("'", "''") + "'"

    def sql(self, name: str, column: Column) -> str:
        plain = f"'\\x' || lower(hex({name}))" if is_binary(column, self.engine) else name
        marked = (
            f"CASE {name}[1] WHEN chr({ord(BYTES)}) THEN '\\x' || lower(substr({name}, 2))"
            f" WHEN chr({ord(REAL)}) THEN TRY_CAST(substr({name}, 2) AS DOUBLE)::VARCHAR"
            f" WHEN chr({ord(AS_IT_IS)}) THEN substr({name}, 2)"
            f" WHEN chr({ord(REJECTED)}) THEN {name} ELSE {plain} END"
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
        if value.startswith(REJECTED) or (value and AWKWARD.isdisjoint(value)):
            return value
        return HEX + value.encode().hex()

    def sql(self, name: str, column: Column) -> str:
        marked = (
            f"CASE WHEN starts_with({name}, '{REJECTED}') THEN {name}"
            f" WHEN starts_with({name}, '{HEX}') THEN decode(unhex(substr({name}, 3))) ELSE {unescaped(name)} END"
        )
        return f"CASE WHEN contains({name}, '\\') THEN {marked} ELSE {name} END"


def unescaped(name: str) -> str:
    """Pairs of backslashes are set aside first."""
    result = f"replace({name}, '\\\\', chr(2))"
    for letter, number in (("b", 8), ("t", 9), ("n", 10), ("v", 11), ("f", 12), ("r", 13)):
        result = f"replace({result}, '\\{letter}', chr({number}))"
    return f"replace({result}, chr(2), '\\')"
