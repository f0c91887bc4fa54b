"""Whether a file may be an archive: all that is asked of most, without the modules that read one."""

from __future__ import annotations

from pathlib import Path

MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def may_be_archive(path: Path, name: str) -> bool:
    """By its first bytes, or by its name."""
    with path.open("rb") as file:
        start = file.read(len(MARKS[0]))
    if start in MARKS or ".zip" not in name.lower():
        return start in MARKS

    from entrepot.formats.package.kinds import ending

    return ending(name) == "zip"
