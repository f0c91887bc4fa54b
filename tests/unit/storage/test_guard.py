"""An export never replaces what it reads, however the name is written, and leaves an application's folders alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from entrepot.model.errors import InputError
from entrepot.storage.guard import Guard
from entrepot.storage.publish import Publication


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    (tmp_path / "shop.db").write_bytes(b"rows")
    (tmp_path / "uploads").mkdir()
    return Guard(
        files={tmp_path / "shop.db": "the database", tmp_path / "shop.db-wal": "a file of the database"},
        folders={tmp_path / "uploads": "the uploads"},
    )


def refused(guard: Guard, final: Path) -> bool:
    try:
        guard.check(final)
    except InputError as error:
        return error.code == "protected_target"
    return False


def test_the_file_itself_is_refused_by_any_name(guard: Guard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link.csv").symlink_to("shop.db")
    os.link(tmp_path / "shop.db", tmp_path / "hard.csv")
    (tmp_path / "around").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in ("shop.db", "link.csv", "hard.csv", "around/shop.db", "uploads/../shop.db", "around/shop.db-wal"):
        assert refused(guard, tmp_path / name), name
        assert refused(guard, Path(name)), name


def test_a_name_inside_a_folder_is_refused_whether_it_exists_or_not(guard: Guard, tmp_path: Path) -> None:
    (tmp_path / "other").symlink_to("uploads")
    (tmp_path / "out.csv").symlink_to("uploads/out.csv")
    for name in ("uploads/a.csv", "uploads/deep/er/a.csv", "other/a.csv", "uploads", "out.csv"):
        assert refused(guard, tmp_path / name), name


def test_everything_else_is_free(guard: Guard, tmp_path: Path) -> None:
    for name in ("shop.db.csv", "uploads.csv", "uploads-2/a.csv", "new/shop.db", "Shop-wal"):
        assert not refused(guard, tmp_path / name), name


@pytest.mark.parametrize("name", ["receipt.json", "a.csv", "b.csv"])
def test_every_file_of_a_folder_is_guarded_also_one_that_nobody_foresaw(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_bytes(b"precious")
    publication = Publication(
        target=out,
        folder=True,
        overwrite=True,
        expected=(out / "a.csv", out / "receipt.json"),
        guard=Guard(files={out / name: "precious"}),
    )
    with pytest.raises(InputError) as caught, publication, publication.open("b.csv", "text/csv") as sink:
        sink.write(b"rows")
    assert caught.value.code == "protected_target"
    assert [path.name for path in out.iterdir()] == [name]
    assert (out / name).read_bytes() == b"precious"
