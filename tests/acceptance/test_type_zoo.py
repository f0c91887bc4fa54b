"""Every type of an engine, with its strangest values: what goes out comes into an empty twin as the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.zoo import CASES, Twins, filled, specimens, twins_of
from entrepot.model.drafts import Errors, Mode
from entrepot.model.plans import ImportRequest

FILES = ("zoo.csv", "zoo.ndjson", "zoo.parquet")


@pytest.fixture(params=CASES)
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Twins]:
    with twins_of(request.param, request, tmp_path) as made:
        yield made


def test_every_value_of_every_type_comes_into_an_empty_twin_as_itself(twins: Twins) -> None:
    filled(twins, specimens(twins.case, importable=True))
    out, into = twins.entrepot(twins.first), twins.entrepot(twins.second)
    expected = out.fingerprint("zoo")
    for name in FILES:
        twins.second.execute("DELETE FROM zoo")
        file = out.export("zoo", to=twins.folder / name).path
        receipt = into.bring_in(file, ImportRequest(entity="zoo", prove=True))
        assert receipt.counts["created"] == sum(receipt.counts.values()) > 0
        assert into.fingerprint("zoo") == expected
        if twins.case.name != "sqlite":
            assert twins.as_the_server_says(twins.second) == twins.as_the_server_says(twins.first)
    at_home = out.preview(twins.folder / FILES[0], ImportRequest(entity="zoo", mode=Mode.UPSERT))
    assert at_home.counts["unchanged"] == sum(at_home.counts.values()), at_home.differences


def test_what_a_column_may_hold_against_its_type_is_found_and_never_changed(twins: Twins) -> None:
    """One such value a row: all rows are kept out, each for its own value."""
    odd = [(native, value) for native, values in specimens(twins.case, importable=False) for value in values]
    if not odd:
        pytest.skip("this engine holds nothing against its types")
    definitions = ", ".join(f"c{at} {native}" for at, (native, _) in enumerate(odd))
    for place in (twins.first, twins.second):
        place.execute(f"CREATE TABLE zoo (id integer PRIMARY KEY, {definitions})")
    twins.first.execute(*(f"INSERT INTO zoo (id, c{at}) VALUES ({at}, {value})" for at, (_, value) in enumerate(odd)))
    out, into = twins.entrepot(twins.first), twins.entrepot(twins.second)
    for name in FILES:
        file = out.export("zoo", to=twins.folder / name).path
        plan = into.preview(file, ImportRequest(entity="zoo", errors=Errors.SKIP))
        assert plan.counts["failed"] == len(odd) == len(plan.findings)
        assert {finding.record for finding in plan.findings} == set(range(1, len(odd) + 1))


@pytest.mark.postgres
@pytest.mark.parametrize("twins", CASES[1:2], indirect=True)
def test_types_of_extensions_come_in_as_themselves(twins: Twins) -> None:
    wanted = ("hstore", "citext", "ltree")
    known = {str(row[0]) for row in twins.first.rows("SELECT name FROM pg_available_extensions")}
    if not known.issuperset(wanted):
        pytest.skip("this server was installed without them")
    for place in (twins.first, twins.second):
        place.execute(
            *(f"CREATE EXTENSION {name}" for name in wanted),
            "CREATE TABLE zoo (id integer PRIMARY KEY, h hstore, c citext, l ltree, cs citext[])",
        )
    twins.first.execute(
        """INSERT INTO zoo VALUES (1, '"a b"=>"x\\"y", n=>NULL', 'Aé', 'a.b', ARRAY['A', 'b"', NULL])""",
        "INSERT INTO zoo VALUES (2, '', '', '', '{}')",
    )
    out, into = twins.entrepot(twins.first), twins.entrepot(twins.second)
    into.bring_in(out.export("zoo", to=twins.folder / "zoo.csv").path, ImportRequest(entity="zoo"))
    assert twins.as_the_server_says(twins.second) == twins.as_the_server_says(twins.first)
