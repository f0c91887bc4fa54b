"""What people type becomes the text form of docs/reference/values.md, or an error that says why."""

from __future__ import annotations

import pytest

from entrepot.model.literal_error import LiteralError
from entrepot.model.literals import EXAMPLES, READERS, read_literal
from entrepot.model.types import Kind, LogicalType

READ = [
    (Kind.INTEGER, "+007", "7"),
    (Kind.INTEGER, "-0", "0"),
    (Kind.DECIMAL, "1e3", "1000"),
    (Kind.DECIMAL, "12.50", "12.50"),
    (Kind.DECIMAL, "-0.0", "0.0"),
    (Kind.DECIMAL, "nan", "NaN"),
    (Kind.DECIMAL, "-infinity", "-Infinity"),
    (Kind.FLOAT, "0.10", "0.1"),
    (Kind.FLOAT, "1e300", "1e+300"),
    (Kind.FLOAT, "2", "2"),
    (Kind.BOOLEAN, "TRUE", "true"),
    (Kind.BOOLEAN, "0", "false"),
    (Kind.UUID, "0F8FAD5BD9CB469FA16570867728950E", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    (Kind.BYTES, r"\xDEAD", r"\xdead"),
    (Kind.DATE, "2024-02-29", "2024-02-29"),
    (Kind.DATE, "2009/1/1", "2009-01-01"),
    (Kind.DATE, "2024-1-2", "2024-01-02"),
    (Kind.DATE, "0044-03-15 BC", "0044-03-15 BC"),
    (Kind.DATE, "0001-02-29 BC", "0001-02-29 BC"),
    (Kind.DATE, "0000-00-00", "0000-00-00"),
    (Kind.DATE, "Infinity", "infinity"),
    (Kind.TIME, "9:5", None),
    (Kind.TIME, "09:05", "09:05:00"),
    (Kind.TIME, "-838:59:59.50", "-838:59:59.5"),
    (Kind.TIMESTAMP, "2024-01-02", "2024-01-02 00:00:00"),
    (Kind.TIMESTAMP, "2024/1/2 10:00Z", "2024-01-02 10:00:00"),
    (Kind.TIMESTAMP, "2024-01-02T10:00Z", "2024-01-02 10:00:00"),
    (Kind.TIMESTAMP, "2024-01-01 01:30+02:00", "2023-12-31 23:30:00"),
    (Kind.TIMESTAMP_TZ, "2024-01-02 10:00:00.500000", "2024-01-02 10:00:00.5+00"),
    (Kind.TIMESTAMP_TZ, "2024-01-02T10:00:00-0130", "2024-01-02 11:30:00+00"),
    (Kind.TIMESTAMP_TZ, "0044-03-15 10:00 BC", "0044-03-15 10:00:00+00 BC"),
    (Kind.INTERVAL, "p1dt2h", "P1DT2H"),
    (Kind.TEXT, " as it is ", " as it is "),
]
REFUSED = [
    (Kind.INTEGER, "1.9"),
    (Kind.INTEGER, "1_000"),
    (Kind.INTEGER, "0x1F"),
    (Kind.INTEGER, " 1"),
    (Kind.INTEGER, "٣"),
    (Kind.INTEGER, "9223372036854775808"),
    (Kind.DECIMAL, "1e9999"),
    (Kind.DECIMAL, "abc"),
    (Kind.DECIMAL, ""),
    (Kind.FLOAT, "1e400"),
    (Kind.BOOLEAN, "yes"),
    (Kind.UUID, "0f8fad5b"),
    (Kind.BYTES, r"\xabc"),
    (Kind.DATE, "2023-02-29"),
    (Kind.DATE, "2024-13-01"),
    (Kind.DATE, "0000-01-01"),
    (Kind.DATE, "31.01.2024"),
    (Kind.DATE, "2024/1-2"),
    (Kind.DATE, "24/1/2"),
    (Kind.DATE, "2024/2/30"),
    (Kind.TIME, "10:60"),
    (Kind.TIMESTAMP, "2024-01-02 24:00"),
    (Kind.TIMESTAMP, "2024-01-02 10:00:00.1234567"),
    (Kind.TIMESTAMP, "yesterday"),
    (Kind.TIMESTAMP_TZ, "0001-01-01 00:00+05"),
    (Kind.TIMESTAMP_TZ, "0044-03-15 10:00+01 BC"),
    (Kind.TIMESTAMP_TZ, "2024-01-02 10:00+25"),
    (Kind.INTERVAL, "PT"),
    (Kind.INTERVAL, "2 hours"),
    (Kind.TEXT, "a\0b"),
    (Kind.TEXT, "\ud800"),
    (Kind.JSON, "{}"),
]


@pytest.mark.parametrize(("kind", "text", "expected"), READ)
def test_a_value_is_brought_into_its_text_form(kind: Kind, text: str, expected: str | None) -> None:
    wanted = LogicalType(kind=kind)
    if expected is None:
        with pytest.raises(LiteralError):
            read_literal(text, wanted)
        return
    assert read_literal(text, wanted).text == expected
    assert read_literal(expected, wanted).text == expected, "the text form reads as itself"


@pytest.mark.parametrize(("kind", "text"), REFUSED)
def test_what_is_not_a_value_is_refused_with_a_reason(kind: Kind, text: str) -> None:
    with pytest.raises(LiteralError, match=r"\w+"):
        read_literal(text, LogicalType(kind=kind))


def test_an_integer_must_fit_its_width() -> None:
    byte = LogicalType(kind=Kind.INTEGER, bits=8, unsigned=True)
    assert read_literal("255", byte).text == "255"
    with pytest.raises(LiteralError, match="between 0 and 255"):
        read_literal("256", byte)


def test_a_label_must_be_one_of_the_enum() -> None:
    mood = LogicalType(kind=Kind.ENUM, values=("happy", "sad"))
    assert read_literal("happy,sad", mood).text == "happy,sad", "a MariaDB SET holds several"
    with pytest.raises(LiteralError, match="did you mean 'happy'"):
        read_literal("hapy", mood)


def test_every_kind_that_can_be_read_has_an_example() -> None:
    assert set(EXAMPLES) == set(READERS)
