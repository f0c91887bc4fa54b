"""Archives that lie in any of their bytes or words: refused in words, or read as what they were (fault 70)."""

from __future__ import annotations

import copy
import gzip
import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from entrepot.importing.archives import OpenedArchive, opened_archive
from entrepot.model.drafts import Reading
from entrepot.model.errors import EntrepotError
from entrepot.model.packed import PackedFile

USERS = b"id,name\n1,Ann\n"
SHA = hashlib.sha256(USERS).hexdigest()
DESCRIPTOR = {
    "name": "shop",
    "resources": [
        {
            "name": "users",
            "path": "data/users.csv",
            "format": "csv",
            "encoding": "utf-8",
            "bytes": len(USERS),
            "hash": f"sha256:{SHA}",
            "dialect": {"delimiter": ",", "quoteChar": '"', "header": True, "headerRows": [1]},
            "schema": {"fields": [{"name": "id", "type": "integer"}], "missingValues": ["", {"value": "-"}]},
        }
    ],
}
MANIFEST = {
    "entityCounts": {"users": 1},
    "members": [
        {"path": "data/users.csv", "bytes": len(USERS), "sha256": SHA},
        {"path": "files/7/photo.png", "bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()},
    ],
    "attachments": [{"entity": "users", "field": "photo", "id": "7", "path": "files/7/photo.png", "name": "photo.png"}],
}
ODD: list[Any] = [None, -1, 2**70, 1.5, "x", "", [], {}, True, ["x"], "../a", "data/"]


def archive_of(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return path


def opened(path: Path) -> OpenedArchive:
    found = opened_archive(path, path.name)
    assert found is not None
    return found


def tables(path: Path, work: Path) -> dict[str, bytes]:
    found = opened(path)
    found.prove(but=[])
    unpacked = {table.name: found.unpacked(table, work).path for table in found.packed.tables}
    return {name: plain.read_bytes() for name, plain in unpacked.items() if plain}


def places(words: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    inside = words.items() if isinstance(words, dict) else enumerate(words) if isinstance(words, list) else ()
    for key, value in inside:
        yield from places(value, (*place, key))


def put(words: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = copy.deepcopy(words)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


@pytest.mark.parametrize(("name", "words"), [("datapackage.json", DESCRIPTOR), ("manifest.json", MANIFEST)])
def test_any_word_of_a_descriptor_may_be_anything(tmp_path: Path, name: str, words: Any) -> None:
    whole = {"data/users.csv": USERS, "files/7/photo.png": b"x"}
    assert tables(archive_of(tmp_path, {name: json.dumps(words).encode(), **whole}), tmp_path) == {"users": USERS}
    refused = 0
    for place in places(words):
        for value in ODD:
            path = archive_of(tmp_path, {name: json.dumps(put(words, place, value)).encode(), **whole})
            try:
                found = opened(path)
                found.prove(but=[])
                assert [table.member for table in found.packed.tables] == ["data/users.csv"]
            except EntrepotError as error:
                assert error.remedy, (place, value)
                refused += 1
    assert refused > 100


def test_no_bit_that_flips_changes_what_is_read(tmp_path: Path) -> None:
    """Most are refused; the others carry no meaning (the version needed, attributes)."""
    path = archive_of(tmp_path, {"users.csv": USERS, "b.csv": b"id\n" * 40})
    data, whole, refused = path.read_bytes(), tables(path, tmp_path), 0
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ (1 << at % 8)]) + data[at + 1 :])
        try:
            assert tables(path, tmp_path) == whole, at
        except EntrepotError:
            refused += 1
    assert refused > 0.8 * len(data)


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (gzip.compress(USERS, mtime=0)[:-4], "truncated"),
        (gzip.compress(USERS, mtime=0) + b"junk", "trailing_junk"),
        (gzip.compress(gzip.compress(USERS, mtime=0), mtime=0), "sealed_twice"),
    ],
    ids=["cut", "junk", "twice"],
)
def test_a_packed_member_must_be_whole(tmp_path: Path, member: bytes, code: str) -> None:
    with pytest.raises(EntrepotError, match=r"users\.csv\.gz") as caught:
        tables(archive_of(tmp_path, {"users.csv.gz": member}), tmp_path)
    assert caught.value.code == code


def test_attachments_are_told_apart_from_tables(tmp_path: Path) -> None:
    whole = {"data/users.csv": USERS, "files/7/photo.png": b"x"}
    found = opened(archive_of(tmp_path, {"manifest.json": json.dumps(MANIFEST).encode(), **whole}))
    told = PackedFile(member="files/7/photo.png", id="7", name="photo.png", entity="users", field="photo")
    assert found.packed.files == (told,)
    bare = opened(archive_of(tmp_path, {"manifest.json": b"{}", **whole}))
    assert bare.packed.files == (PackedFile(member="files/7/photo.png", id="7", name="photo.png"),)
    assert [table.name for table in bare.packed.tables] == ["users"]


def test_what_somebody_says_goes_before_what_the_archive_says(tmp_path: Path) -> None:
    words = json.dumps(DESCRIPTOR).encode()
    (table,) = opened(archive_of(tmp_path, {"datapackage.json": words, "data/users.csv": USERS})).packed.tables
    implied = Reading(
        format="csv", encoding="utf-8", delimiter=",", quote='"', header=True, null="-", skip_lines=0, entity=None
    )
    assert table.read_as(Reading()) == implied
    said = table.read_as(Reading(delimiter=";", null="?", entity="users"))
    assert (said.delimiter, said.null, said.entity, said.quote) == (";", "?", None, '"')


def test_a_workbook_is_no_archive_of_tables_nor_is_any_other_file(tmp_path: Path) -> None:
    assert opened_archive(archive_of(tmp_path, {"[Content_Types].xml": b"", "xl/workbook.xml": b""}), "a.xlsx") is None
    (tmp_path / "a.csv").write_bytes(USERS)
    assert opened_archive(tmp_path / "a.csv", "a.csv") is None
