"""What a number of SQLite becomes does not depend on the way that its row came."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.workbench.sql_input.staging import Stager

WRITTEN = {
    "100.00000000": "100.00000000",
    "123456789.25": "123456789.25",
    "12345678.12345678": "12345678.12345678",
    "1234567890.12345": "1234567890.12345",
    "0.30000000000000004": "0.30000000000000004",
    "1234567890123456789e5": "1.2345678901234569e+23",
    "-1234567890123456.0": "-1234567890123456.0",
    "1234567890123456789012": "1234567890123456789012",
    "9" * 400 + ".0": "Infinity",
    "-" + "9" * 400 + ".0": "-Infinity",
    "." + "0" * 400 + "1": "0.0",
    "-0.00000000000000000": "-0.0",
}
AS_BYTES = {sql: f"\\x{sql.encode().hex()}" for sql in WRITTEN}


@pytest.mark.parametrize(("type", "expected"), [("real", WRITTEN), ("blob", AS_BYTES)], ids=["real", "blob"])
def test_a_number_is_the_same_whichever_way_its_row_came(stager: Stager, type: str, expected: dict[str, str]) -> None:
    rows = ",".join(f"({sql},{at})" for at, sql in enumerate(expected))
    script = f"PRAGMA x;\nCREATE TABLE t (a {type}, b int);\nINSERT INTO t VALUES {rows},(1,99);\n"
    for way in (stager.values, stager.carefully):
        assert [row[0] for row in way(script)[:-1]] == list(expected.values())


SPELLED = st.from_regex(r"\A-?(?:[0-9]{1,20}\.[0-9]{0,20}|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,2})?\Z")
DOUBLES = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e90, max_value=1e90)
NUMBERS = st.lists(SPELLED | DOUBLES.map(repr) | DOUBLES.map("{:.17e}".format), min_size=20, max_size=60)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=NUMBERS)
def test_every_number_is_the_same_whichever_way_its_row_came(stager: Stager, numbers: Sequence[str]) -> None:
    script = f"PRAGMA x;\nINSERT INTO t (a, b) VALUES {','.join(f'({number},NULL)' for number in numbers)},(1,2);\n"
    assert stager.values(script) == stager.carefully(script)
