"""JSON documents, lists and NDJSON into the tables of the workbench, in constant memory. docs/reference/json-input.md
says what is read as what, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from entrepot.model.drafts import Reading, Staged
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.workbench.reading.encoding import mark_told
from entrepot.workbench.reading.json_file import BLOCK_BYTES, JsonFile
from entrepot.workbench.reading.json_load import Loader
from entrepot.workbench.reading.json_refusals import no_records
from entrepot.workbench.reading.tables import source_columns
from entrepot.workbench.source import Database

ENOUGH_VALUES = 1000
"""A list that begins with so many values that are no objects is none of records."""


def stage_json(database: Database, path: Path, reading: Reading, *, block_bytes: int = BLOCK_BYTES) -> Staged:
    file = JsonFile(path=path, reading=reading, longest_bytes=database.longest_row_bytes, block_bytes=block_bytes)
    loader = Loader(database, path.name)
    with closing(file.pieces()) as pieces:
        for piece in pieces:
            loader.take(piece)
            if loader.only_values and loader.records >= ENOUGH_VALUES:
                break
    if loader.only_values:
        raise no_records(path.name, "it is a list of single values or lists")
    return Staged(
        reading=replace(reading, format=file.format, encoding=file.encoding, entity=file.entity),
        columns=source_columns(database.connection, list(loader.columns)),
        records=loader.records,
        rejected=loader.rejected,
        problems=tuple(about(file)),
    )


def about(file: JsonFile) -> Iterator[Problem]:
    """What there is to say about the file as a whole."""
    place = Place(file=file.path.name)
    if file.has_mark:
        yield mark_told(file.path, file.encoding)
    if file.encoding != "utf-8":
        words = f"JSON is UTF-8; this file was read as {file.encoding}."
        yield Problem(code="other_encoding", message=words, severity=Severity.WARNING, place=place)
    for name, said in file.declared.items():
        if said != (held := file.lists.get(name)):
            has = "does not hold that list" if held is None else f"holds {held:,}"
            words = f"{name}: the file declares {said:,} records and {has}."
            yield Problem(
                code="count_differs",
                message=words,
                remedy="Get an undamaged copy, or export again.",
                category=Category.COUNT,
                place=replace(place, entity=name),
            )
