"""Whether a file is a PDF from its first to its last line. What its pages show cannot be counted again."""

from __future__ import annotations

from pathlib import Path

from entrepot.model.errors import DamagedError

TAIL_BYTES = 1024


def check_whole(path: Path) -> None:
    with path.open("rb") as file:
        begins = file.read(5) == b"%PDF-"
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        ends = b"%%EOF" in file.read()
    if not (begins and ends):
        words = "ends too early" if begins else "is no PDF"
        raise DamagedError("broken_pdf", f"{path.name} {words}.", remedy="Get an undamaged copy, or export again.")
