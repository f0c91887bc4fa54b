"""Chunks in a file come back as they were, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.errors import DamagedError
from entrepot.model.templates import Chunk
from entrepot.storage.chunk_files import read_chunks, write_chunks

CHUNKS = [Chunk(b"a,b\n" * 3, 3), Chunk(b"", 0), Chunk(bytes(range(256)) * 40_000, 7), Chunk(b"x", 1)]


def written(path: Path) -> bytes:
    with path.open("wb") as file:
        assert list(write_chunks(CHUNKS, file)) == [chunk.rows for chunk in CHUNKS]
    return path.read_bytes()


def test_chunks_come_back_as_they_were(tmp_path: Path) -> None:
    written(tmp_path / "part")
    assert list(read_chunks(tmp_path / "part")) == CHUNKS


def test_a_file_that_is_cut_off_or_changed_is_damaged(tmp_path: Path) -> None:
    whole = written(tmp_path / "part")
    for broken in (whole[:-1], whole[: len(whole) // 2], whole[:200] + b"\0" + whole[201:]):
        (tmp_path / "part").write_bytes(broken)
        with pytest.raises(DamagedError):
            list(read_chunks(tmp_path / "part"))
