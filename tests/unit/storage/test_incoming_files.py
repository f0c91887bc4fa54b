"""Files on their way into a folder of the application: whole and named, or never there."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.errors import InputError
from entrepot.storage.files import FolderStore

BAD = ("../out", "/etc/entrepot", "a/../../out", "a\\b", "a//b", "./a", "a/", "nul\0", "line\n", "x" * 300, "")
WORSE = ("\ud800", "dir", "dir/file/below", ".files.abc.entrepot-part/0", "link/file", "alias/new", "alias")


@pytest.mark.parametrize("at", range(len(BAD + WORSE)))
def test_a_key_that_is_none_takes_nothing(tmp_path: Path, at: int) -> None:
    store, key = FolderStore(tmp_path / "home"), (BAD + WORSE)[at]
    (tmp_path / "home" / "dir").mkdir(parents=True)
    (tmp_path / "home" / "dir" / "file").write_bytes(b"mine")
    (tmp_path / "home" / "link").symlink_to(tmp_path)
    (tmp_path / "home" / "alias").symlink_to("dir")
    assert not store.is_usable(key)
    with store.receiving() as incoming, pytest.raises(InputError):
        incoming.take(key, [b"x"])
    store.remove(key, [key])
    assert (tmp_path / "home" / "dir" / "file").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


def test_a_store_that_is_a_link_itself_takes_files(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to("home")
    store = FolderStore(tmp_path / "link")
    assert store.is_usable("a/one")
    with store.receiving() as incoming:
        incoming.take("a/one", [b"one"])
        incoming.publish()
    assert (tmp_path / "home" / "a" / "one").read_bytes() == b"one"


def test_nobody_sees_a_file_before_all_are_whole(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "home")
    with store.receiving() as incoming:
        incoming.take("a/b/one", [b"on", b"e"])
        incoming.take("two", [])
        assert incoming.folders("a/b/one") == ("a/b", "a")
        assert (store.size("a/b/one"), store.size("two")) == (None, None)
        incoming.publish()
    assert (store.size("a/b/one"), store.size("two")) == (3, 0)
    store.remove("a/b/one", ("a/b", "a"))
    store.remove("two")
    assert list((tmp_path / "home").iterdir()) == []


def test_what_is_not_published_was_never_there(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "home")
    with store.receiving() as incoming:
        incoming.take("a/one", [b"one"])
    assert list((tmp_path / "home").iterdir()) == []


def test_somebody_elses_file_is_never_replaced(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "home")
    with store.receiving() as incoming:
        incoming.take("one", [b"ours"])
        (tmp_path / "home" / "one").write_bytes(b"theirs")
        with pytest.raises(InputError) as caught:
            incoming.publish()
    assert caught.value.code == "file_exists"
    assert (tmp_path / "home" / "one").read_bytes() == b"theirs"
