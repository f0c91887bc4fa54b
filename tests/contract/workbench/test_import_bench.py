"""Rows into the child and decisions out of it, through real pipes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from entrepot.model.drafts import FieldCount, Finding, Mode, OnConflict, Reading, Rule, TargetField
from entrepot.model.errors import BugError, EntrepotError
from entrepot.model.matching import Matching, Referring, What
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import ChildWorkbench, open_workbench

NUMBER, TEXT = (LogicalType(kind=kind) for kind in (Kind.INTEGER, Kind.TEXT))
FIELDS = (TargetField(name="id", type=NUMBER, sources=(0,)), TargetField(name="name", type=TEXT, sources=(1,)))
UPSERT = Matching(key=(0,), mode=Mode.UPSERT, on_conflict=OnConflict.OVERWRITE, compared=(1,))


@pytest.fixture
def bench(workbench: ChildWorkbench) -> ImportBench:
    return ImportBench(workbench)


EXISTING = ("record", "k0", "b0")


def take(bench: ImportBench, table: str, columns: tuple[str, ...], *blocks: bytes) -> int:
    with bench.take(table, columns) as stream:
        for block in blocks:
            stream.write(block)
        return stream.finish()


def judged(bench: ImportBench, *blocks: bytes) -> None:
    """As the steps before would have made them; `n` is there already, so a record is one more."""
    take(bench, "judged", ("record", "f0", "f1", "e0", "e1"), *blocks)
    take(bench, "rejected", ("record", "at", "code", "value"))


def nothing_exists(bench: ImportBench) -> None:
    take(bench, "existing", EXISTING)
    take(bench, "doubled", ("record", "first"))


def rows(blocks: Iterator[bytes]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(blocks).decode(), newline="")))


def test_rows_that_came_in_are_decided_about_and_go_out_again(bench: ImportBench) -> None:
    judged(bench, b'1,1,"a, ""b""\nc",,\n2,2,new,,\n', b"3,3,same,,\n")
    assert take(bench, "existing", EXISTING, b"1,1,old\n3,3,same\n") == 2
    take(bench, "doubled", ("record", "first"))
    decided = bench.decide(FIELDS, UPSERT)
    assert {k: v for k, v in decided.counts.items() if v} == {"created": 1, "updated": 1, "unchanged": 1}
    assert rows(bench.emit(FIELDS, UPSERT, What.CREATED)) == [["2", "new"]]
    assert rows(bench.emit(FIELDS, UPSERT, What.UPDATED)) == [["1", 'a, "b"\nc']]
    assert rows(bench.emit(FIELDS, UPSERT, What.BEFORE)) == [["1", "old"]]
    assert sorted(rows(bench.emit(FIELDS, UPSERT, What.KEYS))) == [["1", "1"], ["2", "2"], ["3", "3"]]
    findings, differences = bench.shown(FIELDS, UPSERT, 10)
    assert not findings
    assert [(d.key, d.before, d.after) for d in differences] == [(("1",), ("old",), ('a, "b"\nc',))]


def test_values_are_judged_in_the_child_and_decided_about(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("id,name\n007,Ada\nx,Bob\n3,\ny,Eve\n")
    fields = (replace(FIELDS[0], rules=(Rule(name="max", argument="2", warning=True),)), FIELDS[1])
    with open_workbench(tmp_path) as child:
        bench = ImportBench(child)
        bench.stage(file, Reading())
        judged = bench.judge(fields)
        assert (judged.errors, judged.failed) == ((FieldCount(field="id", code="not_an_integer", records=2),), 2)
        assert bench.findings(fields, 1, 1) == (Finding(record=2, field="id", code="not_an_integer", value="x"),)
        told = bench.grouped(fields, None, offset=0, most=9, values=9).groups
        assert [[value.places for value in group.values] for group in told] == [["2", "4"], ["1"], ["3"]]
        assert [(change.by, change.samples[0].was) for change in bench.changes(fields)] == [("form", "007")]
        assert bench.decide(fields, Matching()).counts["created"] == 2
        assert rows(bench.emit(fields, Matching(), What.CREATED)) == [["7", "Ada"], ["3", ""]]


def test_who_refers_to_a_record_that_stays_out_stays_out_too_however_far_away(bench: ImportBench) -> None:
    """Record 0 refers to nothing, every other to the one before; the first of those fails, and all behind it. A circle
    needs nobody else."""
    bosses = (replace(FIELDS[0]), replace(FIELDS[0], name="boss", sources=(1,)))
    matching = Matching(key=(0,), compared=(1,), references=(Referring(fields=(1,), own=(0,)),))
    lines = [f"{n + 1},{n},{n - 1 if n else ''},,\n".encode() for n in range(2000)]
    judged(bench, *lines, b"2001,5000,5001,,\n2002,5001,5000,,\n")
    take(bench, "existing", EXISTING, b"4,3,\n")
    take(bench, "parents_0", ("record",))
    take(bench, "doubled_0", ("record", "first"))
    decided = bench.decide(bosses, matching)
    assert {k: v for k, v in decided.counts.items() if v} == {"created": 2002 - 1997, "failed": 1997}
    assert [count.records for count in decided.findings if count.code == "parent_failed"] == [1996]


def test_two_requests_at_once_are_refused_instead_of_waiting_for_each_other(bench: ImportBench) -> None:
    judged(bench, b"1,1,a,,\n")
    bench.decide(FIELDS, UPSERT)
    with bench.take("existing", EXISTING), pytest.raises(BugError) as caught:
        next(bench.emit(FIELDS, UPSERT, What.CREATED))
    assert caught.value.code == "workbench_busy"


def test_a_null_leaves_as_the_mark_that_was_asked_for_and_never_looks_like_a_text(bench: ImportBench) -> None:
    judged(bench, b'1,1,,,\n2,2,"",,\n3,3,NULL,,\n')
    nothing_exists(bench)
    bench.decide(FIELDS, UPSERT)
    assert b"".join(bench.emit(FIELDS, UPSERT, What.CREATED)) == b'1,\n2,""\n3,NULL\n'
    assert b"".join(bench.emit(FIELDS, UPSERT, What.CREATED, null="NULL")) == b'1,NULL\n2,\n3,"NULL"\n'


def test_a_lone_value_is_quoted_so_that_no_loader_takes_it_for_an_end(bench: ImportBench) -> None:
    lone = (TargetField(name="name", type=TEXT, sources=(0,)),)
    take(bench, "judged", ("record", "f0", "e0"), b'1,\\.,\n2,,\n3,"",\n')
    take(bench, "rejected", ("record", "at", "code", "value"))
    bench.decide(lone, Matching())
    assert b"".join(bench.emit(lone, Matching(), What.CREATED)) == b'"\\."\n\n""\n'


def test_many_rows_pass_in_blocks_of_whole_rows(bench: ImportBench) -> None:
    text = "x" * 90 + '"\n'
    judged(bench, *(f'{n},{n},"{text.replace(chr(34), chr(34) * 2)}",,\n'.encode() for n in range(60_000)))
    nothing_exists(bench)
    bench.decide(FIELDS, UPSERT)
    blocks = list(bench.emit(FIELDS, UPSERT, What.CREATED))
    assert len(blocks) > 3
    assert all(len(list(csv.reader(io.StringIO(block.decode(), newline="")))) for block in blocks)
    assert sum(len(rows(iter([block]))) for block in blocks) == 60_000


def test_a_reader_that_leaves_early_does_no_harm(bench: ImportBench, work: Path) -> None:
    judged(bench, *(f"{n},{n},{'y' * 100},,\n".encode() for n in range(60_000)))
    nothing_exists(bench)
    bench.decide(FIELDS, UPSERT)
    blocks = bench.emit(FIELDS, UPSERT, What.CREATED)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert bench.decide(FIELDS, UPSERT).counts["created"] == 60_000
    assert not [path for path in work.iterdir() if path.name.startswith("rows-")]


def test_what_cannot_be_made_is_an_error_and_not_a_silence(bench: ImportBench) -> None:
    judged(bench, b"1,1,a,,\n")
    with pytest.raises(EntrepotError) as caught:
        list(bench.emit(FIELDS, Matching(references=(Referring(fields=(1,)),)), What.REFERENCE, number=3))
    assert caught.value.code == "workbench_failed"
    nothing_exists(bench)
    assert bench.decide(FIELDS, UPSERT).counts["created"] == 1


def test_many_fields_take_neither_minutes_nor_all_memory(tmp_path: Path) -> None:
    names = [f"c{at}" for at in range(150)]
    file = tmp_path / "wide.csv"
    file.write_text("\n".join([",".join(names), *(",".join([str(key), *["1"] * 149]) for key in (1, 2))]) + "\n")
    fields = tuple(TargetField(name=name, type=NUMBER, sources=(at,)) for at, name in enumerate(names))
    matching = replace(UPSERT, compared=tuple(range(1, 150)))
    with open_workbench(tmp_path) as child:
        bench = ImportBench(child)
        bench.stage(file, Reading())
        bench.judge(fields)
        take(bench, "doubled", ("record", "first"))
        columns = ("record", "k0", *(f"b{at}" for at in range(149)))
        take(bench, "existing", columns, ("1,1," + ",".join("2" * 149) + "\n").encode())
        assert bench.decide(fields, matching).counts["updated"] == 1
        _, (difference,) = bench.shown(fields, matching, 100)
        assert (difference.before, difference.after) == (("2",) * 149, ("1",) * 149)
        assert rows(bench.emit(fields, matching, What.CREATED)) == [["2", *["1"] * 149]]
        assert rows(bench.emit(fields, matching, What.BEFORE)) == [["1", *["2"] * 149]]
