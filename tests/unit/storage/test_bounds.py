"""What does not fit ends before it begins, or in the middle, and leaves nothing."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.model.errors import QuotaError, StorageError
from entrepot.model.identifiers import Identifiers
from entrepot.model.receipts import FileReceipt
from entrepot.storage import bounds
from entrepot.storage.artifacts import ArtifactStore
from entrepot.storage.bounds import Fits

MIB = 1 << 20


def at_most(size: int) -> Fits:
    def check(asked: int) -> None:
        if asked > size:
            raise QuotaError("quota_exceeded", f"{asked} is too much.", remedy="Store less.")

    return check


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    def told(_: Path) -> int:
        return size

    monkeypatch.setattr(bounds, "free_in", told)


def store(folder: Path, most: int) -> ArtifactStore:
    return ArtifactStore(
        folder=folder, identify=Identifiers(PinnedClock(), os.urandom).new, limit=lambda: at_most(most)
    )


def test_a_file_that_is_too_large_is_refused_before_its_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in.csv").write_bytes(b"x" * 11)
    with pytest.raises(QuotaError):
        store(tmp_path / "kept", 10).put(tmp_path / "in.csv", "draft", "in.csv")
    assert not (tmp_path / "kept").exists()
    free(monkeypatch, 10)
    with pytest.raises(StorageError) as caught:
        store(tmp_path / "kept", MIB).put(tmp_path / "in.csv", "draft", "in.csv")
    assert caught.value.code == "insufficient_storage"
    assert "A copy of in.csv needs 11 bytes or more" in caught.value.message
    assert "10 are free" in caught.value.message
    assert not (tmp_path / "kept").exists()


def test_what_turns_out_too_large_while_it_comes_leaves_nothing(tmp_path: Path) -> None:
    kept = store(tmp_path / "kept", 3 * MIB)
    with pytest.raises(QuotaError):
        kept.put(io.BytesIO(b"x" * (9 * MIB)), "draft", "pipe")
    with pytest.raises(QuotaError), kept.receive("draft", "pieces") as incoming:
        for _ in range(9):
            incoming.write(b"x" * MIB)
    assert list((tmp_path / "kept").iterdir()) == []
    assert kept.put(io.BytesIO(b"x" * (2 * MIB)), "draft", "pipe").bytes == 2 * MIB


def test_a_finished_file_that_is_too_large_is_not_adopted(tmp_path: Path) -> None:
    kept = store(tmp_path / "kept", 3)
    with kept.room("job") as room:
        (room / "out.csv").write_bytes(b"four")
        receipt = FileReceipt(name="out.csv", media_type="text/csv", bytes=4, sha256="0" * 64)
        with pytest.raises(QuotaError):
            kept.adopt(room / "out.csv", "export", receipt)
    assert kept.stored() == frozenset()


def test_the_room_of_a_folder_that_is_not_made_yet_is_that_of_the_one_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = {tmp_path: shutil.disk_usage(tmp_path)}  # once: others write to the same disk meanwhile
    monkeypatch.setattr(shutil, "disk_usage", rooms.__getitem__)
    assert bounds.free_in(tmp_path / "a" / "b") == rooms[tmp_path].free
