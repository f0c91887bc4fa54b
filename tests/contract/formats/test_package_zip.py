"""Archives that must be refused before they are read, and archives that must be read (fault 70)."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.formats.zip_corpus import CODES, VERDICTS, corpus
from entrepot.model.errors import DamagedError
from entrepot.model.problems import Problem
from entrepot.zips.checks import check_archive
from entrepot.zips.reading import member_blocks


def read_all(path: Path) -> dict[str, bytes]:
    archive = check_archive(path)
    assert archive.problems == ()
    return {entry.name: b"".join(member_blocks(archive, entry)) for entry in archive.entries}


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Of the structure; of the content, if the structure is sound."""
    archive = check_archive(path)
    try:
        for entry in archive.entries if not archive.problems else ():
            for _ in member_blocks(archive, entry):
                pass
    except DamagedError as error:
        return error.problems
    return archive.problems


def test_every_bad_archive_of_the_corpus_is_refused_for_its_own_reason() -> None:
    found = {path.name: {problem.code for problem in problems_of(path)} for path in corpus("refuse")}
    assert len(found) == 24
    for name, codes in found.items():
        expected = next(code for words, code in CODES.items() if name.startswith(words))
        assert expected in codes, name


def test_an_archive_whose_sizes_lie_is_refused() -> None:
    (path,) = corpus("wrong-sizes")
    assert {problem.code for problem in problems_of(path)} >= {"zip_size_mismatch", "zip_gap"}


def test_good_archives_of_the_corpus_are_read_byte_for_byte() -> None:
    read = 0
    for path in corpus("accept"):
        verdict = next((code for words, code in VERDICTS.items() if path.name.startswith(words)), None)
        if verdict is not None:
            assert verdict in {problem.code for problem in problems_of(path)}, path.name
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer Pythons complain about an empty field of one of them
            with zipfile.ZipFile(path) as other:
                assert list(read_all(path).values()) == [other.read(info) for info in other.infolist()], path.name
        read += 1
    assert read == 16  # 15, and one with no members


def test_names_come_from_the_unicode_path_field() -> None:
    path = next(path for path in corpus("accept") if path.name.startswith("unicode-path"))
    assert list(read_all(path)) == ["七个房间.txt"]


def plain_zip(path: Path, files: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path.read_bytes()


GOOD = {"a.txt": b"a" * 500, "b.txt": random.Random(1).randbytes(300), "c.txt": b""}


def test_a_usual_archive_is_sound(tmp_path: Path) -> None:
    plain_zip(tmp_path / "a.zip", GOOD)
    assert read_all(tmp_path / "a.zip") == GOOD


def codes_of(data: bytes, path: Path) -> set[str]:
    path.write_bytes(data)
    return {problem.code for problem in problems_of(path)}


@pytest.mark.parametrize(
    ("before", "cut", "behind", "code"),
    [
        (b"", 0, b"\0", "zip_trailing_bytes"),
        (b"#!/bin/sh\n", 0, b"", "zip_directory_misplaced"),
        (b"", 1, b"", "not_a_zip"),
    ],
)
def test_nothing_may_stand_before_or_behind(before: bytes, cut: int, behind: bytes, code: str, tmp_path: Path) -> None:
    data = plain_zip(tmp_path / "a.zip", GOOD)
    assert code in codes_of(before + data[: len(data) - cut] + behind, tmp_path / "b.zip")


def in_both_headers(data: bytes, local_at: int, central_at: int, value: bytes) -> bytes:
    """Change a field of the first member where it stands twice."""
    changed, directory = bytearray(data), data.index(b"PK\1\2")
    changed[local_at : local_at + len(value)] = value
    changed[directory + central_at : directory + central_at + len(value)] = value
    return bytes(changed)


def test_sizes_that_lie_in_both_headers_are_found_by_reading(tmp_path: Path) -> None:
    data = plain_zip(tmp_path / "a.zip", GOOD)
    for size, code in ((499, "zip_too_long"), (501, "zip_too_short")):
        lie = in_both_headers(data, 22, 24, struct.pack("<I", size))
        assert codes_of(lie, tmp_path / "b.zip") == {code}
    wrong = in_both_headers(data, 14, 16, struct.pack("<I", zlib.crc32(b"other")))
    assert codes_of(wrong, tmp_path / "b.zip") == {"zip_checksum"}


def test_a_name_may_not_stand_twice_nor_differ_in_case_only(tmp_path: Path) -> None:
    data = plain_zip(tmp_path / "a.zip", {"a1": b"x", "a2": b"y"}).replace(b"a2", b"a1")
    assert codes_of(data, tmp_path / "b.zip") == {"zip_duplicate_name"}
    assert codes_of(plain_zip(tmp_path / "c.zip", {"a": b"", "A": b""}), tmp_path / "d.zip") == {"zip_duplicate_name"}


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert codes_of((tmp_path / "a.zip").read_bytes(), tmp_path / "b.zip") == {"zip_special_file"}


@pytest.mark.parametrize("name", ["/a", "C:a", "../a", "a/../b", "a/./b", "a//b", "a\\b", "a\nb", "a\x7fb"])
def test_unsafe_names_are_refused(name: str, tmp_path: Path) -> None:
    assert codes_of(plain_zip(tmp_path / "a.zip", {name: b"1"}), tmp_path / "b.zip") == {"zip_unsafe_name"}


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    """The overlap bomb: two directory entries, one body."""
    data = plain_zip(tmp_path / "a.zip", {"a": b"x" * 1000})
    directory, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    entry = data[directory:end]
    second = entry[:46] + b"b"
    tail = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 2, 2, 2 * len(entry), directory, 0)
    assert codes_of(data[:end] + second + tail, tmp_path / "b.zip") >= {"zip_overlap", "zip_local_differs"}


def test_hidden_bytes_between_members_are_refused(tmp_path: Path) -> None:
    data = plain_zip(tmp_path / "a.zip", {"a": b"x" * 1000})
    directory, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    size = end - directory
    tail = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, size, directory + 6, 0)
    hidden = data[:directory] + b"hidden" + data[directory:end] + tail
    assert codes_of(hidden, tmp_path / "b.zip") == {"zip_gap"}


def test_more_than_deflate_can_do_is_refused_before_it_is_read(tmp_path: Path) -> None:
    data = plain_zip(tmp_path / "a.zip", {"a": b"x" * 1000})
    lie = in_both_headers(data, 22, 24, struct.pack("<I", 4_000_000_000))
    assert codes_of(lie, tmp_path / "b.zip") == {"zip_ratio"}


def fields() -> Iterator[tuple[int, int]]:
    """Offset and length of the fields of a directory entry that say something about its content."""
    yield from ((at, 2) for at in (6, 8, 10, 12, 14, 28, 30, 32, 34))
    yield from ((at, 4) for at in (0, 16, 20, 24, 42))


def test_every_field_of_a_header_that_matters_is_checked(tmp_path: Path) -> None:
    """The mutator: each field of the directory entry and of the end record to other values."""
    data = plain_zip(tmp_path / "a.zip", GOOD)
    directory, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    unread = {6}  # the version that is needed to read it, which says nothing about the content
    for at, length in fields():
        for value in (1, 0x7FFF, 0xFFFF):
            changed = bytearray(data)
            place = slice(directory + at, directory + at + length)
            old = int.from_bytes(data[place], "little")
            changed[place] = (old ^ value).to_bytes(length, "little")
            assert at in unread or codes_of(bytes(changed), tmp_path / "b.zip"), (at, value)
    for at in range(22):
        changed = bytearray(data)
        changed[end + at] ^= 0x55
        assert codes_of(bytes(changed), tmp_path / "b.zip"), at


def test_a_cut_at_any_byte_is_found(tmp_path: Path) -> None:
    data = plain_zip(tmp_path / "a.zip", GOOD)
    for size in range(len(data)):
        assert codes_of(data[:size], tmp_path / "b.zip"), size


def test_reading_gives_blocks_not_whole_members(tmp_path: Path) -> None:
    plain_zip(tmp_path / "a.zip", {"big": bytes(20 << 20)})
    archive = check_archive(tmp_path / "a.zip")
    sizes = [len(block) for block in member_blocks(archive, archive.entries[0])]
    assert sum(sizes) == 20 << 20
    assert max(sizes) <= 1 << 20


def test_zip64_is_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"12345")
    (tmp_path / "a.zip").write_bytes(buffer.getvalue())
    assert read_all(tmp_path / "a.zip") == {"a": b"12345"}


def test_more_members_than_can_be_looked_at_are_refused_by_their_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = plain_zip(tmp_path / "a.zip", GOOD)
    monkeypatch.setattr("entrepot.zips.end.MOST_MEMBERS", len(GOOD))
    assert codes_of(data, tmp_path / "b.zip") == set()
    monkeypatch.setattr("entrepot.zips.end.MOST_MEMBERS", len(GOOD) - 1)
    assert codes_of(data, tmp_path / "b.zip") == {"zip_too_many_members"}
