"""A locked key stays as long as there is a file that it may be for, and is never written over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.storage.sealed import PUBLIC
from entrepot.model.errors import StorageError
from entrepot.storage.disk import Disk
from entrepot.storage.keys import Keys
from entrepot.storage.layers import Sealing
from entrepot.storage.parts import part_folder
from entrepot.storage.publish import Publication
from entrepot.storage.seal import open_sealed
from recovery.overwriting import quick_locks

LOCKED, TO_KEY = Sealing(passphrase="correct horse"), Sealing(recipients=(PUBLIC,))


@pytest.fixture(autouse=True)
def locks() -> Iterator[None]:
    with quick_locks():
        yield


def publish(home: Path, *names: str, sealing: Sealing = LOCKED, disk: Disk | None = None) -> None:
    """Into a folder of several."""
    with Publication(target=home, folder=True, sealing=sealing, overwrite=True, disk=disk or Disk()) as publication:
        for name in names:
            with publication.open(name, "text/csv") as sink:
                sink.write(name.encode())
        publication.publish(home / "receipt.json", b"{}")


def publish_one(target: Path, sealing: Sealing = LOCKED) -> None:
    with Publication(target=target, sealing=sealing, overwrite=True) as publication:
        with publication.open(target.name, "text/csv") as sink:
            sink.write(b"rows")
        publication.publish(target.with_name(f"{target.name}.receipt.json"), b"{}")


def read(path: Path) -> str:
    with open_sealed(path, Keys(passphrase="correct horse")) as plain:
        return plain.read().decode()


def keys(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob("*.key"))


def test_while_another_export_writes_there_no_key_goes(tmp_path: Path) -> None:
    """Its key may have its name already, and its files not yet."""
    publish(tmp_path, "a.csv")
    with part_folder(tmp_path, "another"):
        publish(tmp_path, "a.csv")
        assert len(keys(tmp_path)) == 2
    publish(tmp_path, "a.csv")
    assert len(keys(tmp_path)) == 1


def test_a_key_that_another_export_places_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    publish(tmp_path, "a.csv")

    class Busy(Disk):
        """Somebody takes the name just before we do."""

        def publish(self, part: Path, final: Path) -> None:
            final.write_bytes(b"somebody else's")
            super().publish(part, final)

    with pytest.raises(StorageError) as caught:
        publish(tmp_path, "b.csv", disk=Busy())
    assert caught.value.code == "target_exists"
    assert (tmp_path / "export.age.2.key").read_bytes() == b"somebody else's"
    assert not (tmp_path / "b.csv.age").exists()
    assert read(tmp_path / "a.csv.age") == "a.csv"


def test_a_copy_under_another_name_keeps_its_key(tmp_path: Path) -> None:
    publish(tmp_path, "a.csv")
    (tmp_path / "kept.csv.age").write_bytes((tmp_path / "a.csv.age").read_bytes())
    publish(tmp_path, "a.csv")
    assert read(tmp_path / "kept.csv.age") == "a.csv"


def test_the_keys_of_its_neighbours_stay(tmp_path: Path) -> None:
    for name in ("a", "b"):
        publish_one(tmp_path / f"{name}.csv.age")
    publish(tmp_path, "c.csv")
    publish_one(tmp_path / "a.csv.age", TO_KEY)
    assert read(tmp_path / "b.csv.age") == "rows"
    assert read(tmp_path / "c.csv.age") == "c.csv"
    assert keys(tmp_path) == ["b.csv.age.key", "export.age.key"]


def test_a_recipient_in_place_of_the_passphrase_leaves_no_key(tmp_path: Path) -> None:
    publish_one(tmp_path / "a.csv.age")
    publish(tmp_path, "a.csv")
    assert keys(tmp_path) == ["export.age.key"]
    publish(tmp_path, "a.csv", sealing=TO_KEY)
    assert keys(tmp_path) == []
