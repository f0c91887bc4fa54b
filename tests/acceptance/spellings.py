"""Spellings on which parsers disagree, by column: the value that they are, or None where they are none.

What a spelling is does not depend on the database. Where one of them cannot hold the value, it has to say so.
"""

from __future__ import annotations

from collections.abc import Mapping

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
Spellings = Mapping[str, Mapping[str, str | None]]

SPELLINGS: Spellings = {
    "i": {
        "0": "0", "-0": "0", "+5": "5", "007": "7", "9223372036854775807": "9223372036854775807",
        "-9223372036854775808": "-9223372036854775808", "9223372036854775808": None, "1_000": None, "1,000": None,
        "1.000": None, "0x1F": None, "0b1": None, "0o7": None, "1e3": None, "1e400": None, "--1": None, "+-1": None,
        "５": None, "١": None, " 5": None, "5 ": None, "5\u00a0": None, "\t5": None, "5\n": None, "1.0": None,
        "NaN": None, "true": None, "x": None, "-": None, "1L": None, "½": None, "5\u200b": None,
    },
    "n": {
        ".5": "0.5", "5.": "5", "+.5": "0.5", "-.5": "-0.5", "1e3": "1000", "1E-3": "0.001", "-0": "0", "-0.0": "0",
        "007.50": "7.5", "99999999.999999": "99999999.999999", "100000000000000": None, "1e400": None,
        "0.0000001": None, "1_0": None, "1,5": None, "1.5.5": None, ".": None, "e5": None, "5e": None, "0x1F": None,
        "Infinity": None, "inf": None, "1d3": None, "１": None, "$5": None, "5%": None, "1 000": None, "- 5": None,
        "(5)": None, "1e99999": None, "0.1000000000": "0.1",
    },
    "x": {
        "0.1": "0.1", ".5": "0.5", "5.": "5.0", "1e5": "100000.0", "0.30000000000000004": "0.30000000000000004",
        "1.7976931348623157e308": "1.7976931348623157e308", "4.9e-324": "5e-324", "2.2250738585072014e-308":
        "2.2250738585072014e-308", "123456789012345678": "123456789012345680", "1e400": None, "-1e400": None,
        "1e-400": None, "inf": None, "nan": None, "0x1p3": None, "1_0.5": None, "1,5": None, "1d5": None, "1e": None,
        "+": None, "１.５": None,
    },
    "d": {
        "2024-02-29": "2024-02-29", "0001-01-01": "0001-01-01", "9999-12-31": "9999-12-31", "1582-10-10":
        "1582-10-10", "2024-02-30": None, "2023-02-29": None, "1900-02-29": None, "2024-13-01": None,
        "2024-00-10": None, "2024-1-2": "2024-01-02", "2024/1-2": None, "20240102": None, "24-01-02": None,
        "01/02/2024": None, "2024/01/02": "2024-01-02", "02.01.2024": None, "0000-01-01": None, "now": None,
        "today": None, "epoch": None, "J2451187": None, "2024-01-02 10:00:00": None, "2024-W01-1": None,
        "２024-01-02": None, " 2024-01-02": None, "2024-01-02Z": None, "1704153600": None,
    },
    "s": {
        "2024-01-02 10:00:00": "2024-01-02 10:00:00", "2024-01-02T10:00:00": "2024-01-02 10:00:00",
        "2024-01-02 10:00": "2024-01-02 10:00:00", "2024-01-02 10:00:00.5": "2024-01-02 10:00:00.5",
        "2024-01-02 10:00:00.500000000": "2024-01-02 10:00:00.5", "9999-12-31 23:59:59.999999":
        "9999-12-31 23:59:59.999999", "2024-03-31 02:30:00": "2024-03-31 02:30:00", "2024-01-02T10:00:00+02:00":
        "2024-01-02 08:00:00", "2024-01-02 24:00:00": None, "2024-01-02 23:59:60": None, "2024-01-02 25:00": None,
        "2024-01-02 10:60:00": None, "2024-02-30 10:00:00": None, "2024-01-02 10:00:00.1234567": None,
        "now": None, "1704189600": None, "2024-01-02 10": None, "2024-01-02 1:00 PM": None,
        "2024-01-02 10:00:00 CET": None, "20240102T100000": None, "2024-01-02\n10:00": None,
    },
    "c": {
        "10:00:00": "10:00:00", "10:00": "10:00:00", "23:59:59.999999": "23:59:59.999999", "10:00:00.50":
        "10:00:00.5", "10:60": None, "10": None, "100000": None, "10:00:60": None, "10h": None, "now": None,
        "10:00:00Z": None, "10:00:00.1234567": None, "1:00 PM": None,
    },
    "b": {
        "true": "true", "TRUE": "true", "t": "true", "1": "true", "false": "false", "F": "false", "0": "false",
        "yes": None, "on": None, "no": None, "2": None, "-1": None, "00": None, " true": None, "wahr": None,
        "x": None, "TRUE\n": None, "1.0": None,
    },
    "u": {
        UUID: UUID, UUID.upper(): UUID, "{" + UUID + "}": UUID, UUID.replace("-", ""): UUID,
        UUID[:-1]: None, UUID + "0": None, UUID.replace("0", "g"): None, "urn:uuid:" + UUID: None, " " + UUID: None,
    },
    "y": {
        "\\xdead": "\\xdead", "\\xDEAD": "\\xdead", "\\x00ff0a0d22": "\\x00ff0a0d22", "\\x5c2e0a": "\\x5c2e0a",
        "\\x": "\\x", "\\xdea": None, "dead": None, "\\\\xdead": None, "\\336": None, "0xdead": None,
        "\\xde ad": None, "3q0=": None,
    },
    "j": {
        '{"a": 1}': '{"a": 1}', "[1, 2.50, null]": "[1, 2.50, null]", '"text"': '"text"', "0": "0", "true": "true",
        '{"b": "\\u00e9"}': '{"b": "\\u00e9"}', '{"n": 12345678901234567890}': '{"n": 12345678901234567890}',
        "[1,]": None, '{"a": 1, "a": 2}': None,
        '{"a": [{"b": 1, "\\u0062" : 2}]}': None, '[{"a": 1}, {"a": {"a": 2}}]': '[{"a": 1}, {"a": {"a": 2}}]',
        "NaN": None, "[NaN]": None, "01": None, "{a: 1}": None, "{'a': 1}": None, '"a': None,
        "[1] 2": None, "/* */ 1": None, "undefined": None, "[Infinity]": None, '{"a" 1}': None, "nul": None,
    },
    "t": {
        text: text
        for text in (
            "\\.", "\\N", "NULL", "null", "''", '""', '"', "'", " a ", "\ta", "a\rb", "a\nb", "a\r\nb", "\r", "\n",
            "\\", "a\\", "\\\\.", "\\n", "\\t", "\ufeffa", "\x1a", "\x08", "\x7f", "\u2028", "a,b;c|d\te", "#a",
            "-- a", "=1+1", "é", "e\u0301", "🚢", "\U0010fffd", "\uffff", "a" * 5000, "\n\\.\n", '",\n"', "%s {} $1",
        )
    } | {"\0": None, "a\0b": None},
}  # fmt: skip
"""Integer of 64 bits, decimal(20,6), double, date, moment without a zone, time of day, boolean, uuid, bytes, JSON and
text."""
SOMEWHERE: Spellings = {
    "n": {"NaN": "NaN", "99999999999999.999999": "99999999999999.999999"},
    "x": {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"},
    "d": {"infinity": "infinity", "10000-01-01": "10000-01-01", "0044-03-15 BC": "0044-03-15 BC",
          "0000-00-00": "0000-00-00"},
    "s": {"infinity": "infinity", "0001-01-01 00:00:00": "0001-01-01 00:00:00",
          "0044-03-15 10:00:00 BC": "0044-03-15 10:00:00 BC"},
    "c": {"24:00:00": "24:00:00", "-10:00:00": "-10:00:00", "838:59:59": "838:59:59"},
    "b": {},
    "j": {'"\\u0000"': '"\\u0000"', '"\\ud800"': '"\\ud800"', "1e400": "1e400"},
}  # fmt: skip
"""Values that some databases have and others have not."""
