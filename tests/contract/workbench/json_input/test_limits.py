"""What strangers may do to memory and time: each ends in a clear refusal, or in nothing at all."""

from __future__ import annotations

import json
from pathlib import Path

import psutil
import pytest

from contract.workbench.json_input.staging import Stager
from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.workbench import open_workbench
from entrepot.workbench.bench import ImportBench

LINES = Reading(format="ndjson")
DOCUMENT = Reading(format="json")
MOST_RSS = 350_000_000
LONGER = 3 * 100_000_000 // 8


@pytest.mark.parametrize(
    ("begin", "inside"),
    [
        ('[{"a":1},\n{"a":"', "x" * LONGER),
        ('[{"a":1},\n{"a":', '{"b":[1,2]},' * (LONGER // 10)),
        ('{"x":[{"a":1}],\n"y":"', "x" * LONGER),
        ('{"a":1}\n{"a":"', "x" * LONGER),
    ],
)
def test_a_value_without_end_is_refused_where_it_begins(begin: str, inside: str, stager: Stager) -> None:
    if inside.startswith("{"):
        inside = "[" + inside
    error = stager.refused(begin + inside, LINES if begin.startswith('{"a"') else DOCUMENT)
    assert error.code == "record_too_large"
    assert error.problems[0].place.line == 2


def test_a_record_of_many_objects_is_read(stager: Stager) -> None:
    records = [{"id": n, "all": [{"x": k, "y": {"z": [k]}} for k in range(40_000)]} for n in range(3)]
    found = stager.records(json.dumps(records))
    assert [(row["id"], json.loads(str(row["all"]))) for row in found] == [(str(r["id"]), r["all"]) for r in records]


@pytest.mark.parametrize("begin", ['[{"a":', '{"a":', '{"x":[{"a":1}],"y":', ""])
@pytest.mark.parametrize("bracket", ["[", '{"a":'])
def test_brackets_without_end_are_refused_at_once(begin: str, bracket: str, stager: Stager) -> None:
    assert stager.refused(begin + bracket * 1_000_000, DOCUMENT).code in {"too_deep", "broken_json"}


def test_as_many_columns_as_fit_are_read_and_no_more(stager: Stager) -> None:
    most = 500
    records = [{f"c{at}": at for at in range(start, start + 100)} for start in range(0, most, 100)]
    assert len(stager.stage(json.dumps(records), block=1000).columns) == most
    assert stager.rows("SELECT count(*) FROM absent") == [(4 * most,)]
    error = stager.refused(json.dumps([*records, {"one more": 1}]), block=1000)
    assert error.code == "too_many_columns"
    assert "500" in error.message


def test_an_object_of_very_many_names_is_refused(stager: Stager) -> None:
    error = stager.refused(json.dumps({str(number): 1 for number in range(20_000)}))
    assert error.code == "too_many_columns"


def test_records_without_common_names_do_not_fill_the_disk(stager: Stager) -> None:
    data = json.dumps([{f"c{number % 500}": 1} for number in range(60_000)])
    assert stager.refused(data, block=1 << 14).code == "too_sparse"


def test_rejected_records_are_counted_in_blocks(stager: Stager) -> None:
    staged = stager.stage('{"a":1}\nnonsense\n' * 20_000, LINES)
    assert (staged.records, staged.rejected) == (40_000, 20_000)


@pytest.mark.slow
def test_the_child_stays_small_however_many_records_come(tmp_path: Path) -> None:
    line = json.dumps({"id": 12345, "name": "x" * 60, "city": "Zürich", "address": {"lines": ["a", "b"]}, "none": None})
    path = tmp_path / "many.json"
    path.write_text('{"all":[' + ",\n".join([line] * 600_000) + "]}")
    work = tmp_path / "work"
    work.mkdir()
    with open_workbench(work) as workbench:
        bench = ImportBench(workbench)
        staged = bench.stage(path, Reading())
        assert (staged.records, staged.rejected, staged.reading.entity) == (600_000, 0, "all")
        assert psutil.Process(workbench.process.pid).memory_info().rss < MOST_RSS
        places = bench.places(path, staged.reading, [600_000])
        assert places[600_000].line == 600_000


def test_a_refusal_comes_out_of_the_child_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('[{"a":1},\n{"a":}]')
    work = tmp_path / "work"
    work.mkdir()
    with open_workbench(work) as workbench, pytest.raises(InputError) as caught:
        ImportBench(workbench).stage(path, Reading())
    assert (caught.value.code, caught.value.problems[0].place.line) == ("broken_json", 2)
    assert "broken.json, line 2, column 6" in caught.value.message
