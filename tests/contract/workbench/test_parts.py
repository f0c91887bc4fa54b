"""Several tables in one workbench: they know nothing of each other but what one brings for another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from entrepot.model.drafts import Mode, OnConflict, Reading, TargetField
from entrepot.model.errors import BugError
from entrepot.model.matching import Decided, Elsewhere, Matching, Referring, What
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import ChildWorkbench

NUMBER, TEXT, DECIMAL = (LogicalType(kind=kind) for kind in (Kind.INTEGER, Kind.TEXT, Kind.DECIMAL))
PARENTS = (TargetField(name="code", type=TEXT, sources=(0,)), TargetField(name="age", type=NUMBER, sources=(1,)))
CHILDREN = (TargetField(name="id", type=NUMBER, sources=(0,)), TargetField(name="code", type=TEXT, sources=(1,)))
FIRST = Elsewhere(part=1, number=0, words="parents.csv")
REFERRING = Matching(references=(Referring(fields=(1,), elsewhere=FIRST),))


@pytest.fixture
def bench(workbench: ChildWorkbench) -> ImportBench:
    return ImportBench(workbench)


def judged(bench: ImportBench, folder: Path, text: str, fields: tuple[TargetField, ...]) -> None:
    file = folder / "rows.csv"
    file.write_text(text, encoding="utf-8")
    bench.stage(file, Reading(format="csv", delimiter=","))
    bench.judge(fields)


def found(bench: ImportBench, rows: bytes = b"") -> None:
    """The parents that the database has, by the first records that refer to them."""
    for table, columns, data in (("parents_0", ("record",), rows), ("doubled_0", ("record", "first"), b"")):
        with bench.take(table, columns) as taken:
            taken.write(data)
            taken.finish()


def counted(decided: Decided) -> dict[str, int]:
    return {name: count for name, count in decided.counts.items() if count}


def test_parts_have_tables_of_their_own(bench: ImportBench, tmp_path: Path) -> None:
    one, other = bench.part(1), bench.part(2)
    judged(one, tmp_path, "code,age\na,1\nb,2\n", PARENTS)
    judged(other, tmp_path, "code,age\nc,3\n", PARENTS)
    assert [part.decide(PARENTS, Matching()).counts["created"] for part in (one, other, one)] == [2, 1, 2]
    assert b"".join(one.emit(PARENTS, Matching(), What.CREATED)) == b"a,1\nb,2\n"
    assert b"".join(other.emit(PARENTS, Matching(), What.CREATED)) == b"c,3\n"


def test_only_one_part_gives_out_rows_at_a_time(bench: ImportBench, tmp_path: Path) -> None:
    one, other = bench.part(1), bench.part(2)
    judged(one, tmp_path, "code,age\na,1\n", PARENTS)
    one.decide(PARENTS, Matching())
    with one.take("existing", ("record",)), pytest.raises(BugError) as caught:
        other.decide(PARENTS, Matching())
    assert caught.value.code == "workbench_busy"


def test_a_parent_is_a_row_or_a_record_of_another_part_that_comes_in(bench: ImportBench, tmp_path: Path) -> None:
    """One is in the database, one in the file, one fails there, one is nowhere, and nothing refers to nothing."""
    parents, children = bench.part(1), bench.part(2)
    judged(parents, tmp_path, "code,age\nfile,1\nbad,x\n", PARENTS)
    parents.decide(PARENTS, Matching())
    parents.bring(PARENTS, Matching(), 0, (0,))
    judged(children, tmp_path, "id,code\n1,there\n2,file\n3,bad\n4,none\n5,\n", CHILDREN)
    found(children, b"1\n")
    assert counted(children.decide(CHILDREN, REFERRING)) == {"created": 3, "failed": 2}
    findings, _ = children.shown(CHILDREN, REFERRING, 9)
    assert [(one.record, one.code, one.value, one.words) for one in findings] == [
        (3, "parent_failed", "'bad', record 2", "parents.csv"),
        (4, "no_such_parent", "none", None),
    ]


def test_a_row_that_changes_brings_what_it_becomes(bench: ImportBench, tmp_path: Path) -> None:
    parents, children = bench.part(1), bench.part(2)
    by_age = Matching(key=(1,), compared=(0,), mode=Mode.UPSERT, on_conflict=OnConflict.OVERWRITE)
    judged(parents, tmp_path, "code,age\nnew,1\n", PARENTS)
    for table, columns, rows in (
        ("existing", ("record", "k0", "b0"), b"1,1,old\n"),
        ("doubled", ("record", "first"), b""),
    ):
        with parents.take(table, columns) as taken:
            taken.write(rows)
            taken.finish()
    assert counted(parents.decide(PARENTS, by_age)) == {"updated": 1}
    parents.bring(PARENTS, by_age, 0, (0,))
    judged(children, tmp_path, "id,code\n1,new\n2,old\n", CHILDREN)
    found(children)
    assert counted(children.decide(CHILDREN, REFERRING)) == {"created": 1, "failed": 1}


def test_numbers_that_are_spelled_otherwise_are_one_parent(bench: ImportBench, tmp_path: Path) -> None:
    parents, children = bench.part(1), bench.part(2)
    prices = (replace(PARENTS[0], type=DECIMAL), PARENTS[1])
    judged(parents, tmp_path, "code,age\n12.50,1\n", prices)
    parents.decide(prices, Matching())
    parents.bring(prices, Matching(), 0, (0,))
    fields = (CHILDREN[0], replace(CHILDREN[1], type=DECIMAL))
    judged(children, tmp_path, "id,code\n1,12.5\n2,12.500\n3,12.51\n", fields)
    found(children, b"1\n")
    assert counted(children.decide(fields, REFERRING)) == {"created": 2, "failed": 1}


def test_before_anything_is_decided_whatever_is_good_may_be_a_parent(bench: ImportBench, tmp_path: Path) -> None:
    parents, children = bench.part(1), bench.part(2)
    judged(parents, tmp_path, "code,age\na,1\nb,x\n", PARENTS)
    parents.bring(PARENTS, Matching(), 0, (0,), decided=False)
    judged(children, tmp_path, "id,code\n1,a\n2,b\n", CHILDREN)
    found(children)
    assert counted(children.decide(CHILDREN, REFERRING)) == {"created": 1, "failed": 1}
