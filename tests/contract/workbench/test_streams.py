"""Rows through the pipe: what is hashed, what is refused, and that nobody waits for the dead."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from contract.workbench.rows import column, csv, expected, measured
from entrepot.model.errors import BugError, DamagedError, EntrepotError, StorageError, UnavailableError
from entrepot.model.receipts import Fingerprint
from entrepot.model.types import Kind
from entrepot.workbench import open_workbench
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import ChildWorkbench

TWO = [column("id", Kind.INTEGER), column("text")]
PARENT = """
import sys, time
from pathlib import Path
from entrepot.model.ports import StagedColumn
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench import open_workbench

with open_workbench(Path(sys.argv[1])) as workbench:
    column = StagedColumn(name="a", type=LogicalType(kind=Kind.TEXT))
    with workbench.fingerprint([column]) as stream:
        stream.write(b"x\\n" * 100_000)
        print(workbench.process.pid, flush=True)
        time.sleep(60)
"""


def test_no_rows_have_a_fingerprint_too(workbench: ChildWorkbench) -> None:
    assert measured(workbench, TWO, []) == Fingerprint(rows=0, digest="0" * 32)


def test_null_and_empty_text_differ(workbench: ChildWorkbench) -> None:
    null, empty = ([["1", value]] for value in (None, ""))
    assert measured(workbench, TWO, null) == expected(TWO, null)
    assert measured(workbench, TWO, null) != measured(workbench, TWO, empty)


def test_the_order_of_rows_does_not_matter_and_their_number_does(workbench: ChildWorkbench) -> None:
    rows = [[str(number), "x" * number] for number in range(50)]
    assert measured(workbench, TWO, rows) == measured(workbench, TWO, rows[::-1])
    assert measured(workbench, TWO, [rows[0]] * 2) != measured(workbench, TWO, rows[:1])


def test_the_order_of_columns_does_not_matter(workbench: ChildWorkbench) -> None:
    one = measured(workbench, TWO, [["1", "x"]])
    assert one == measured(workbench, TWO[::-1], [["x", "1"]])
    assert one != measured(workbench, TWO, [["x", "1"]])


def test_values_cannot_move_from_one_column_to_the_next(workbench: ChildWorkbench) -> None:
    columns = [column("a"), column("b")]
    assert measured(workbench, columns, [["x1:", "y"]]) != measured(workbench, columns, [["x", "1:y"]])


@pytest.mark.parametrize("rows", [[[None], ["a"], [None], [""]], [["\ufeffa"]], [["a\0b"]], [["\\."]]])
def test_awkward_single_columns_arrive_whole(workbench: ChildWorkbench, rows: list[list[str | None]]) -> None:
    columns = [column("a")]
    assert measured(workbench, columns, rows) == expected(columns, rows)


def test_names_that_differ_only_in_case_or_are_code_are_no_trouble(workbench: ChildWorkbench) -> None:
    columns = [column(name) for name in ("Ab", "ab", 'a"b', "x;--", "", "two\nlines", "%s{x}")]
    rows = [[str(number) for number in range(len(columns))]]
    assert measured(workbench, columns, rows) == expected(columns, rows)


def test_1600_columns_are_hashed(workbench: ChildWorkbench) -> None:
    columns = [column(f"c{number}", Kind.INTEGER) for number in range(1600)]
    rows = [[str(number) for number in range(1600)], [None] * 1600, ["+1"] * 1600]
    assert measured(workbench, columns, rows) == expected(columns, rows)


def test_values_full_of_quotes_and_line_breaks_survive_every_buffer(work: Path) -> None:
    """Small buffers and two readers: the places where a parallel parser could guess wrong come by the thousand."""
    chance = random.Random(7)
    pieces = ['"', ",", "\n", "\r\n", '",', '"\n', "a", "é", "1,\n", '""\n""']
    rows = [[str(n), "".join(chance.choices(pieces, k=chance.randrange(60)))] for n in range(60_000)]
    (work / "small").mkdir()
    with open_workbench(work / "small", memory_bytes=40_000_000) as workbench:
        assert measured(workbench, TWO, rows) == expected(TWO, rows)


def test_long_streams_are_cut_into_segments_and_queries(
    workbench: ChildWorkbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.workbench.rows.SEGMENT_BYTES", 1000)
    monkeypatch.setattr("entrepot.workbench.streams.PART_SEGMENTS", 3)
    rows = [[str(number), 'a "quoted"\ntext' * 3] for number in range(400)]
    data = csv(rows)
    with workbench.fingerprint(TWO) as stream:
        for at in range(0, len(data), 70):
            stream.write(data[at : at + 70])
        assert stream.finish() == expected(TWO, rows)
    assert workbench.pipes > 5


def test_rows_may_come_in_any_pieces(workbench: ChildWorkbench) -> None:
    rows = [["1", "a\nb"], ["2", 'say "x"']]
    with workbench.fingerprint(TWO) as stream:
        for byte in csv(rows):
            stream.write(bytes([byte]))
        assert stream.finish() == expected(TWO, rows)


@pytest.mark.parametrize("size", [100_000, 3_000_000, 60_000_000])
def test_a_row_that_is_longer_than_usual_comes_between_others(workbench: ChildWorkbench, size: int) -> None:
    long = 'say "x"\n' * 900_000
    rows = [["1", "a"], ["2", "b\nb"], ["3", long], ["4", "c" * 4_500_000], ["5", None], ["6", "d"]]
    data = csv(rows)
    with workbench.fingerprint(TWO) as stream:
        for at in range(0, len(data), size):
            stream.write(data[at : at + size])
        assert stream.finish() == expected(TWO, rows)


def test_long_rows_keep_their_place_in_a_table(workbench: ChildWorkbench) -> None:
    bench = ImportBench(workbench)
    rows = [["1", "a"], ["2", "b" * 5_000_000], ["3", "c"]]
    with bench.take("given", ["k", "v"]) as taken:
        for row in rows:
            taken.write(csv([row]))
        assert taken.finish() == 3
    with bench.take("given", ["k", "v"], more=True) as taken:
        taken.write(csv([["4", "d"]]))
        taken.finish()
    assert b"".join(bench.give("given", ["k"])) == b'"1"\n"2"\n"3"\n"4"\n'


@pytest.mark.parametrize("damage", [b"1,a,b\n", b"1\n", b"1,\xff\n", b'1,"a"b\n'])
def test_broken_rows_are_an_error_never_a_shorter_count(workbench: ChildWorkbench, damage: bytes) -> None:
    with pytest.raises((DamagedError, BugError)), workbench.fingerprint(TWO) as stream:
        stream.write(b"1,a\n" * 10 + damage + b"2,b\n" * 10)
        stream.finish()
    assert measured(workbench, TWO, [["1", "a"]]).rows == 1, "the workbench goes on"


def test_rows_cut_within_a_quote_are_an_error(workbench: ChildWorkbench) -> None:
    with pytest.raises(BugError, match="within a quoted value"), workbench.fingerprint(TWO) as stream:
        stream.write(b'1,"a')
        stream.finish()


def test_abandoned_rows_leave_the_workbench_usable(workbench: ChildWorkbench) -> None:
    with pytest.raises(ZeroDivisionError), workbench.fingerprint(TWO) as stream:
        stream.write(b"1,a\n" * 1000)
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), workbench.fingerprint(TWO):
        raise ZeroDivisionError
    assert measured(workbench, TWO, [["1", "a"]]).rows == 1


def test_a_value_of_20_megabytes_is_hashed(workbench: ChildWorkbench) -> None:
    rows = [["1", "é" * 10_000_000], ["2", None]]
    assert measured(workbench, TWO, rows) == expected(TWO, rows)


def test_a_value_of_100_megabytes_is_hashed_or_a_clear_error(work: Path) -> None:
    (work / "big").mkdir()
    with open_workbench(work / "big") as workbench, workbench.fingerprint(TWO) as stream:
        with pytest.raises(EntrepotError) as caught:
            stream.write(b"1," + b"x" * 100_000_000 + b"\n2,y\n")
            stream.finish()
        assert caught.value.code in {"row_too_long", "workbench_out_of_memory"}


def test_reaching_the_memory_limit_is_a_clear_error(work: Path) -> None:
    """Rows that must be kept, more of them than memory: a wide decimal is never in a common form."""
    (work / "tight").mkdir()
    columns = [column("a"), *(column(f"b{number}") for number in range(40))]
    with (
        open_workbench(work / "tight", memory_bytes=10_000_000) as workbench,
        pytest.raises(EntrepotError) as caught,
        workbench.fingerprint(columns) as stream,
    ):
        for _ in range(40):
            stream.write((b"y" * 1_000_000 + b"," * 40 + b"\n") * 4)
        stream.write(b'"' + b"x" * 30_000_000 + b'"' + b"," * 40 + b"\n")
        stream.finish()
    assert isinstance(caught.value, StorageError) or caught.value.code == "row_too_long"
    assert caught.value.remedy


@pytest.mark.parametrize("when", ["before", "within", "at the end"])
def test_a_killed_child_is_reported_and_nobody_hangs(work: Path, when: str) -> None:
    folder = work / f"killed {when}"
    folder.mkdir()
    with open_workbench(folder) as workbench, pytest.raises(UnavailableError, match="signal 9") as caught:
        if when == "before":
            kill(workbench)
            workbench.process.wait()
        with workbench.fingerprint(TWO) as stream:
            stream.write(b"1,a\n")
            if when == "within":
                kill(workbench)
            for _ in range(100):
                stream.write(b"1,a\n" * 100_000)
            if when == "at the end":
                kill(workbench)
            stream.finish()
    assert caught.value.code == "workbench_died"
    assert left_in(folder) == ["workbench.log"]


def kill(workbench: ChildWorkbench) -> None:
    os.kill(workbench.process.pid, signal.SIGKILL)


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_child_ends_when_its_parent_is_killed_in_the_middle(work: Path) -> None:
    folder = work / "orphan"
    folder.mkdir()
    with subprocess.Popen([sys.executable, "-c", PARENT, str(folder)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        psutil.wait_procs([child], timeout=1)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_child_inherits_nothing(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = work / "clean"
    folder.mkdir()
    monkeypatch.setenv("PGPASSWORD", "secret")
    with (folder / "open").open("wb") as mine, open_workbench(folder) as workbench:
        os.set_inheritable(mine.fileno(), True)
        measured(workbench, TWO, [])
        child = psutil.Process(workbench.process.pid)
        assert set(child.environ()) <= {"PYTHONPATH", "PYTHONUTF8", "LC_CTYPE"}
        assert Path(child.cwd()) == folder
        assert str(folder / "open") not in {file.path for file in child.open_files()}
        assert not child.net_connections()


def test_a_child_goes_at_once_when_it_is_no_longer_needed(work: Path) -> None:
    folder = work / "short"
    folder.mkdir()
    with open_workbench(folder) as workbench:
        measured(workbench, TWO, [["1", "a"]])
        started = time.monotonic()
    assert workbench.process.returncode == 0
    assert time.monotonic() - started < 2
    assert left_in(folder) == ["workbench.log"]


def test_a_workbench_that_nobody_asked_for_anything_is_gone_at_once(tmp_path: Path) -> None:
    """It may still be starting, and would hear later that it is not wanted."""
    with open_workbench(tmp_path) as bench:
        pass
    assert bench.process.returncode == -signal.SIGKILL
    assert left_in(tmp_path) == ["workbench.log"]
