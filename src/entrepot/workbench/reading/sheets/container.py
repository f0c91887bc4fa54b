"""The ZIP that a workbook is: proven sound before anything of it is read, its parts found by what refers to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from entrepot.model.errors import DamagedError
from entrepot.workbench.reading.sheets.markup import local, parsed
from entrepot.workbench.reading.sheets.refusals import damaged, too_large
from entrepot.zips.checks import Archive, Entry, check_archive
from entrepot.zips.reading import member_blocks

MOST_BYTES = 8 << 30
"""Of all parts, unpacked."""
LARGEST_DOCUMENT = 16 << 20
"""Of a part that is read as a whole: the list of sheets, the styles."""
HARMLESS = "zip_unsafe_name"
"""Names of parts are never used as paths, and some programs write them with backslashes."""


@dataclass(frozen=True, kw_only=True)
class Relation:
    kind: str
    """The last word of its type: `worksheet`, `styles`."""
    part: str


@dataclass(frozen=True, kw_only=True)
class Container:
    file: str
    archive: Archive
    entries: Mapping[str, Entry]
    """By their names in small letters: that is how parts are looked up."""

    def has(self, part: str) -> bool:
        return part.lower() in self.entries

    def blocks(self, part: str) -> Iterator[bytes]:
        """Exactly the bytes that were put in."""
        entry = self.entries.get(part.lower())
        if entry is None:
            raise damaged(self.file, f"its part {part} is missing")
        return member_blocks(self.archive, entry)

    def document(self, part: str) -> bytes:
        entry = self.entries.get(part.lower())
        if entry is not None and entry.header.size > LARGEST_DOCUMENT:
            fact = f"has a part of {entry.header.size:,} bytes that is read as a whole ({part})"
            raise too_large(self.file, fact, "Save the sheet as CSV, and import that.")
        return b"".join(self.blocks(part))

    def relations(self, part: str) -> dict[str | None, Relation]:
        """What a part refers to, by the id that it uses for that; the empty part is the workbook file itself."""
        place = PurePosixPath(part)
        listed = str(place.parent / "_rels" / f"{place.name}.rels")
        if not self.has(listed):
            return {}
        found = parsed(self.document(listed), self.file, listed)
        return {
            each.get("Id"): Relation(kind=each.get("Type", "").rpartition("/")[2], part=target(place, each))
            for each in found
            if local(each.tag) == "Relationship" and each.get("TargetMode") != "External"
        }

    def check_whole(self) -> None:
        """Every byte of every part, for a reader that would not notice what is missing."""
        for entry in self.entries.values():
            for _ in member_blocks(self.archive, entry):
                pass


def target(place: PurePosixPath, relation: Element) -> str:
    """The part that it means, whichever slashes it is written with."""
    written = relation.get("Target", "").replace("\\", "/")
    parts: list[str] = [] if written.startswith("/") else [part for part in place.parent.parts if part != "."]
    for step in written.split("/"):
        if step == "..":
            del parts[-1:]
        elif step not in ("", "."):
            parts.append(step)
    return "/".join(parts)


def opened(path: Path) -> Container:
    """Raises DamagedError for an archive that contradicts itself."""
    archive = check_archive(path)
    for problem in archive.problems:
        if problem.code != HARMLESS:
            raise DamagedError(
                problem.code,
                f"{path.name} is damaged. {problem.message}",
                remedy="Open it in a spreadsheet program and save it again, or get an undamaged copy.",
                problems=archive.problems,
            )
    total = sum(entry.header.size for entry in archive.entries)
    if total > MOST_BYTES:
        fact = f"holds {total:,} bytes when unpacked; {MOST_BYTES:,} are read"
        raise too_large(path.name, fact, "Divide it, or save its sheets as CSV.")
    entries = {named(entry.name): entry for entry in archive.entries if not entry.is_folder}
    if len(entries) < sum(not entry.is_folder for entry in archive.entries):
        raise damaged(path.name, "two of its parts have the same name")
    return Container(file=path.name, archive=archive, entries=entries)


def named(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
