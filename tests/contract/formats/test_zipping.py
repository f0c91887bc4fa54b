"""The streaming ZIP writer, read back with the standard library."""

from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO

import pytest

from entrepot.formats import zipping
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.errors import BugError

ROWS = b"<row><c><v>12345</v></c></row>" * 50_000


class Pipe:
    """A sink that can only take bytes."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes, /) -> int:
        self.data += data
        return len(data)


def archive_of(members: dict[str, bytes], *, stored: bool = False) -> bytes:
    pipe = Pipe()
    with ZipOutlet(pipe) as outlet:
        for name, data in members.items():
            with outlet.open(name, "text/plain", stored=stored) as sink:
                for start in range(0, len(data), 100_000):
                    sink.write(data[start : start + 100_000])
    return bytes(pipe.data)


def test_members_come_back_whole_through_a_sink_that_cannot_seek() -> None:
    members = {"a.xml": ROWS, "naïve 🚢.txt": b"", "b/c.bin": bytes(range(256)) * 999}
    with zipfile.ZipFile(BytesIO(archive_of(members))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == members


def test_each_member_is_receipted_by_plain_size_and_hash() -> None:
    with ZipOutlet(Pipe()) as outlet, outlet.open("a.xml", "text/xml") as sink:
        sink.write(ROWS)
    (file,) = outlet.files
    assert (file.name, file.bytes, file.media_type) == ("a.xml", len(ROWS), "text/xml")
    assert file.sha256 == hashlib.sha256(ROWS).hexdigest()


def test_the_same_members_give_the_same_bytes() -> None:
    assert archive_of({"a": ROWS}) == archive_of({"a": ROWS})


def test_stored_members_are_not_deflated() -> None:
    with zipfile.ZipFile(BytesIO(archive_of({"a": ROWS}, stored=True))) as archive:
        assert archive.getinfo("a").compress_size == len(ROWS)
        assert archive.read("a") == ROWS


def test_the_fast_compressor_still_fits_the_standard_library() -> None:
    """If this fails, a new Python moved `zipping.SEAM`: archives stay right, but are written ten times slower."""
    with zipfile.ZipFile(BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a", "w") as member:
        assert hasattr(member, zipping.SEAM)
    raw = zipping.fast_deflate()
    assert raw.compress(ROWS[:100_000]) + raw.flush() in archive_of({"a": ROWS[:100_000]})


def test_without_the_seam_the_archive_is_still_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipping, "SEAM", "_moved_elsewhere")
    with zipfile.ZipFile(BytesIO(archive_of({"a": ROWS}))) as archive:
        assert archive.read("a") == ROWS
        assert archive.getinfo("a").compress_size < len(ROWS) / 10


def fail_inside(outlet: ZipOutlet) -> None:
    with outlet, outlet.open("a", "text/plain") as sink:
        sink.write(ROWS)
        raise ValueError("broken")


def test_an_error_leaves_no_readable_archive() -> None:
    pipe = Pipe()
    with pytest.raises(ValueError, match="broken"):
        fail_inside(ZipOutlet(pipe))
    assert not zipfile.is_zipfile(BytesIO(bytes(pipe.data)))


def test_a_failing_sink_is_not_asked_again() -> None:
    class Full:
        calls = 0

        def write(self, _data: bytes, /) -> int:
            self.calls += 1
            if self.calls > 1:
                raise OSError("no room")
            return 0

    sink = Full()
    with pytest.raises(OSError, match="no room"):
        fail_inside(ZipOutlet(sink))
    assert sink.calls == 2


def test_a_name_is_given_once() -> None:
    with pytest.raises(BugError, match="already holds"):
        write_twice(ZipOutlet(Pipe()))


def write_twice(outlet: ZipOutlet) -> None:
    with outlet:
        for _ in range(2):
            with outlet.open("a", "text/plain"):
                pass
