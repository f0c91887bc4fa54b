"""Files in blocks of whole lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

BLOCK_BYTES = 1 << 20


def blocks(path: Path) -> Iterator[bytes]:
    """Each ends with a line; only the file's last line may lack its end."""
    rest: list[bytes] = []
    with path.open("rb") as file:
        while data := file.read(BLOCK_BYTES):
            head, end, tail = data.rpartition(b"\n")
            if end:
                yield b"".join((*rest, head, end))
                rest = []
            rest.append(tail)
    if last := b"".join(rest):
        yield last
