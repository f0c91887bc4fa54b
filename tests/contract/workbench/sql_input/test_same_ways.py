"""The quick way and the careful one read the same, whatever the values are, in every dialect and however rows stand."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.workbench.sql_input.staging import Stager

TEXT = st.text(st.sampled_from("a'\"\\\\,;()\n\r\t -#/*$`x\u00e9\U0001f600\x01\x04NULL0.e"), max_size=8)
NUMBER = st.sampled_from(["0", "-1", "12.50", ".5", "1e5", "-0.0", "123456789012345678901234567890"])
VALUE = st.one_of(st.none(), TEXT, NUMBER.map(lambda digits: (digits,)))
ROWS = st.lists(st.tuples(VALUE, VALUE, VALUE), min_size=1, max_size=12)
HEADS = {
    "mysql": "SET NAMES utf8mb4;\n",
    "postgres": "SET client_encoding = 'UTF8';\n",
    "sqlite": "PRAGMA x;\n",
    "sql": "",
}
BETWEEN = st.sampled_from([",", ",\n", ", ", ";\n", ";\r\n\r\n"])
Value = str | tuple[str] | None


def written(value: Value, dialect: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, tuple):
        return value[0]
    if dialect == "mysql":
        value = value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    return "'" + value.replace("'", "''") + "'"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, dialect=st.sampled_from(sorted(HEADS)), between=BETWEEN)
def test_rows_come_back_as_they_were_written(
    stager: Stager, rows: list[tuple[Value, Value, Value]], dialect: str, between: str
) -> None:
    begin = "INSERT INTO t (a, b, c) VALUES "
    script = HEADS[dialect] + begin
    for at, row in enumerate(rows):
        follow = "" if not at else between + (begin if ";" in between else "")
        script += follow + "(" + ",".join(written(value, dialect) for value in row) + ")"
    expected = [tuple(value[0] if isinstance(value, tuple) else value for value in row) for row in rows]
    assert stager.values(script + ";\n") == expected
    assert stager.carefully(script + ";\n") == expected
