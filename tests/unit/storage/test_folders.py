"""Work folders are private and swept; an application's files cannot be reached outside their folder."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

import pytest

from entrepot.model.errors import AccessError, StorageError
from entrepot.storage.files import FolderStore
from entrepot.storage.rooms import LOCK
from entrepot.storage.work import PREFIX, work_folder


def test_a_work_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with work_folder(tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "data").write_bytes(b"x")
    assert not folder.exists()


def test_a_work_folder_has_a_whole_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", ".")
    with work_folder() as folder:
        assert folder.is_absolute()


def test_a_dead_owners_folder_is_swept_and_a_living_ones_stays(tmp_path: Path) -> None:
    dead = tmp_path / f"{PREFIX}dead"
    dead.mkdir()
    (dead / LOCK).touch()
    with work_folder(tmp_path) as first, work_folder(tmp_path) as second:
        assert not dead.exists()
        assert first.exists()
        assert second.exists()


def test_a_file_is_read_in_blocks(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_bytes(b"bytes")
    opened = FolderStore(tmp_path).open("a/b.txt")
    assert opened is not None
    with opened as blocks:
        assert b"".join(blocks) == b"bytes"


@pytest.mark.parametrize(
    "key",
    [
        *("../secret", "/etc/hostname", "a/../../secret", "missing", "", ".", "loop", "loop/a"),
        *("nul\0l", "\ud800", "x" * 300, "a/" * 3000),
    ],
)
def test_a_key_that_leads_elsewhere_finds_nothing(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "loop").symlink_to(tmp_path / "files" / "loop")
    assert FolderStore(tmp_path / "files").open(key) is None


def test_a_link_out_of_the_folder_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    store = tmp_path / "files"
    store.mkdir()
    (store / "link").symlink_to(tmp_path / "secret")
    assert FolderStore(store).open("link") is None


def test_a_folder_whose_owner_died_before_its_lock_is_swept(tmp_path: Path) -> None:
    dead = tmp_path / f"{PREFIX}unlocked"
    dead.mkdir()
    with work_folder(tmp_path):
        assert not dead.exists()


def test_a_link_that_looks_like_a_work_folder_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    with work_folder(tmp_path):
        assert [path.name for path in elsewhere.iterdir()] == ["precious"]


@pytest.mark.parametrize(("number", "kind"), [(errno.EACCES, AccessError), (errno.EIO, StorageError)])
def test_a_file_that_may_not_be_looked_at_is_not_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception]
) -> None:
    (tmp_path / "here").touch()

    def refuse(_path: Path, **_: object) -> None:
        raise OSError(number, "x")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(kind):
        FolderStore(tmp_path).open("here")
