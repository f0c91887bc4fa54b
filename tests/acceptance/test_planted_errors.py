"""Must show: of 100,000 records one in a hundred is wrong, in one of twenty ways. Each is found where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from acceptance.planted import FIELDS, NAMES, RECORDS, Found, Planted, as_csv, as_lines, as_list
from entrepot.model.drafts import Reading
from entrepot.model.matching import Matching
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import open_workbench

MOST = 100_000


def found_in(path: Path, work: Path) -> tuple[set[Found], int, int]:
    """Everything that is told about records; how many there are, and how many failed."""
    with open_workbench(work) as child:
        bench = ImportBench(child)
        staged = bench.stage(path, Reading())
        names = [column.name for column in staged.columns]
        assert names == list(NAMES)
        judged = bench.judge(FIELDS)
        decided = bench.decide(FIELDS, Matching())
        unread, _ = bench.shown(FIELDS, Matching(), MOST)
        told = [*bench.findings(FIELDS, 0, MOST), *unread]
        assert len(told) == sum(count.records for count in judged.errors) + staged.rejected
        cells = [(it.record, it.field if it.column is None else names[it.column]) for it in told]
        places = bench.cells(path, staged.reading, cells)
    found: set[Found] = set()
    for finding, (record, column) in zip(told, cells, strict=True):
        place = places[record, column]
        assert place.line is not None
        assert place.byte is not None
        found.add((record, finding.code, column, place.line, place.byte))
    assert len(found) == len(told)
    return found, staged.records, decided.counts["failed"]


@pytest.mark.parametrize(("name", "make"), [("a.csv", as_csv), ("a.ndjson", as_lines), ("a.json", as_list)])
def test_every_planted_error_is_found_at_its_place_and_nothing_else(
    tmp_path: Path, name: str, make: Callable[[], Planted]
) -> None:
    planted = make()
    path = tmp_path / name
    path.write_bytes(planted.data)
    (tmp_path / "work").mkdir()
    found, records, failed = found_in(path, tmp_path / "work")
    assert records == RECORDS
    assert sorted(found - planted.errors)[:5] == []
    assert sorted(planted.errors - found)[:5] == []
    assert failed == len(planted.errors)
