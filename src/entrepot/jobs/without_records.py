"""Tables in which there is nothing: what programs write where they have no rows."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from entrepot.databases.marks import TABLE as MARKS
from entrepot.jobs.declared import with_declared
from entrepot.model.bench import Bench
from entrepot.model.drafts import Reading, SourceTable
from entrepot.model.packed import PackedTable
from entrepot.model.plans import ImportRequest
from entrepot.model.problems import Category, Problem, Severity
from entrepot.storage.faults import reading

SHORT = 1_000
NOTHING = (b"", b"{}", b"[]", b"null")


def records_in(table: PackedTable, bench: Bench, said: Reading) -> int:
    """Whatever is declared: a member that lies is imported like the others, and told like them."""
    assert table.path is not None
    if holds_nothing(table.path):
        return 0
    read_as, name = table.read_as(said), Path(table.member).name
    lists = [each for each in bench.tables(table.path, read_as, name) if not is_aside(each)]
    return sum(_counted(each, bench, table.path, read_as, name) for each in lists)


def _counted(table: SourceTable, bench: Bench, path: Path, read_as: Reading, name: str) -> int:
    if table.records is not None:
        return table.records
    return bench.stage(path, replace(read_as, entity=table.name or read_as.entity), name).records


def holds_nothing(path: Path) -> bool:
    """What programs write where there is nothing to write; some of it is no table that could be read."""
    with reading(path), path.open("rb") as file:
        start = file.read(SHORT)
    return len(start) < SHORT and start.removeprefix(BOM_UTF8).strip() in NOTHING


def is_aside(table: SourceTable) -> bool:
    """What people hide, and our own marks in the dump of a database."""
    return table.hidden or (table.name or "").rpartition(".")[2] == MARKS


def is_void(table: SourceTable, plain: Path, file: Path) -> bool:
    """Neither records nor columns, as all formats have it that name the columns in the records. Where a receipt beside
    the file says that there were some, they are missing."""
    if table.columns or table.records:
        return False
    if table.name is None and (not holds_nothing(plain) or with_declared(file, ImportRequest(entity="")).declared):
        return False
    return table.name is None or table.records == 0


def left_out(titles: Sequence[str]) -> Iterator[Problem]:
    for title in titles:
        yield Problem(
            code="no_records",
            message=f"{title} has no records, and is left out.",
            remedy="If it should have some, look whether it was cut off.",
            severity=Severity.WARNING,
            category=Category.COUNT,
        )
