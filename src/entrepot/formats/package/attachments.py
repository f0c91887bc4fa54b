"""The files that rows point to, as members `files/<id>/<name>`. One that is missing, or that cannot be read, is a
warning, never a failed export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain

from entrepot.formats.package.names import AttachmentPaths
from entrepot.formats.port import Attachments, FileReference, Tools
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.errors import AccessError, StorageError
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.receipts import FileReceipt

MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class Attached:
    """What became of a reference; `file` is None where there was nothing to read."""

    reference: FileReference
    file: FileReceipt | None
    unreadable: str | None = None
    """Why a file that is there could not be read."""

    def words(self) -> dict[str, object]:
        reference = self.reference
        named = {"entity": reference.entity, "field": reference.field, "id": reference.id, "name": reference.name}
        if self.file is None:
            return {**named, "missing": True, **({"unreadable": True} if self.unreadable else {})}
        return {**named, "path": self.file.name, "bytes": self.file.bytes, "sha256": self.file.sha256}


def write_attachments(archive: ZipOutlet, tools: Tools) -> tuple[Attached, ...]:
    if tools.attachments is None:
        return ()
    tools.reporter.phase("Copying attached files")
    return tuple(copied(archive, tools.attachments))


def copied(archive: ZipOutlet, attachments: Attachments) -> Iterator[Attached]:
    """A file to which several fields point under one id is copied once."""
    paths, done = AttachmentPaths(), dict[tuple[str, tuple[str, str]], Attached]()
    for reference in attachments.files():
        place = reference.id, reference.stored
        if place not in done:
            done[place] = one_copied(archive, attachments, reference, paths)
        yield replace(done[place], reference=reference)


def one_copied(
    archive: ZipOutlet, attachments: Attachments, reference: FileReference, paths: AttachmentPaths
) -> Attached:
    """Nothing is begun in the archive before the first bytes are read; an error after them fails the export."""
    with ExitStack() as stack:
        try:
            found = attachments.open(reference)
            if found is None:
                return Attached(reference=reference, file=None)
            blocks = stack.enter_context(found)
            first = next(blocks, b"")
        except (AccessError, StorageError) as error:
            if error.code == "too_many_files":
                raise
            return Attached(reference=reference, file=None, unreadable=error.message)
        sink = stack.enter_context(archive.open(paths.take(reference), MEDIA_TYPE))
        for block in chain([first], blocks):
            sink.write(block)
    return Attached(reference=reference, file=archive.files[-1])


def references(attached: tuple[Attached, ...]) -> list[dict[str, object]]:
    """How many files each field refers to: what is attached and what is missing must come to that."""
    counts = Counter((item.reference.entity, item.reference.field) for item in attached)
    return [{"entity": entity, "field": field, "files": count} for (entity, field), count in counts.items()]


def missing(attached: tuple[Attached, ...]) -> Iterator[Problem]:
    for item in attached:
        if item.file is None:
            named = f"The file '{item.reference.name}' ({item.reference.id})"
            yield Problem(
                code="unreadable_attachment" if item.unreadable else "missing_attachment",
                message=f"{named} cannot be read, so the package lacks it. {item.unreadable}"
                if item.unreadable
                else f"{named} is not in the storage, so the package lacks it.",
                remedy="Make it readable and export again, or go without it."
                if item.unreadable
                else "Put it back into the storage and export again, or go without it.",
                severity=Severity.WARNING,
                category=Category.REFERENCE,
                place=Place(file=item.reference.name),
                value=item.reference.id,
            )
