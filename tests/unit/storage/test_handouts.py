"""Small files that are handed out together: all of them, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.errors import StorageError
from entrepot.storage.disk import Disk
from entrepot.storage.handouts import hand_out


class Failing(Disk):
    """Gives so many files their names, and no more."""

    def __init__(self, names: int) -> None:
        self.names = names

    def publish(self, part: Path, final: Path) -> None:
        self.count()
        super().publish(part, final)

    def replace(self, part: Path, final: Path) -> None:
        self.count()
        super().replace(part, final)

    def count(self) -> None:
        self.names -= 1
        if self.names < 0:
            raise OSError(28, "No space left on device")


def test_files_appear_together_in_a_folder_that_is_made(tmp_path: Path) -> None:
    hand_out({tmp_path / "new" / "a.json": b"{}", tmp_path / "new" / "b.json": b"[]"})
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == {"a.json": b"{}", "b.json": b"[]"}


@pytest.mark.parametrize("names", [0, 1])
def test_nothing_is_left_of_files_that_could_not_all_be_named(tmp_path: Path, names: int) -> None:
    with pytest.raises(StorageError, match="There is no room left"):
        hand_out({tmp_path / "a.json": b"{}", tmp_path / "b.json": b"[]"}, disk=Failing(names))
    assert list(tmp_path.iterdir()) == []


def test_files_that_exist_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"mine")
    with pytest.raises(StorageError, match=r"b\.json exists already"):
        hand_out({tmp_path / "a.json": b"{}", tmp_path / "b.json": b"[]"})
    assert [path.name for path in tmp_path.iterdir()] == ["b.json"]
    assert (tmp_path / "b.json").read_bytes() == b"mine"


def test_files_are_replaced_on_purpose(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"mine")
    hand_out({tmp_path / "a.json": b"{}"}, overwrite=True)
    assert (tmp_path / "a.json").read_bytes() == b"{}"


def test_a_file_that_was_replaced_before_something_failed_is_whole(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(b"old")
    with pytest.raises(StorageError):
        hand_out({tmp_path / "a.json": b"{}", tmp_path / "b.json": b"[]"}, overwrite=True, disk=Failing(1))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.json": b"{}", "b.json": b"old"}
