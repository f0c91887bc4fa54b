"""Killed at each operation on the disk while a file is stored: it is there whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from entrepot.storage.artifacts import ArtifactStore
from recovery.sealing import KILLED, TESTS

pytestmark = pytest.mark.slow
CONTENT = b"stored " * 1_000_000
ID = "file_1m7yxxkp00000000"
CHILD = f"""
import io, sys
from pathlib import Path
sys.path.insert(0, {str(TESTS)!r})
from recovery.sealing import DeadlyDisk
from entrepot.storage.artifacts import ArtifactStore
disk = DeadlyDisk(int(sys.argv[2]), before=sys.argv[3] == "before")
store = ArtifactStore(folder=Path(sys.argv[1]), identify=lambda _: {ID!r}, disk=disk)
store.put(io.BytesIO(b"stored " * 1_000_000), "draft", "a.csv")
"""


def killed(folder: Path, fatal: int, when: str) -> bool:
    command = [sys.executable, "-c", CHILD, str(folder), str(fatal), when]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode in {0, KILLED}, done.stderr.decode()
    return done.returncode == KILLED


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_operation_a_stored_file_is_whole_or_not_there(when: str, tmp_path: Path) -> None:
    fatal = 1
    while killed(folder := tmp_path / str(fatal), fatal, when):
        store = ArtifactStore(folder=folder, identify=str)
        for stored in store.stored():
            assert store.path(stored).read_bytes() == CONTENT
        assert [path.name for path in folder.iterdir() if path.name not in store.stored()] == []
        fatal += 1
    assert fatal > 5
    assert (folder / ID).read_bytes() == CONTENT
