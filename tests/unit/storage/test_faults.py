"""Each operation on the disk fails once: the files are whole or absent, and the error says what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.storage.published import NEW, OLD, SHAPES, Shape, left_over, shape
from entrepot.model.errors import AccessError, InputError, StorageError
from entrepot.storage.disk import Disk
from entrepot.storage.faults import reading
from entrepot.storage.parts import sweep
from unit.storage.faulty_disk import FaultyDisk

CODES = {
    errno.ENOSPC: "insufficient_storage",
    errno.EDQUOT: "insufficient_storage",
    errno.EROFS: "read_only",
    errno.EIO: "disk_error",
    errno.EACCES: "no_permission",
}
MOST = 200


def failures(chosen: Shape, home: Path, number: int, *, overwrite: bool) -> Iterator[tuple[Path, bool]]:
    """The folder after each try, and whether the try succeeded; ends with the first that nothing disturbed."""
    for fail_at in range(1, MOST):
        place = home / str(fail_at)
        place.mkdir()
        if overwrite:
            chosen.publish(place, OLD)
        disk = FaultyDisk(fail_at, number)
        try:
            chosen.publish(place, NEW, disk=disk, overwrite=overwrite)
        except StorageError as error:
            assert (error.code, bool(error.remedy)) == (CODES[number], True)
            yield place, False
        else:
            yield place, True
            if disk.operations < fail_at:
                return
    pytest.fail("it never succeeded")


@pytest.mark.parametrize(
    ("name", "number"), [*((name, errno.ENOSPC) for name in SHAPES), *(("plain", number) for number in CODES)]
)
def test_whichever_operation_fails_all_files_are_there_or_none(name: str, number: int, tmp_path: Path) -> None:
    chosen = shape(name)
    for home, succeeded in failures(chosen, tmp_path, number, overwrite=False):
        if not succeeded:
            assert list(home.iterdir()) == []
            continue
        assert chosen.judge(home) == {NEW}
        assert chosen.receipt(home).exists()
        sweep(home)  # the one part whose removal failed
        assert left_over(home) == []


@pytest.mark.parametrize("name", SHAPES)
def test_overwriting_that_fails_leaves_each_file_whole_in_one_version(name: str, tmp_path: Path) -> None:
    chosen = shape(name)
    for home, succeeded in failures(chosen, tmp_path, errno.ENOSPC, overwrite=True):
        assert chosen.judge(home) <= ({NEW} if succeeded else {OLD, NEW})
        sweep(home)
        assert left_over(home) == []


def test_a_name_that_was_taken_meanwhile_takes_all_others_back(tmp_path: Path) -> None:
    chosen = shape("plain folder")

    class Busy(FaultyDisk):
        """Somebody makes the last file just before we do."""

        def publish(self, part: Path, final: Path) -> None:
            if final.name == "c.csv":
                final.write_bytes(b"somebody else's")
            super().publish(part, final)

    with pytest.raises(StorageError) as caught:
        chosen.publish(tmp_path, NEW, disk=Busy(0, 0))
    assert caught.value.code == "target_exists"
    assert [path.name for path in tmp_path.iterdir()] == ["c.csv"]
    assert (tmp_path / "c.csv").read_bytes() == b"somebody else's"


def test_a_file_system_without_links_is_served_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_part: object, _final: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", refuse)
    chosen = shape("plain")
    chosen.publish(tmp_path, NEW)
    assert chosen.judge(tmp_path) == {NEW}
    assert left_over(tmp_path) == []
    with pytest.raises(FileExistsError):
        Disk().publish(tmp_path / "receipt.json", tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (FileNotFoundError(errno.ENOENT, "x"), InputError, "no_such_file"),
        (NotADirectoryError(errno.ENOTDIR, "x"), InputError, "no_such_file"),
        (PermissionError(errno.EACCES, "x"), AccessError, "no_permission"),
        (OSError(errno.EIO, "x"), StorageError, "disk_error"),
        (OSError(errno.ENETDOWN, "gone"), StorageError, "file_error"),
    ],
)
def test_what_cannot_be_read_says_why(error: OSError, kind: type[Exception], code: str) -> None:
    with pytest.raises(kind) as caught, reading(Path("a.csv")):
        raise error
    assert getattr(caught.value, "code", None) == code
    assert "a.csv" in str(caught.value)
