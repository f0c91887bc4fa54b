"""Parquet as a format: files, counts, warnings; the types are the workbench's contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from contract.formats.memory_outlet import MemoryOutlet, SilentReporter, document_of
from contract.formats.memory_source import MemorySource, Row
from contract.formats.samples import EVIL_TEXTS, entity_of, field_of, query_of, shop, texts
from entrepot.formats.parquet import FORMAT, ParquetOptions, count
from entrepot.formats.port import Result, Tools
from entrepot.model.errors import DamagedError
from entrepot.model.selection import Query
from entrepot.model.types import Kind
from entrepot.workbench import open_workbench
from entrepot.workbench.client import ChildWorkbench


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildWorkbench]:
    with open_workbench(tmp_path_factory.mktemp("work")) as opened:
        yield opened


def export(
    workbench: ChildWorkbench, pairs: list[tuple[Query, list[Row]]], folder: Path, *, measure: bool = False
) -> Result:
    outlet = MemoryOutlet()
    tools = Tools(reporter=SilentReporter(), work=workbench.work, workbench=lambda: workbench, measure=measure)
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs})
    result = FORMAT.write(document_of([query for query, _ in pairs]), source, outlet, ParquetOptions(), tools)
    for name, data in outlet.files.items():
        (folder / name).write_bytes(data)
    return result


def read(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()


def test_texts_and_nulls_come_back_exactly(workbench: ChildWorkbench, tmp_path: Path) -> None:
    values = [*EVIL_TEXTS, "\0"]
    result = export(workbench, [texts(values)], tmp_path)
    assert [row[1] for row in read(tmp_path / "shop.parquet")] == values
    assert result.written[0].rows == len(values)
    assert result.written[0].fingerprint is None
    assert not list(workbench.work.glob("*.parquet"))


def test_every_entity_has_its_file_with_its_count(workbench: ChildWorkbench, tmp_path: Path) -> None:
    pairs = [*shop()]
    result = export(workbench, pairs, tmp_path, measure=True)
    for written, (_, rows) in zip(result.written, pairs, strict=True):
        assert written.rows == len(rows)
        assert count(tmp_path / written.member) == {written.member: len(rows)}
        assert written.fingerprint is not None


def test_a_column_that_does_not_fit_becomes_text_with_a_warning(workbench: ChildWorkbench, tmp_path: Path) -> None:
    query = query_of(entity_of("days", [field_of("day", Kind.DATE), field_of("n", Kind.INTEGER, bits=32)]))
    rows: list[Row] = [{"day": "2024-01-02", "n": "1"}, {"day": "infinity", "n": "2"}, {"day": None, "n": None}]
    result = export(workbench, [(query, rows)], tmp_path)
    assert read(tmp_path / "shop.parquet") == [("2024-01-02", 1), ("infinity", 2), (None, None)]
    assert [(problem.code, problem.place.column) for problem in result.problems] == [("column_as_text", "day")]


@pytest.mark.parametrize("day", ["2024-01-02", "infinity"])
def test_a_row_that_is_longer_than_usual_is_written_too(workbench: ChildWorkbench, tmp_path: Path, day: str) -> None:
    query = query_of(entity_of("days", [field_of("day", Kind.DATE), field_of("text")]))
    rows: list[Row] = [{"day": "2024-01-01", "text": "a"}, {"day": day, "text": "b" * 5_000_000}]
    result = export(workbench, [(query, rows)], tmp_path)
    assert [str(value) for value, _ in read(tmp_path / "shop.parquet")] == ["2024-01-01", day]
    assert len(result.problems) == (day == "infinity")


def test_names_that_readers_would_confuse_are_changed_with_a_warning(workbench: ChildWorkbench, tmp_path: Path) -> None:
    query = query_of(entity_of("names", [field_of("Ab"), field_of("ab"), field_of("")]))
    result = export(workbench, [(query, [{"Ab": "1", "ab": "2", "": "3"}])], tmp_path, measure=True)
    assert read(tmp_path / "shop.parquet") == [("1", "2", "3")]
    assert {problem.code for problem in result.problems} == {"column_renamed"}


@pytest.mark.parametrize("keep", [0, 3, 11, 40, -1, -9])
def test_a_cut_file_is_damaged(workbench: ChildWorkbench, tmp_path: Path, keep: int) -> None:
    export(workbench, [texts(["a", "b"])], tmp_path)
    path = tmp_path / "shop.parquet"
    assert count(path) == {"shop.parquet": 2}
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DamagedError):
        count(path)


def test_any_garbled_footer_is_a_number_or_damaged_never_another_error(
    workbench: ChildWorkbench, tmp_path: Path
) -> None:
    export(workbench, [texts(["a", "b"])], tmp_path)
    path = tmp_path / "shop.parquet"
    whole = path.read_bytes()
    for at in range(len(whole) - 300, len(whole)):
        for byte in (0, 0xFF, whole[at] ^ 0x10):
            path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
            try:
                assert isinstance(count(path)["shop.parquet"], int)
            except DamagedError:
                continue
