"""Golden values of every kind: what is taken, in which text form, and what is refused, with which code."""

from __future__ import annotations

import pytest

from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.source import Database
from unit.workbench.judging.tables import TEXT, field, values

INTEGER = LogicalType(kind=Kind.INTEGER, bits=32)
MONEY = LogicalType(kind=Kind.DECIMAL, precision=5, scale=2)
EXACT = LogicalType(kind=Kind.DECIMAL)
FLOAT = LogicalType(kind=Kind.FLOAT)
DAY = LogicalType(kind=Kind.DATE)
CLOCK = LogicalType(kind=Kind.TIME)
MOMENT = LogicalType(kind=Kind.TIMESTAMP)
SECONDS = LogicalType(kind=Kind.TIMESTAMP, scale=0)
ZONED = LogicalType(kind=Kind.TIMESTAMP_TZ)
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
COLOUR = LogicalType(kind=Kind.ENUM, values=("red", "it's", "a,b", "{x}"))
GOLDEN = [
    (LogicalType(kind=Kind.BOOLEAN), "true | t | 1 | TRUE", "true | true | true | true"),
    (LogicalType(kind=Kind.BOOLEAN), "false | f | 0 | False", "false | false | false | false"),
    (LogicalType(kind=Kind.BOOLEAN), "yes | on | 2", "<not_a_boolean> | <not_a_boolean> | <not_a_boolean>"),
    (INTEGER, "42 | -42 | 0 | -0 | +7 | 007 | -007", "42 | -42 | 0 | 0 | 7 | 7 | -7"),
    (INTEGER, "2147483647 | 2147483648 | -2147483649", "2147483647 | <out_of_range> | <out_of_range>"),
    (INTEGER, "1.9 | 1_000 | 0x1F | 1e3 | 5.0 | ١", " | ".join(["<not_an_integer>"] * 6)),
    (LogicalType(kind=Kind.INTEGER, bits=8, unsigned=True), "255 | 256 | -1", "255 | <out_of_range> | <out_of_range>"),
    (LogicalType(kind=Kind.INTEGER, bits=24), "8388607 | 8388608", "8388607 | <out_of_range>"),
    (LogicalType(kind=Kind.INTEGER, bits=24, unsigned=True), "16777215 | 16777216", "16777215 | <out_of_range>"),
    (
        LogicalType(kind=Kind.INTEGER, unsigned=True),
        "18446744073709551615 | -1",
        "18446744073709551615 | <out_of_range>",
    ),
    (
        MONEY,
        "12.5 | 12.50 | -0.5 | .5 | 5. | 0012.5 | 1e2 | -0.00",
        "12.5 | 12.50 | -0.5 | 0.5 | 5 | 12.5 | 100 | 0.00",
    ),
    (MONEY, "999.99 | 1000 | 1e3", "999.99 | <out_of_range> | <out_of_range>"),
    (MONEY, "1.005 | 12.3400 | 1e-3", "<too_precise> | 12.3400 | <too_precise>"),
    (
        MONEY,
        "1_0 | 0x1F | 1,5 | NaN | Infinity | nan",
        "<not_a_number> | <not_a_number> | <not_a_number> | NaN | <out_of_range> | <not_a_number>",
    ),
    (EXACT, "123456789012345678901234567890123456789012.5", "123456789012345678901234567890123456789012.5"),
    (EXACT, "1.50e-3 | 0e5 | NaN | -Infinity | 1e1001", "0.00150 | 0 | NaN | -Infinity | <out_of_range>"),
    (FLOAT, "0.1 | 5 | 5.0 | 1e300 | -0 | .5", "0.1 | 5 | 5 | 1e+300 | -0 | 0.5"),
    (FLOAT, "NaN | Infinity | -Infinity | nan | inf", "NaN | Infinity | -Infinity | <not_a_number> | <not_a_number>"),
    (
        FLOAT,
        "1e400 | 1e-400 | 0e-400 | 0x1F | 1_0",
        "<out_of_range> | <out_of_range> | 0 | <not_a_number> | <not_a_number>",
    ),
    (
        LogicalType(kind=Kind.FLOAT, bits=32),
        "1e38 | 1e39 | 45.900002 | 45.9 | 16777215 | 0.12345679",
        "1e+38 | <out_of_range> | 45.9 | 45.9 | 16777215 | 0.12345679",
    ),
    (LogicalType(kind=Kind.TEXT, length=3), "äöü | abcd | 👍👍👍", "äöü | <too_long> | 👍👍👍"),
    (
        LogicalType(kind=Kind.BYTES),
        r"\x | \xdead | \xDEAD | \xa | abc",
        r"\x | \xdead | \xdead | <not_bytes> | <not_bytes>",
    ),
    (LogicalType(kind=Kind.BYTES, length=2), r"\xdead | \xdeadbe", r"\xdead | <too_long>"),
    (DAY, "2024-02-29 | 2023-02-29 | 0000-00-00", "2024-02-29 | <no_such_day> | 0000-00-00"),
    (
        DAY,
        "2009/1/1 | 2024-1-2 | 2024/02/29 | 2024/2/30 | 12024/1/31 | 44/3/15 BC | 0044/3/15 BC | 2024-0-1 | 0000/00/00",
        (
            "2009-01-01 | 2024-01-02 | 2024-02-29 | <no_such_day> | 12024-01-31 | <not_a_date> | 0044-03-15 BC | "
            "<no_such_day> | 0000-00-00"
        ),
    ),
    (DAY, "24-01-02 | 31.12.2024 | today | 1/2/2024 | 2024/1-2 | 2024-1/2", " | ".join(["<not_a_date>"] * 6)),
    (DAY, "2024/1/2/3 | 2024/1 | 2024/001/1 | 2024/1/2  | 2024 /1/2 | 2024.1.2", " | ".join(["<not_a_date>"] * 6)),
    (DAY, "infinity | -INFINITY | 12024-12-31 | 0000-01-01", "infinity | -infinity | 12024-12-31 | <no_such_day>"),
    (CLOCK, "10:00 | 10:00:00.500 | 24:00:00 | -838:59:59", "10:00:00 | 10:00:00.5 | 24:00:00 | -838:59:59"),
    (
        CLOCK,
        "10:60 | 839:00 | noon | 10:00:00.1234567",
        "<no_such_time> | <no_such_time> | <not_a_time> | <too_precise>",
    ),
    (
        MOMENT,
        "2024-01-02T10:00:00.50 | 2024-01-02T10:00 | 2024-01-02",
        "2024-01-02 10:00:00.5 | 2024-01-02 10:00:00 | 2024-01-02 00:00:00",
    ),
    (MOMENT, "2024-01-02T10:00:00+02:00 | 2024-01-02T24:00", "2024-01-02 08:00:00 | <no_such_time>"),
    (MOMENT, "2024-02-30T10:00 | now | 1704189600", "<no_such_day> | <not_a_timestamp> | <not_a_timestamp>"),
    (
        MOMENT,
        "2009/1/1 | 2024/1/2 10:00 | 2024-1-2T10:00:00.50Z | 2024/1-2 10:00 | 2024/1/2-05 | 2024/13/1 10:00",
        (
            "2009-01-01 00:00:00 | 2024-01-02 10:00:00 | 2024-01-02 10:00:00.5 | "
            "<no_such_time> | <no_such_time> | <no_such_day>"
        ),
    ),
    (ZONED, "2024/1/2 10:00+02:00 | 2024/1/2", "2024-01-02 08:00:00+00 | <no_time_zone>"),
    (
        SECONDS,
        "2024-01-02T10:00:00.000Z | 2024-01-02T10:00:00.5 | 2024-01-02 10:00:00.50",
        "2024-01-02 10:00:00 | <too_precise> | <too_precise>",
    ),
    (
        ZONED,
        "2024-01-02T10:00:00.514520Z | 2024-01-02T10:00+05:30",
        "2024-01-02 10:00:00.51452+00 | 2024-01-02 04:30:00+00",
    ),
    (ZONED, "2024-01-02T10:00:00 | 2024-01-02 | 2024-01-02-05", "<no_time_zone> | <no_time_zone> | <no_such_time>"),
    (ZONED, "2024-01-02T10:00:00+16:00 | 9999-12-31T23:00:00-05", "<no_such_time> | <out_of_range>"),
    (ZONED, "infinity | 0001-01-01T00:00+01", "infinity | <out_of_range>"),
    (
        LogicalType(kind=Kind.INTERVAL),
        "P1Y2M3DT4H5M6.5S | p1d | PT | P | 1d",
        "P1Y2M3DT4H5M6.5S | P1D | <not_an_interval> | <not_an_interval> | <not_an_interval>",
    ),
    (
        LogicalType(kind=Kind.INTERVAL),
        "1 year 2 mons 3 days 04:05:06.70 | 00:00:00 | -1 days +00:01:00 | 1 mon -1 days | -00:00:01.5 | 100:00:00",
        "P1Y2M3DT4H5M6.7S | PT0S | P-1DT1M | P1M-1D | PT-1.5S | PT100H",
    ),
    (LogicalType(kind=Kind.INTERVAL), "1 year ago | 4:5 | 1 | days |   |    ", " | ".join(["<not_an_interval>"] * 6)),
    (
        LogicalType(kind=Kind.UUID),
        f"{UUID} | {UUID.upper()} | {{{UUID}}} | {UUID.replace('-', '')}",
        " | ".join([UUID] * 4),
    ),
    (
        LogicalType(kind=Kind.UUID),
        f"{UUID}0 | urn:uuid:{UUID} | {{{UUID}",
        "<not_a_uuid> | <not_a_uuid> | <not_a_uuid>",
    ),
    (LogicalType(kind=Kind.JSON), '{"a":1.50} | null | "NaN" | [1e400]', '{"a":1.50} | null | "NaN" | [1e400]'),
    (
        LogicalType(kind=Kind.JSON),
        '{"a":1,"b":2,"a":3} | {"a":1,"b":2,"c":3,"d":4,"e":5,"a":6} | {"a":{"x":1,"x":2}} | [{"x":1,"x":2}]',
        " | ".join(["<name_twice>"] * 4),
    ),
    (
        LogicalType(kind=Kind.JSON),
        *['{"a":{"x":1},"b":{"x":1}} | [] | {"a":"{","b":1} | {"a":1,"b":1,"c":1,"d":1,"e":1}'] * 2,
    ),
    (LogicalType(kind=Kind.JSON), "[NaN] | [1,] | {a:1} | Infinity | 01 | [1", " | ".join(["<not_json>"] * 6)),
    (COLOUR, "red | it's | a,b | {x} | red,it's", "red | it's | a,b | {x} | red,it's"),
    (COLOUR, "Red | blue | red,blue", "<unknown_label> | <unknown_label> | <unknown_label>"),
    (
        LogicalType(kind=Kind.ARRAY, element=INTEGER),
        '[1,null] | ["a"] | {"a":1} | [1.5] | [[1]]',
        "[1,null] | <bad_item> | <not_an_array> | <bad_item> | [[1]]",
    ),
    (
        LogicalType(kind=Kind.ARRAY, element=INTEGER),
        "{} | {1,NULL,-2} | {{1,2},{3,4}} | {1.5} | {a} | {1 | [0:1]={1,2}",
        "[] | [1,null,-2] | [[1,2],[3,4]] | <bad_item> | <bad_item> | <not_an_array> | <not_an_array>",
    ),
    (
        LogicalType(kind=Kind.ARRAY, element=TEXT),
        r'{a b,NULL,"NULL",1,""} | {"a,b","c\"d\\e","{f}"} | {"line\nbreak"}'.replace(r"\n", "\n"),
        r'["a b",null,"NULL","1",""] | ["a,b","c\"d\\e","{f}"] | ["line\nbreak"]',
    ),
    (LogicalType(kind=Kind.ARRAY, element=LogicalType(kind=Kind.BOOLEAN)), "{t,f,NULL}", "[true,false,null]"),
    (
        LogicalType(kind=Kind.ARRAY, element=LogicalType(kind=Kind.JSON)),
        r'{"{\"a\": \"x\\\"y\"}",NULL,1}',
        r'[{"a": "x\"y"},null,1]',
    ),
    (LogicalType(kind=Kind.ARRAY, element=TEXT), '["a",null] | [NaN]', '["a",null] | <not_an_array>'),
    (LogicalType(kind=Kind.OTHER), "192.168.0.1", "192.168.0.1"),
]


@pytest.mark.parametrize(("type", "given", "expected"), GOLDEN)
def test_every_kind_takes_its_own_and_refuses_the_rest(
    database: Database, type: LogicalType, given: str, expected: str
) -> None:
    assert values(database, field(type), given.split(" | ")) == expected.split(" | ")
