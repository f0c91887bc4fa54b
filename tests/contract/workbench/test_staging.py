"""Files staged in the child, from anywhere on the disk."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError, StorageError
from entrepot.model.problems import Place
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import ChildWorkbench


@pytest.fixture
def bench(workbench: ChildWorkbench) -> ImportBench:
    return ImportBench(workbench)


def test_a_file_outside_of_the_work_folder_is_staged_and_places_are_found(bench: ImportBench, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes('id;name\n1;"Müller\nJunior"\n2;Zoë\n3\n'.encode("cp1252"))
    staged = bench.stage(path, Reading())
    assert staged.reading == Reading(
        format="csv", encoding="cp1252", delimiter=";", quote='"', header=True, skip_lines=0
    )
    assert [column.name for column in staged.columns] == ["id", "name"]
    assert (staged.records, staged.rejected) == (3, 1)
    assert [problem.code for problem in staged.problems] == ["encoding_guessed", "delimiter_guessed"]
    found = bench.places(path, staged.reading, [2, 3])
    assert found == {
        2: Place(file="people.csv", record=2, line=4, byte=26),
        3: Place(file="people.csv", record=3, line=5, byte=32),
    }
    assert not list(bench.child.work.glob("tmp*")), "nothing is left of the file in the work folder"


def test_a_file_is_called_what_people_call_it(bench: ImportBench, tmp_path: Path) -> None:
    path = tmp_path / "file_1m7z2tef"
    path.write_bytes(b"id\tname\n1\ta, b\n2")
    staged = bench.stage(path, Reading(), "../people.tsv")
    assert {problem.place.file for problem in staged.problems} == {"people.tsv"}
    path.write_bytes(b'{"id": 1}\n')
    assert bench.stage(path, Reading(), "people.jsonl.gz").reading.format == "ndjson"


def test_the_workbench_goes_on_after_a_file_that_is_refused(bench: ImportBench, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b'id,name\n1,"a\n2,b\n')
    with pytest.raises(InputError) as caught:
        bench.stage(path, Reading())
    assert caught.value.code == "unclosed_quote"
    assert caught.value.problems[0].place == Place(file="people.csv", line=2, byte=10)
    path.write_bytes(b"id,name\n1,a\n")
    assert bench.stage(path, Reading()).records == 1


def test_a_missing_file_is_an_error_of_storage(bench: ImportBench) -> None:
    with pytest.raises(StorageError) as caught:
        bench.stage(bench.child.work / "none.csv", Reading())
    assert caught.value.code == "unreadable_file"


@pytest.mark.slow
def test_a_quote_that_is_never_closed_in_a_large_file_takes_little_memory(bench: ImportBench, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    line = b"12345,some name or other,a street with a number,some town\n"
    path.write_bytes(b"id,name,street,town\n" + b'1,"never,x,y\n' + line * (50_000_000 // len(line)))
    with pytest.raises(InputError) as caught:
        bench.stage(path, Reading())
    assert caught.value.code == "unclosed_quote"
    assert caught.value.problems[0].place.line == 2
    assert peak(bench.child.process.pid) < 400_000_000


def test_a_record_that_is_longer_than_usual_is_staged_once(bench: ImportBench, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f'id,name\n1,a\n2,"{"line " * 1_500_000}"\n3,c\n')
    staged = bench.stage(path, Reading())
    assert (staged.records, staged.rejected, [column.filled for column in staged.columns]) == (3, 0, [3, 3])


ENDLESS = {
    "in a record": b"id,name\n1," + b"x" * 60_000_000 + b"\n",
    "in the header": b"id,name" + b"x" * 60_000_000,
    "in another encoding": b"id,n\xe4me\n" + b"\xe4,b" * 20_000_000,
    "of columns": b"id" + b",name" * 12_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("what", ENDLESS)
def test_an_endless_line_is_refused_in_little_memory(bench: ImportBench, tmp_path: Path, what: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(ENDLESS[what])
    with pytest.raises(InputError) as caught:
        bench.stage(path, Reading())
    assert caught.value.code == "row_too_long"
    assert peak(bench.child.process.pid) < 400_000_000


def peak(pid: int) -> int:
    """The most memory that a process ever had."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return psutil.Process(pid).memory_info().rss
    return next(int(line.split()[1]) * 1000 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
