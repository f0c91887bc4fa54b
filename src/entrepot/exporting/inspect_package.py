"""Inspecting a package: the archive itself, then every member against `datapackage.json`, then every entity's rows."""

from __future__ import annotations

from pathlib import Path

from entrepot.exporting.inspect_attachments import check_attachments
from entrepot.exporting.inspection import Findings
from entrepot.formats.package.agreeing import disagreements
from entrepot.formats.package.contents import PackageWords, ResourceWords, read_contents
from entrepot.formats.package.count import count_member
from entrepot.formats.package.names import DESCRIPTOR
from entrepot.model.ports import StagedColumn
from entrepot.model.problems import Place
from entrepot.model.receipts import FileReceipt
from entrepot.storage.faults import storing
from entrepot.zips.checks import Archive, Entry, check_archive
from entrepot.zips.reading import extract, measured

MEMBER_FORMATS = {"csv": "csv", "ndjson": "ndjson", "jsonl": "ndjson", "json": "json", "parquet": "parquet"}


def inspect_package(path: Path, findings: Findings) -> None:
    archive = check_archive(path)
    findings.problems += archive.problems
    if archive.problems:
        findings.note("contents_not_read", "The archive is not sound, so its members were not read.")
        return
    findings.read(f"{len(archive.entries):,} members: both headers of each agree, nothing overlaps, names are safe.")
    with findings.listing(DESCRIPTOR):
        contents = read_contents(archive)
        findings.problems += disagreements(archive, contents)
        if contents.entrepot is not None:
            check_attachments(contents.entrepot, findings)
        PackageCheck(archive, contents, findings).run()


class PackageCheck:
    """One pass over the members; those with rows are extracted for as long as they are read."""

    def __init__(self, archive: Archive, contents: PackageWords, findings: Findings) -> None:
        self.archive, self.findings = archive, findings
        self.members = contents.members()
        self.resources = {path: item for item in contents.resources for path in item.paths}
        self.by_hash = {member.sha256: member.path for member in self.members.values()}
        self.counts: dict[str, int] = {}
        self.verified = 0

    def run(self) -> None:
        for entry in self.archive.entries:
            if entry.name != DESCRIPTOR and not entry.is_folder:
                with self.findings.listing(entry.name):
                    self.check(entry)
        if self.verified:
            self.findings.agree(f"{self.verified:,} members have the declared size and SHA-256.")

    def check(self, entry: Entry) -> None:
        resource = self.resources.get(entry.name)
        if resource is None:
            self.compare(entry, measured(self.archive, entry))
            return
        plain = self.findings.work / f"member{Path(entry.name).suffix if entry.name.isascii() else ''}"
        plain.unlink(missing_ok=True)
        try:
            with storing(plain):
                found = extract(self.archive, entry, plain)
            self.compare(entry, found)
            check_rows(plain, entry.name, resource, self.findings)
        finally:
            plain.unlink(missing_ok=True)

    def compare(self, entry: Entry, found: FileReceipt) -> None:
        declared = self.members.get(entry.name)
        if declared is None:
            return
        if self.findings.compare_file(entry.name, (declared.bytes, declared.sha256), (found.bytes, found.sha256)):
            self.verified += 1
        elif (owner := self.by_hash.get(found.sha256)) is not None:
            message = f"{entry.name} holds what belongs to {owner}."
            self.findings.wrong("swapped_member", message, Place(file=entry.name))


def check_rows(plain: Path, member: str, resource: ResourceWords, findings: Findings) -> None:
    """Counted strictly, then hashed again from the member's own bytes."""
    written, title = MEMBER_FORMATS.get(resource.format), resource.title
    if written is None or len(resource.paths) != 1:
        findings.note("rows_not_counted", f"{title}: rows in the format '{resource.format}' were not counted.")
        return
    rows = count_member(plain, written, title)
    if resource.entrepot is None:
        findings.read(f"{title}: {rows:,} rows.")
    else:
        findings.compare_rows(title, resource.entrepot.rows, rows, member)
    columns = tuple(StagedColumn(name=field.name, type=field.logical_type) for field in resource.fields)
    if not columns:
        return
    options: dict[str, object] = {"entity": title} if written == "json" else {}
    found = findings.workbench.fingerprint_file(plain, written, columns, options)
    findings.compare_fingerprint(title, resource.entrepot.fingerprint if resource.entrepot else None, found, member)
