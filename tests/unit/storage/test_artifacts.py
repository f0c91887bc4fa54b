"""A stored file is whole, private, found by its id alone, and proven on demand."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.model.errors import ChangedError, DamagedError, EntrepotError, InputError, StorageError
from entrepot.model.identifiers import Identifiers
from entrepot.model.records import StoredArtifact
from entrepot.storage.artifacts import BLOCK, ArtifactStore
from entrepot.storage.disk import Disk
from unit.storage.faulty_disk import FaultyDisk

CONTENT = os.urandom(BLOCK) * 2 + b"the rest"


def store(folder: Path, disk: Disk | None = None) -> ArtifactStore:
    identify = Identifiers(PinnedClock(), os.urandom).new
    return ArtifactStore(folder=folder / "artifacts", identify=identify, disk=disk or Disk())


def put(stored: ArtifactStore, content: bytes = CONTENT) -> StoredArtifact:
    return stored.put(io.BytesIO(content), "draft", "people.csv")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "artifacts").iterdir())


@pytest.mark.parametrize("content", [b"", b"x", CONTENT])
def test_what_was_put_is_read_again(content: bytes, tmp_path: Path) -> None:
    kept = store(tmp_path)
    artifact = put(kept, content)
    assert (artifact.kind, artifact.name) == ("draft", "people.csv")
    assert (artifact.bytes, artifact.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with kept.open(artifact.id) as file:
        assert file.read() == content
    assert kept.verify(artifact).read_bytes() == content
    assert names(tmp_path) == [artifact.id]
    assert kept.stored() == {artifact.id}


def test_a_file_is_copied_and_its_blocks_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CONTENT)
    told: list[int] = []
    artifact = store(tmp_path).put(tmp_path / "a.csv", "draft", "a.csv", told.append)
    assert told == [BLOCK, BLOCK, 8]
    (tmp_path / "a.csv").write_bytes(b"other")
    assert store(tmp_path).path(artifact.id).read_bytes() == CONTENT


def test_a_file_may_come_in_pieces_of_any_size(tmp_path: Path) -> None:
    kept = store(tmp_path)
    with kept.receive("journal", "orders") as incoming:
        for size in (0, 1, 100_000, BLOCK):
            incoming.write(b"x" * size)
        assert kept.stored() == frozenset()
    content = b"x" * (100_001 + BLOCK)
    assert incoming.stored.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.verify(incoming.stored).read_bytes() == content


def test_a_file_whose_writer_fails_never_was(tmp_path: Path) -> None:
    kept = store(tmp_path)
    with pytest.raises(KeyboardInterrupt), kept.receive("journal", "orders") as incoming:
        incoming.write(CONTENT)
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_a_stored_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        kept = store(tmp_path)
        artifact = put(kept)
    finally:
        os.umask(before)
    assert stat.S_IMODE(kept.path(artifact.id).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\0b", "\udcff", "x" * 10_000])
def test_a_name_never_becomes_a_path(name: str, tmp_path: Path) -> None:
    artifact = store(tmp_path).put(io.BytesIO(b"x"), "draft", name)
    assert names(tmp_path) == [artifact.id]
    assert artifact.name == name


@pytest.mark.parametrize("id", ["../secret", "/etc/hostname", "", ".", "file_", "nul\0l"])
def test_what_is_no_id_leads_nowhere(id: str, tmp_path: Path) -> None:
    kept = store(tmp_path)
    for use in (kept.open, kept.path, kept.delete):
        with pytest.raises(InputError) as caught:
            use(id)
        assert caught.value.code == "unknown_artifact"


def cut(path: Path) -> None:
    path.write_bytes(CONTENT[:-1])


def lengthened(path: Path) -> None:
    path.write_bytes(CONTENT + b"x")


def changed(path: Path) -> None:
    path.write_bytes(CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))


@pytest.mark.parametrize("damage", [cut, lengthened, changed])
def test_a_damaged_file_is_found(damage: Callable[[Path], None], tmp_path: Path) -> None:
    kept = store(tmp_path)
    artifact = put(kept)
    damage(kept.path(artifact.id))
    with pytest.raises(DamagedError) as caught:
        kept.verify(artifact)
    assert caught.value.code == "artifact_damaged"
    assert artifact.id in caught.value.message


def test_a_missing_file_is_named_and_can_be_deleted_once_more(tmp_path: Path) -> None:
    kept = store(tmp_path)
    artifact = put(kept)
    for _ in range(2):
        kept.delete(artifact.id)
    assert names(tmp_path) == []
    with pytest.raises(DamagedError) as caught:
        kept.verify(artifact)
    assert caught.value.code == "artifact_missing"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_whatever_fails_on_the_disk_nothing_is_left(number: int, tmp_path: Path) -> None:
    fail_at = 1
    while True:
        try:
            artifact = put(store(tmp_path, FaultyDisk(fail_at, number)))
            break
        except StorageError as error:
            assert error.code == {errno.ENOSPC: "insufficient_storage", errno.EIO: "disk_error"}[number]
            assert names(tmp_path) == []
        fail_at += 1
    assert fail_at > 6
    assert names(tmp_path) == [artifact.id]


class Breaking(io.BytesIO):
    """Gives one block, then says no more than an error."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(CONTENT)
        self.error = error

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise self.error
        return super().read(size)


@pytest.mark.parametrize("error", [OSError(errno.EIO, "x"), KeyboardInterrupt(), ValueError()])
def test_a_stream_that_breaks_leaves_nothing(error: BaseException, tmp_path: Path) -> None:
    with pytest.raises(type(error)):
        store(tmp_path).put(Breaking(error), "draft", "x")
    assert names(tmp_path) == []


def test_whoever_is_told_can_stop_it(tmp_path: Path) -> None:
    def stop(_size: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(tmp_path).put(io.BytesIO(CONTENT), "draft", "x", stop)
    assert names(tmp_path) == []


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_bytes(CONTENT)

    def append(_size: int) -> None:
        with source.open("ab") as file:
            file.write(b"more")

    with pytest.raises(ChangedError) as caught:
        store(tmp_path).put(source, "draft", "a.csv", append)
    assert caught.value.code == "file_changed"
    assert names(tmp_path) == []


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(CONTENT,))
    writer.start()
    artifact = store(tmp_path).put(tmp_path / "pipe", "draft", "pipe")
    writer.join()
    assert artifact.sha256 == hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(("name", "code"), [("none.csv", "no_such_file"), (".", "is_folder")])
def test_what_cannot_be_read_is_named(name: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(EntrepotError) as caught:
        store(tmp_path).put(tmp_path / name, "draft", name)
    assert caught.value.code == code
    assert list(tmp_path.glob("artifacts/*")) == []


def test_an_id_is_never_given_to_two_files(tmp_path: Path) -> None:
    kept = ArtifactStore(folder=tmp_path / "artifacts", identify=lambda _: "file_1m7yxxkp00000000")
    first = put(kept, b"first")
    with pytest.raises(StorageError) as caught:
        put(kept, b"second")
    assert caught.value.code == "target_exists"
    assert kept.path(first.id).read_bytes() == b"first"
    assert names(tmp_path) == [first.id]
