"""Killed at each operation on the disk while a file is stored: it is there whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from entrepot.storage.artifacts import ArtifactStore
from recovery.dying import folders_of
from recovery.sealing import TESTS

pytestmark = pytest.mark.slow
CONTENT = b"stored " * 1_000_000
ID = "file_1m7yxxkp00000000"
CHILD = f"""
import io, sys
from pathlib import Path
sys.path.insert(0, {str(TESTS)!r})
from recovery.dying import kill_everywhere
from recovery.sealing import DeadlyDisk
from entrepot.storage.artifacts import ArtifactStore

def store(folder, fatal):
    disk = DeadlyDisk(fatal, before=sys.argv[2] == "before")
    store = ArtifactStore(folder=folder, identify=lambda _: {ID!r}, disk=disk)
    store.put(io.BytesIO(b"stored " * 1_000_000), "draft", "a.csv")

kill_everywhere(Path(sys.argv[1]), lambda folder: None, store)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_operation_a_stored_file_is_whole_or_not_there(when: str, tmp_path: Path) -> None:
    *killed_in, whole = folders_of(tmp_path, [sys.executable, "-c", CHILD, str(tmp_path), when])
    for folder in killed_in:
        store = ArtifactStore(folder=folder, identify=str)
        for stored in store.stored():
            assert store.path(stored).read_bytes() == CONTENT
        assert [path.name for path in folder.iterdir() if path.name not in store.stored()] == []
    assert len(killed_in) >= 5
    assert (whole / ID).read_bytes() == CONTENT
