"""Values that name parents leave the workbench, and what the database found comes back, through real pipes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from entrepot.model.drafts import Reading, TargetField
from entrepot.model.matching import Span
from entrepot.model.references import FoundParents, Lookup
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import ChildWorkbench

NUMBER, TEXT = (LogicalType(kind=kind) for kind in (Kind.INTEGER, Kind.TEXT))
NAME = TargetField(name="name", type=TEXT, sources=(1,))
LOOKUP = Lookup(column=2, sought=(NAME,), id_type=NUMBER, words="clubs with the name")
FILE = "id,club\n1,go\n2,chess\n3,GO\n4,go\n5,\n6,darts\n"


@pytest.fixture
def bench(workbench: ChildWorkbench, tmp_path: Path) -> ImportBench:
    file = tmp_path / "members.csv"
    file.write_text(FILE, encoding="utf-8")
    bench = ImportBench(workbench)
    bench.stage(file, Reading(delimiter=",", header=True))
    return bench


def wanted(bench: ImportBench) -> list[tuple[str, ...]]:
    given = b"".join(bench.give("wanted_2", ["n", "p0"])).decode()
    return [tuple(row) for row in csv.reader(io.StringIO(given))]


def take(bench: ImportBench, table: str, columns: tuple[str, ...], data: bytes = b"") -> None:
    with bench.take(table, columns) as rows:
        rows.write(data)
        rows.finish()


def answered(bench: ImportBench, found: bytes, alike: bytes = b"") -> None:
    take(bench, "found_2", ("number", "id", "label"), found)
    take(bench, "alike_2", ("record", "first"), alike)


def numbers(found: FoundParents) -> tuple[int, ...]:
    return found.values, found.found, found.missing, found.ambiguous, found.unresolved


def test_different_values_go_out_once_and_those_of_a_batch_again(bench: ImportBench) -> None:
    assert bench.seek_parents(LOOKUP) == 4
    assert wanted(bench) == [("1", "go"), ("2", "chess"), ("3", "GO"), ("4", "darts")]
    assert bench.seek_parents(LOOKUP, Span(first=2, last=4)) == 3
    assert wanted(bench) == [("1", "go"), ("2", "chess"), ("3", "GO")]
    assert bench.seek_parents(LOOKUP, Span(first=5, last=5)) == 0


def test_what_the_database_takes_for_equal_names_the_same_parent(bench: ImportBench) -> None:
    bench.seek_parents(LOOKUP)
    answered(bench, b"1,70,Bonn\n2,71,\n2,72,\n", b"3,1\n")
    found = bench.find_parents(LOOKUP)
    assert numbers(found) == (4, 2, 1, 1, 1)
    assert [(one.value, one.id, one.label) for one in found.samples] == [("go", "70", "Bonn"), ("GO", "70", "Bonn")]


def test_another_answer_is_noticed_for_the_values_that_were_asked_for(bench: ImportBench) -> None:
    bench.seek_parents(LOOKUP)
    answered(bench, b"1,70,\n2,71,\n")
    bench.find_parents(LOOKUP)
    assert bench.compare_parents(LOOKUP) == 0
    answered(bench, b"1,70,\n2,79,\n")
    assert bench.compare_parents(LOOKUP) == 1
    bench.seek_parents(LOOKUP, Span(first=3, last=6))
    answered(bench, b"1,70,\n")
    assert bench.compare_parents(LOOKUP) == 0
    answered(bench, b"")
    assert bench.compare_parents(LOOKUP) == 1


def test_where_case_means_nothing_all_parents_come_and_we_compare(bench: ImportBench) -> None:
    lookup = replace(LOOKUP, ignore_case=True)
    bench.seek_parents(lookup)
    take(bench, "found_2", ("id", "label", "p0"), b"70,,Go\n71,, CHESS \n72,,draughts\n")
    assert numbers(bench.find_parents(lookup)) == (4, 3, 1, 0, 1)
