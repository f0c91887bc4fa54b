"""Tables in which there is nothing: what programs write where they have no rows."""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import replace
from pathlib import Path

from entrepot.databases.marks import TABLE as MARKS
from entrepot.jobs.declared import may_have_had_some
from entrepot.model.bench import Bench
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Mode, Reading, SourceTable
from entrepot.model.packed import PackedTable
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


def is_void(table: SourceTable, plain: Path, file: Path, packed: PackedTable | None) -> bool:
    """Neither records nor columns, as formats have it that name the columns in the records; and nobody counted some."""
    if table.columns or table.records or table.declared or (packed is not None and packed.records):
        return False
    if table.records is None and (table.name is not None or not holds_nothing(plain)):
        return False
    return packed is not None or not may_have_had_some(file, table.name)


def may_be_void(asked: BundleRequest) -> bool:
    """Where whoever asks counts records, or wants what the files lack deleted, nothing is left out."""
    every = (asked.each, *asked.tables.values())
    return all(request.declared is None and request.mode is not Mode.MIRROR for request in every)
