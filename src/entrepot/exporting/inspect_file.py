"""Inspecting one file of any format: as it is stored, then its rows, then their fingerprints."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from entrepot.exporting.inspect_package import inspect_package
from entrepot.exporting.inspection import Findings
from entrepot.formats.csv.count import count_rows
from entrepot.formats.options import parse_options
from entrepot.formats.port import Format
from entrepot.model.errors import InputError
from entrepot.model.ports import StagedColumn
from entrepot.model.problems import Place
from entrepot.model.receipts import EntityReceipt, FileReceipt, Receipt
from entrepot.storage.faults import reading

HASHED = frozenset({"csv", "ndjson", "json", "parquet"})
"""Formats that the workbench reads back."""


def check_stored(path: Path, declared: FileReceipt, findings: Findings) -> None:
    """The very bytes on disk: compressed and encrypted as they are."""
    with reading(path), path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if findings.compare_file(path.name, (declared.bytes, declared.sha256), (path.stat().st_size, digest)):
        findings.agree(f"{path.name}: {declared.bytes:,} bytes and SHA-256 as the receipt says.")


@dataclass(frozen=True, kw_only=True)
class Content:
    """The content of a stored file."""

    plain: Path
    stored: str
    format: Format
    receipt: Receipt | None

    def entities(self) -> tuple[EntityReceipt, ...]:
        """What it holds: one entity where the format has a file per entity, all of them otherwise."""
        if self.receipt is None:
            return ()
        if not self.format.many_files or len(self.receipt.entities) == 1:
            return self.receipt.entities
        return tuple(entity for entity in self.receipt.entities if entity.member == self.plain.name)

    def options(self) -> dict[str, object]:
        return dict(self.receipt.format_options) if self.receipt else {}


def check_content(content: Content, findings: Findings) -> None:
    if content.format.name == "package":
        inspect_package(content.plain, findings)
        compare_with_package(content, findings)
        return
    with findings.listing(content.stored):
        check_counts(content, findings)
    if content.format.name in HASHED:
        for entity in content.entities():
            with findings.listing(content.stored, entity.title):
                check_fingerprint(content, entity, findings)


def check_counts(content: Content, findings: Findings) -> None:
    counts, entities = counted(content), content.entities()
    if content.format.check is not None:
        content.format.check(content.plain)
    if counts is None:
        findings.note("rows_not_counted", f"Rows of a {content.format.title} cannot be counted again.")
        return
    if content.receipt is None:
        for name, rows in counts.items():
            findings.read(f"{name}: {rows:,} rows.")
        return
    if content.format.many_files and len(entities) == 1:
        counts = {entities[0].member or entities[0].title: sum(counts.values())}
    compare_counts(counts, content.stored, entities, findings)


def compare_counts(
    counts: Mapping[str, int], stored: str, entities: tuple[EntityReceipt, ...], findings: Findings
) -> None:
    left = dict(counts)
    for entity in entities:
        rows = left.pop(entity.member or entity.title, None)
        if rows is None:
            message = f"{entity.title}: the receipt names it, but {stored} does not hold it."
            findings.wrong("missing_entity", message, Place(file=stored, entity=entity.title))
        else:
            findings.compare_rows(entity.title, entity.rows, rows, stored)
    for name in left:
        message = f"{name}: {stored} holds it, but the receipt does not name it."
        findings.wrong("foreign_entity", message, Place(file=stored, entity=name))


def counted(content: Content) -> Mapping[str, int] | None:
    if content.format.name == "csv":
        options = parse_options(content.format, content.options())
        return count_rows(content.plain, options)
    return content.format.count(content.plain) if content.format.count else None


def check_fingerprint(content: Content, entity: EntityReceipt, findings: Findings) -> None:
    columns = tuple(StagedColumn(name=column.name, type=column.type) for column in entity.columns)
    options: dict[str, object] = {"entity": entity.title} if content.format.name == "json" else content.options()
    try:
        found = findings.workbench.fingerprint_file(content.plain, content.format.name, columns, options)
    except InputError as error:
        findings.note(error.code, f"{entity.title}: no fingerprint was taken. {error.message}", error.remedy)
        return
    findings.compare_fingerprint(entity.title, entity.fingerprint, found, content.stored)


def compare_with_package(content: Content, findings: Findings) -> None:
    """A sound package of another export is not this one."""
    for entity in content.receipt.entities if content.receipt else ():
        found = findings.fingerprints.get(entity.title)
        if found is not None and entity.fingerprint is not None and found != entity.fingerprint:
            message = f"{entity.title}: the receipt names the fingerprint {entity.fingerprint}, the file has {found}."
            findings.wrong("fingerprint_differs", message, Place(file=content.stored, entity=entity.title))
