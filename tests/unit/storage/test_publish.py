"""A publication is whole or not there, whatever fails; its receipt tells the truth about its files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from entrepot.model.errors import AccessError, InputError, StorageError
from entrepot.storage.age import fresh_key
from entrepot.storage.keys import Keys
from entrepot.storage.layers import Sealing
from entrepot.storage.parts import ENDING, part_folder, sweep, take_away
from entrepot.storage.publish import Publication
from entrepot.storage.seal import open_sealed, plain_copy

BLOCKS = [bytes([n % 251]) * 70_000 for n in range(12)]
CONTENT = b"".join(BLOCKS)


def write(publication: Publication, name: str = "a.csv", blocks: list[bytes] = BLOCKS) -> None:
    with publication.open(name, "text/csv") as sink:
        for block in blocks:
            sink.write(block)


def publish(target: Path, sealing: Sealing | None = None, *, overwrite: bool = False) -> None:
    with Publication(target=target, sealing=sealing or Sealing(), overwrite=overwrite) as publication:
        write(publication)
        publication.publish(target.with_name(f"{target.name}.receipt.json"), b"{}\n")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_has_a_name_before_everything_is_complete(tmp_path: Path) -> None:
    with Publication(target=tmp_path / "a.csv") as publication:
        write(publication)
        assert all(name.endswith(ENDING) for name in names(tmp_path))
    assert names(tmp_path) == []


@pytest.mark.slow
def test_a_passphrase_opens_what_it_sealed_and_no_other_does(tmp_path: Path) -> None:
    sealing = Sealing(compression="zstd", passphrase="correct horse")
    target = tmp_path / f"a.csv{sealing.ending}"
    publish(target, sealing)
    assert names(tmp_path) == ["a.csv.zst.age", "a.csv.zst.age.key", "a.csv.zst.age.receipt.json"]
    assert CONTENT[:1000] not in target.read_bytes()
    with open_sealed(target, Keys(passphrase="correct horse")) as plain:
        assert plain.read() == CONTENT
    with pytest.raises(AccessError, match="does not open"), open_sealed(target, Keys(passphrase="wrong")) as plain:
        plain.read()
    with pytest.raises(AccessError, match="encrypted"), open_sealed(target) as plain:
        plain.read()


def test_a_recipient_opens_with_the_secret_key(tmp_path: Path) -> None:
    secret, public = fresh_key()
    other, _ = fresh_key()
    target = tmp_path / "a.csv.age"
    publish(target, Sealing(recipients=(public,)))
    assert plain_copy(target, tmp_path, Keys(identity=secret)).read_bytes() == CONTENT
    with pytest.raises(AccessError) as caught, open_sealed(target, Keys(identity=other)) as plain:
        plain.read()
    assert caught.value.code == "wrong_key"


def test_a_wrong_recipient_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    publication = Publication(target=tmp_path / "a.age", sealing=Sealing(recipients=("age1nonsense",)))
    with pytest.raises(InputError, match="Recipient 1"), publication:
        write(publication)
    assert names(tmp_path) == []


@pytest.mark.parametrize("overwrite", [False, True])
def test_whoever_lost_his_room_names_nothing_any_more_and_takes_nothing_away(overwrite: bool, tmp_path: Path) -> None:
    target, receipt = tmp_path / "a.csv", tmp_path / "a.csv.receipt.json"
    with Publication(target=target, overwrite=overwrite) as paused:
        write(paused)
        take_away(paused.room)
        publish(target)
        with pytest.raises(StorageError):
            paused.publish(receipt, b"late\n")
    assert names(tmp_path) == ["a.csv", "a.csv.receipt.json"]
    assert (target.read_bytes(), receipt.read_bytes()) == (CONTENT, b"{}\n")


def test_existing_files_stay_unless_overwriting_is_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_bytes(b"precious")
    with pytest.raises(StorageError) as caught:
        publish(target)
    assert caught.value.code == "target_exists"
    assert target.read_bytes() == b"precious"
    publish(target, overwrite=True)
    assert target.read_bytes() == CONTENT


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    with pytest.raises(StorageError), Publication(target=target) as publication:
        write(publication)
        target.write_bytes(b"somebody else's")
        publication.publish(tmp_path / "receipt", b"")
    assert target.read_bytes() == b"somebody else's"
    assert names(tmp_path) == ["a.csv"]


def test_a_folder_gets_all_its_files_or_none(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with pytest.raises(ZeroDivisionError), Publication(target=folder, folder=True) as publication:
        write(publication, "a.csv")
        with publication.open("b.csv", "text/csv") as sink:
            sink.write(b"half")
            raise ZeroDivisionError
    assert names(folder) == []


def test_parts_without_a_holder_are_swept_and_living_ones_stay(tmp_path: Path) -> None:
    dead = tmp_path / f".dead.csv.000000{ENDING}"
    dead.mkdir()
    (dead / "0").write_bytes(b"half")
    with part_folder(tmp_path, "living.csv") as living:
        (living / "0").write_bytes(b"half")
        assert sweep(tmp_path) == (dead,)
        assert names(tmp_path) == [living.name]
    assert names(tmp_path) == []


def test_a_part_of_a_long_name_is_not_longer_than_names_may_be(tmp_path: Path) -> None:
    for name in ("x" * 238 + ".csv", "ж" * 119 + ".csv", "🚢" * 59 + ".csv"):
        publish(tmp_path / name)
        assert (tmp_path / name).read_bytes() == CONTENT


def test_a_name_that_is_too_long_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught, Publication(target=tmp_path / ("x" * 300)):
        pytest.fail("it began")
    assert caught.value.code == "bad_name"


def test_what_only_looks_like_a_part_does_not_hold_up_the_sweep(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / f".pipe{ENDING}")
    precious = tmp_path / "precious"
    precious.write_bytes(b"x")
    (tmp_path / f".link{ENDING}").symlink_to(precious)
    (tmp_path / f".folder{ENDING}").mkdir()
    sweep(tmp_path)
    assert precious.read_bytes() == b"x"
