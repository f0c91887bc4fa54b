"""What large CSV files of strangers may do to memory: each ends in one refusal with its place, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import psutil
import pytest

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import open_workbench

MEMORY = 150_000_000
MOST_RSS = 250_000_000
MEGABYTE = 1 << 20
ROWS = 400_000


def endless_line(file: BinaryIO) -> None:
    file.write(b"id,v\n1,")
    for _ in range(300):
        file.write(b"x" * MEGABYTE)


def unclosed_early(file: BinaryIO) -> None:
    """No other quote in the file could end it."""
    file.write(b'id,v\n1,"a\n')
    file.writelines(b"%d,plain\n" % number for number in range(2, ROWS))


def unclosed_late(file: BinaryIO) -> None:
    """All quotes behind it close what the one before them opened."""
    file.write(b"id,v\n")
    for number in range(1, ROWS):
        file.write(b'%d,"v\n' % number if number == ROWS // 2 else b'%d,"v"\n' % number)


FILES: dict[str, tuple[Callable[[BinaryIO], None], str, int | None]] = {
    "a line without end": (endless_line, "row_too_long", None),
    "a quote that is never closed, early": (unclosed_early, "unclosed_quote", 2),
    "a quote that is never closed, late": (unclosed_late, "unclosed_quote", ROWS // 2 + 1),
}


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Path]:
    made = tmp_path / "work"
    made.mkdir()
    yield made
    (tmp_path / "in.csv").unlink()


@pytest.mark.parametrize("what", FILES)
def test_it_is_refused_where_it_begins_in_bounded_memory(tmp_path: Path, work: Path, what: str) -> None:
    write, code, line = FILES[what]
    path = tmp_path / "in.csv"
    with path.open("wb") as file:
        write(file)
    with open_workbench(work, MEMORY) as child:
        with pytest.raises(InputError) as caught:
            ImportBench(child).stage(path, Reading())
        most = psutil.Process(child.process.pid).memory_info().rss
    assert (caught.value.code, bool(caught.value.remedy)) == (code, True)
    assert line is None or f"line {line}" in caught.value.message
    assert most < MOST_RSS
