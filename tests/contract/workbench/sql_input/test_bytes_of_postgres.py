"""Bytes in dumps of PostgreSQL: in hexadecimal digits, or in the older form (`bytea_output = escape`)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.workbench.sql_input.staging import Stager

CREATE = "SET client_encoding = 'UTF8';\nCREATE TABLE t (a bytea NOT NULL, b text, c bytea);\n"
BYTES = st.binary(max_size=6) | st.sampled_from([b"\\x41", b"\\", b"\\000", b"abc", b"'\t\n\\N", b"x\\x"])
ROWS = st.lists(st.tuples(BYTES, st.sampled_from(["", "x", "a\\b", "\\x41", "it's"]), st.none() | BYTES), min_size=1)


def escaped(data: bytes) -> str:
    """As the server writes it."""
    return "".join("\\\\" if byte == 92 else chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}" for byte in data)


def hexadecimal(data: bytes | None) -> str | None:
    return None if data is None else f"\\x{data.hex()}"


def copied(value: str | None) -> str:
    return "\\N" if value is None else value.replace("\\", "\\\\")


def inserted(value: str | None, *, escapes: bool) -> str:
    if value is None:
        return "NULL"
    return "'" + (value.replace("\\", "\\\\") if escapes else value).replace("'", "''") + "'"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, form=st.sampled_from([escaped, hexadecimal]), way=st.sampled_from(["copy", "insert", "old strings"]))
def test_bytes_are_the_same_in_both_forms_and_by_both_ways(
    stager: Stager, rows: list[tuple[bytes, str, bytes | None]], form: object, way: str
) -> None:
    assert callable(form)
    lines = [(form(a), b, None if c is None else form(c)) for a, b, c in rows]
    if way == "copy":
        script = "COPY t (a, b, c) FROM stdin;\n"
        script += "".join("\t".join(map(copied, line)) + "\n" for line in lines) + "\\.\n"
    else:
        old = way == "old strings"
        script = "SET standard_conforming_strings = off;\n" if old else ""
        for line in lines:
            script += f"INSERT INTO t VALUES ({', '.join(inserted(value, escapes=old) for value in line)});\n"
    expected = [(hexadecimal(a), b, hexadecimal(c)) for a, b, c in rows]
    assert stager.values(CREATE + script) == expected
    assert stager.carefully(CREATE + script) == expected


@pytest.mark.parametrize("value", [r"\8", r"\40", r"a\b", r"\400", "é", r"\x0", "\x07"])
def test_what_is_neither_form_stays_as_it_is_to_be_refused(stager: Stager, value: str) -> None:
    script = f"{CREATE}COPY t (a, b) FROM stdin;\n{copied(value)}\tx\n\\.\n"
    assert stager.values(script) == [(value, "x")]
    assert stager.carefully(script) == [(value, "x")]


def test_only_a_column_of_bytes_is_read_as_bytes(stager: Stager) -> None:
    begin = "SET client_encoding = 'UTF8';\nCREATE TABLE t (a text, b bytea[]);\n"
    script = f"{begin}COPY t (a, b) FROM stdin;\n" + r"\\000" + "\t{a}\n\\.\n"
    assert stager.values(script) == [(r"\000", "{a}")]
