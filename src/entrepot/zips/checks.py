"""What a ZIP must be before a byte of its members is read: its headers agree, members stand side by side, names are
safe and different, sizes are possible, nothing is encrypted or a link."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from entrepot.model.errors import DamagedError
from entrepot.model.problems import Problem
from entrepot.zips.bytes import finding
from entrepot.zips.end import find_directory
from entrepot.zips.headers import Header, read_entries
from entrepot.zips.placing import UNIX, Entry, Placed

__all__ = ["DEFLATED", "Archive", "Entry", "check_archive", "sound", "sound_archive"]

SHOWN = 100
STORED, DEFLATED = 0, 8
ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
UNSAFE = re.compile(r"[\x00-\x1f\x7f\\\ufffd]")
DRIVE = re.compile(r"[A-Za-z]:")
HIGHEST_RATIO = 1032
"""Deflate cannot do more: 258 bytes from 2 bits."""
LARGE_BYTES, LARGE_RATIO = 1 << 30, 200
"""Rows of a database never come near it; a bomb does."""


@dataclass(frozen=True, kw_only=True)
class Archive:
    path: Path
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    """With a problem, nothing may be read from it."""

    def entry(self, name: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.name == name), None)


def check_archive(path: Path) -> Archive:
    """All that is wrong with its structure, as far as it can be told."""
    with path.open("rb") as file:
        try:
            directory = find_directory(file, path.stat().st_size)
            headers = list(read_entries(file, directory))
        except DamagedError as error:
            return Archive(path=path, entries=(), problems=error.problems)
        placed = Placed(file=file, end=directory.start)
        entries = placed.entries(headers)
        problems = [found for header in headers for found in header_problems(header)]
        return Archive(path=path, entries=entries, problems=(*problems, *twice(headers), *placed.problems))


def sound_archive(path: Path) -> Archive:
    return sound(check_archive(path))


def sound(archive: Archive) -> Archive:
    if archive.problems:
        first = archive.problems[0]
        raise DamagedError(first.code, first.message, remedy=first.remedy, problems=archive.problems[:SHOWN])
    return archive


def header_problems(header: Header) -> Iterator[Problem]:
    """What the directory alone tells."""
    name = header.name
    if fault := unsafe(name):
        yield finding("zip_unsafe_name", f"{fault} ({name!r})", name)
    if header.flags & ENCRYPTED:
        yield finding("zip_encrypted", "it is encrypted; ZIP encryption is not supported", name)
    elif header.method not in {STORED, DEFLATED}:
        yield finding("zip_method", f"its compression method {header.method} is not supported", name)
    elif header.method == STORED and header.stored != header.size:
        fact = f"it is stored as it is, but its compressed and plain sizes differ: {header.stored:,}, {header.size:,}"
        yield finding("zip_size_mismatch", fact, name)
    elif header.size > (LARGE_RATIO if header.size > LARGE_BYTES else HIGHEST_RATIO) * max(header.stored, 1):
        yield finding("zip_ratio", f"{header.stored:,} bytes cannot hold {header.size:,}", name)
    if header.system == UNIX and special(header.attributes >> 16):
        yield finding("zip_special_file", "it is a link or a device, not a file", name)
    if header.disk:
        yield finding("zip_multi_disk", f"it is said to be on disk {header.disk}", name)
    if name.endswith("/") and header.size:
        yield finding("zip_folder_with_content", "it is a folder and has content", name)


def unsafe(name: str) -> str | None:
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or DRIVE.match(name):
        return "its name is an absolute path"
    if ".." in parts or "." in parts:
        return "its name is a relative path that leads elsewhere"
    if UNSAFE.search(name):
        return "its name holds invalid characters"
    return "its name has empty parts" if "" in parts else None


def special(mode: int) -> bool:
    return stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}


def twice(headers: list[Header]) -> Iterator[Problem]:
    """Case and a trailing slash make no difference on many file systems."""
    seen: set[str] = set()
    for header in headers:
        key = header.name.rstrip("/").casefold()
        if key in seen:
            yield finding("zip_duplicate_name", "its name stands twice in the directory", header.name)
        seen.add(key)
