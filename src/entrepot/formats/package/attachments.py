"""The files that rows point to, as members `files/<id>/<name>`. A missing one is a warning, never a failed export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from entrepot.formats.package.names import AttachmentPaths
from entrepot.formats.port import Attachments, Tools
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.receipts import FileReceipt

MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class Attached:
    """One file; `file` is None where the storage did not have it."""

    id: str
    name: str
    file: FileReceipt | None

    def words(self) -> dict[str, object]:
        if self.file is None:
            return {"id": self.id, "name": self.name, "missing": True}
        return {
            "id": self.id,
            "name": self.name,
            "path": self.file.name,
            "bytes": self.file.bytes,
            "sha256": self.file.sha256,
        }


def write_attachments(archive: ZipOutlet, tools: Tools) -> tuple[Attached, ...]:
    if tools.attachments is None:
        return ()
    tools.reporter.phase("Copying attached files")
    return tuple(copied(archive, tools.attachments))


def copied(archive: ZipOutlet, attachments: Attachments) -> Iterator[Attached]:
    paths = AttachmentPaths()
    for file_id, name in attachments.files():
        found = attachments.open(file_id)
        if found is None:
            yield Attached(id=file_id, name=name, file=None)
            continue
        with found as blocks, archive.open(paths.take(file_id, name), MEDIA_TYPE) as sink:
            for block in blocks:
                sink.write(block)
        yield Attached(id=file_id, name=name, file=archive.files[-1])


def missing(attached: tuple[Attached, ...]) -> Iterator[Problem]:
    for item in attached:
        if item.file is None:
            yield Problem(
                code="missing_attachment",
                message=f"The file '{item.name}' ({item.id}) is not in the storage, so the package lacks it.",
                remedy="Put it back into the storage and export again, or go without it.",
                severity=Severity.WARNING,
                category=Category.REFERENCE,
                place=Place(file=item.name),
                value=item.id,
            )
