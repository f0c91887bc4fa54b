"""Two ways to read the same bytes must never disagree: DuckDB where a file is plain, our own reader everywhere."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.workbench.reading import csv_stage
from entrepot.workbench.reading.csv_plain import NotPlainError
from entrepot.workbench.source import Database
from unit.workbench.reading.staging import Row, place, staged

BYTES = st.lists(
    st.sampled_from([b"a", b"b", b",", b",", b'"', b'""', b'"', b"\n", b"\n", b"\r\n", b" ", b"\r", b"\xc3\xa9", b";"]),
    max_size=24,
).map(b"".join)
READINGS = st.builds(
    Reading,
    format=st.just("csv"),
    delimiter=st.sampled_from([",", ";"]),
    quote=st.sampled_from(['"', '"', "", "b"]),
    null=st.sampled_from(["", "a"]),
    header=st.booleans(),
    skip_lines=st.integers(0, 1),
)
Found = tuple[Mapping[int, Row], Mapping[int, tuple[int | None, str, str]], list[tuple[int | None, int | None]]]


def found(database: Database, data: bytes, reading: Reading) -> Found | str:
    try:
        result = staged(database, data, reading)
    except InputError as error:
        return error.code
    return result.rows, result.rejected, [place(result, record) for record in sorted({*result.rows, *result.rejected})]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=BYTES, reading=READINGS)
@example(data=b'"""a",""""\n"","b"""\n', reading=Reading(format="csv", delimiter=",", header=False, skip_lines=0))
@example(data=b'a,b\n"",""""""\n"', reading=Reading(format="csv", delimiter=",", header=True, skip_lines=0))
@example(data=b"a\n;", reading=Reading(format="csv", delimiter=";", header=False, skip_lines=0))
def test_both_ways_read_any_bytes_alike(database: Database, data: bytes, reading: Reading) -> None:
    quick = found(database, data, reading)

    def refuse(*_: object) -> int:
        raise NotPlainError("asked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_stage, "stage_plain", refuse)
        patch.setattr("entrepot.workbench.reading.csv_places.counted", refuse)
        slow = found(database, data, reading)
    assert quick == slow
