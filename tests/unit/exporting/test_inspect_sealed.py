"""Encrypted exports that were changed: damage is told from a wrong key, wherever the receipt can tell."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from contract.storage.sealed import PUBLIC, SECRET
from entrepot import Entrepot
from entrepot.model.errors import AccessError, StorageError
from entrepot.service.entrepot import ExportOptions
from entrepot.storage.age import fresh_key
from unit.exporting.inspected import codes, look

TO_KEY = ExportOptions(recipients=(PUBLIC,))
FLIPS = 60


@pytest.fixture
def shop(tmp_path: Path) -> Entrepot:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
        connection.executemany("INSERT INTO notes VALUES (?, ?)", [(n, f"note {n}") for n in range(100)])
    return Entrepot(f"sqlite:///{path}", environment={})


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["notes.csv.age", "notes.ndjson.zst.age", "notes.csv.gz.age"])
def test_a_whole_one_is_whole(name: str, shop: Entrepot, tmp_path: Path) -> None:
    path = shop.export("notes", to=tmp_path / name, options=TO_KEY).path
    assert look(path, tmp_path, identity=SECRET).problems == ()


def test_a_flipped_bit_anywhere_is_found_and_never_called_a_wrong_key(shop: Entrepot, tmp_path: Path) -> None:
    path = shop.export("notes", to=tmp_path / "notes.csv.zst.age", options=TO_KEY).path
    whole, seed = path.read_bytes(), random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 needed to repeat a failure
    for at in random.Random(seed).sample(range(len(whole)), FLIPS):
        path.write_bytes(whole)
        flip(path, at)
        found = look(path, tmp_path, identity=SECRET)
        assert codes(found) & {"content_not_read", "damaged"}, at
        assert "hash_differs" in codes(found), at


def test_a_wrong_key_is_an_error_and_no_finding(shop: Entrepot, tmp_path: Path) -> None:
    path = shop.export("notes", to=tmp_path / "notes.csv.age", options=TO_KEY).path
    for identity, code in ((fresh_key()[0], "wrong_key"), (None, "no_key")):
        with pytest.raises(AccessError) as caught:
            look(path, tmp_path, identity=identity)
        assert caught.value.code == code


@pytest.mark.slow
def test_a_damaged_locked_key_is_found_by_its_own_receipt(shop: Entrepot, tmp_path: Path) -> None:
    outcome = shop.export("notes", to=tmp_path / "notes.csv.age", options=ExportOptions(passphrase="correct horse"))
    beside = outcome.path.with_name("notes.csv.age.key")
    salt = beside.read_bytes()
    at = salt.index(b"scrypt") + 10
    other = b"B" if salt[at : at + 1] == b"A" else b"A"  # still a salt, and now no passphrase opens it
    beside.write_bytes(salt[:at] + other + salt[at + 1 :])
    found = look(outcome.path, tmp_path, passphrase="correct horse")
    assert codes(found) == {"hash_differs", "content_not_read"}
    assert {problem.place.file for problem in found.problems} == {beside.name, outcome.path.name}


def test_a_folder_that_cannot_hold_the_plain_content_is_no_room(
    shop: Entrepot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.export("notes", to=tmp_path / "notes.csv.gz").path

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("entrepot.storage.seal.copied", full)
    with pytest.raises(StorageError) as caught:
        look(path, tmp_path)
    assert caught.value.code == "insufficient_storage"
