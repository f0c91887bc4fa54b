"""Which Parquet type a logical type gets, and when a text fits it exactly.

A value fits if it can be read back as a text with the same canonical form, by any reader of Parquet: infinite
dates, years before Christ and 24:00 exist in DuckDB alone, so they do not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.quick_forms import FLOAT

WIDEST_DECIMAL = 38
TEXT = "VARCHAR"


@dataclass(frozen=True, kw_only=True)
class ParquetType:
    """SQL about a text `{x}` and the value `{p}` that it was cast to."""

    name: str
    value: str = "{x}"
    fits: str | None = None
    """None: every text fits."""

    def value_of(self, text: str) -> str:
        return self.value.replace("{x}", text)

    def fits_into(self, text: str, value: str) -> str:
        return (self.fits or "true").replace("{x}", text).replace("{p}", value)


def cast(name: str, *, beyond: str = "true") -> ParquetType:
    """A type whose own text must be the text it came from."""
    return ParquetType(name=name, value=f"TRY_CAST({{x}} AS {name})", fits=f"{{p}}::VARCHAR = {{x}} AND {beyond}")


def integer(type: LogicalType) -> ParquetType:
    width = {8: "TINYINT", 16: "SMALLINT", 24: "INTEGER", 32: "INTEGER"}.get(type.bits or 64, "BIGINT")
    return cast("U" * type.unsigned + width)


def decimal(type: LogicalType) -> ParquetType:
    scale = type.scale or 0
    if type.precision is None or type.precision > WIDEST_DECIMAL or not 0 <= scale <= type.precision:
        return ParquetType(name=TEXT)
    name = f"DECIMAL({type.precision},{scale})"
    unrounded = f"regexp_full_match({{x}}, '-?[0-9]+([.][0-9]{{0,{scale}}}0*)?')"
    fits = f"({{p}}::VARCHAR = {{x}} OR ({unrounded} AND {{p}} IS NOT NULL))"
    return ParquetType(name=name, value=f"TRY_CAST({{x}} AS {name})", fits=fits)


DIGIT_FIRST = "{x} >= '0' AND {x} < ':'"
"""Neither infinite nor before the year 0."""
SIMPLE: dict[Kind, ParquetType] = {
    Kind.BOOLEAN: ParquetType(
        name="BOOLEAN", value="{x} IN ('t', 'true', '1')", fits="({p} OR {x} IN ('f', 'false', '0'))"
    ),
    Kind.FLOAT: ParquetType(
        name="DOUBLE",
        value="TRY_CAST({x} AS DOUBLE)",
        fits="({p}::VARCHAR IN ({x}, {x} || '.0') OR {x} IN ('NaN', 'Infinity', '-Infinity')"
        f" OR (regexp_full_match({{x}}, '{FLOAT}') AND isfinite({{p}})))",
    ),
    Kind.DATE: cast("DATE", beyond=DIGIT_FIRST),
    Kind.TIME: cast("TIME", beyond="{x} < '24'"),
    Kind.TIMESTAMP: cast("TIMESTAMP", beyond=DIGIT_FIRST),
    Kind.TIMESTAMP_TZ: ParquetType(
        name="TIMESTAMP WITH TIME ZONE",
        value="make_timestamptz(epoch_us(TRY_CAST({x} AS TIMESTAMP)))",
        fits=f"make_timestamp(epoch_us({{p}}))::VARCHAR || '+00' = {{x}} AND {DIGIT_FIRST}",
    ),
    Kind.UUID: cast("UUID"),
    Kind.BYTES: ParquetType(
        name="BLOB",
        value="TRY(unhex(substr({x}, 3)))",
        fits="starts_with({x}, '\\x') AND strlen({x}) % 2 = 0 AND {p} IS NOT NULL",
    ),
}
"""Zoned timestamps go round by way of epochs: DuckDB's own cast asks a calendar library for each of them."""
DEPENDING: dict[Kind, Callable[[LogicalType], ParquetType]] = {Kind.INTEGER: integer, Kind.DECIMAL: decimal}


def parquet_type(type: LogicalType) -> ParquetType:
    depending = DEPENDING.get(type.kind)
    return depending(type) if depending else SIMPLE.get(type.kind, ParquetType(name=TEXT))
