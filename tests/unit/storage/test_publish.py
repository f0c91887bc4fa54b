"""A publication is whole or not there, whatever fails; its receipt tells the truth about its files."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from pathlib import Path

import pytest

from entrepot.model.errors import AccessError, DamagedError, InputError, StorageError
from entrepot.storage.age import fresh_key
from entrepot.storage.disk import Disk
from entrepot.storage.layers import Sealing
from entrepot.storage.parts import ENDING, create_part, sweep
from entrepot.storage.publish import Publication
from entrepot.storage.seal import open_sealed, plain_copy
from unit.storage.faulty_disk import FaultyDisk

BLOCKS = [bytes([n % 251]) * 70_000 for n in range(12)]
CONTENT = b"".join(BLOCKS)


def write(publication: Publication, name: str = "a.csv", blocks: list[bytes] = BLOCKS) -> None:
    with publication.open(name, "text/csv") as sink:
        for block in blocks:
            sink.write(block)


def publish(target: Path, sealing: Sealing | None = None, *, overwrite: bool = False, disk: Disk | None = None) -> None:
    publication = Publication(target=target, sealing=sealing or Sealing(), overwrite=overwrite, disk=disk or Disk())
    with publication:
        write(publication)
        publication.publish(target.with_name(f"{target.name}.receipt.json"), b"{}\n")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_has_a_name_before_everything_is_complete(tmp_path: Path) -> None:
    with Publication(target=tmp_path / "a.csv") as publication:
        write(publication)
        assert all(name.endswith(ENDING) for name in names(tmp_path))
    assert names(tmp_path) == []


def test_size_and_hash_are_those_of_the_stored_bytes(tmp_path: Path) -> None:
    for compression in (None, "gzip", "zstd"):
        target = tmp_path / f"x-{compression}"
        with Publication(target=target, sealing=Sealing(compression=compression)) as publication:
            write(publication)
            (receipt,) = publication.files()
            publication.publish(target.with_suffix(".receipt"), b"")
        stored = target.read_bytes()
        assert (receipt.bytes, receipt.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_compressed_bytes_read_back_equal(tmp_path: Path, compression: str) -> None:
    sealing = Sealing(compression=compression)
    target = tmp_path / f"a.csv{sealing.ending}"
    publish(target, sealing)
    with open_sealed(target) as plain:
        assert plain.read() == CONTENT


@pytest.mark.slow
def test_a_passphrase_opens_what_it_sealed_and_no_other_does(tmp_path: Path) -> None:
    sealing = Sealing(compression="zstd", passphrase="correct horse")
    target = tmp_path / f"a.csv{sealing.ending}"
    publish(target, sealing)
    assert names(tmp_path) == ["a.csv.zst.age", "a.csv.zst.age.key", "a.csv.zst.age.receipt.json"]
    assert CONTENT[:1000] not in target.read_bytes()
    with open_sealed(target, passphrase="correct horse") as plain:
        assert plain.read() == CONTENT
    with pytest.raises(AccessError, match="does not open"), open_sealed(target, passphrase="wrong") as plain:
        plain.read()
    with pytest.raises(AccessError, match="encrypted"), open_sealed(target) as plain:
        plain.read()


def test_a_recipient_opens_with_the_secret_key(tmp_path: Path) -> None:
    secret, public = fresh_key()
    other, _ = fresh_key()
    target = tmp_path / "a.csv.age"
    publish(target, Sealing(recipients=(public,)))
    assert plain_copy(target, tmp_path, identity=secret).read_bytes() == CONTENT
    with pytest.raises(AccessError) as caught, open_sealed(target, identity=other) as plain:
        plain.read()
    assert caught.value.code == "wrong_key"


def test_a_wrong_recipient_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    publication = Publication(target=tmp_path / "a.age", sealing=Sealing(recipients=("age1nonsense",)))
    with pytest.raises(InputError, match="age1nonsense"), publication:
        write(publication)
    assert names(tmp_path) == []


@pytest.mark.parametrize("ending", [".gz", ".zst", ".age"])
def test_a_truncated_or_changed_file_never_reads_to_a_good_end(tmp_path: Path, ending: str) -> None:
    secret, public = fresh_key()
    sealing = {
        ".gz": Sealing(compression="gzip"),
        ".zst": Sealing(compression="zstd"),
        ".age": Sealing(recipients=(public,)),
    }[ending]
    target = tmp_path / f"a.csv{ending}"
    publish(target, sealing)
    stored = target.read_bytes()
    for cut in range(1, len(stored), max(1, len(stored) // 40)):
        target.write_bytes(stored[:cut])
        with pytest.raises((DamagedError, AccessError)), open_sealed(target, identity=secret) as plain:
            while plain.read(1 << 16):
                pass


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


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("kind", ["plain", "gzip", "age"])
def test_whichever_operation_fails_the_files_are_whole_or_absent(tmp_path: Path, number: int, kind: str) -> None:
    secret, public = fresh_key()
    sealing = {"plain": Sealing(), "gzip": Sealing(compression="gzip"), "age": Sealing(recipients=(public,))}[kind]
    for fail_at in range(1, 200):
        folder = tmp_path / str(fail_at)
        folder.mkdir()
        disk = FaultyDisk(fail_at, number)
        target = folder / f"a.csv{sealing.ending}"
        try:
            publish(target, sealing, disk=disk)
        except StorageError as error:
            assert error.remedy
            left = names(folder)
            assert not [name for name in left if name.endswith(ENDING)]
            if target.exists():
                with open_sealed(target, identity=secret) as plain:
                    assert plain.read() == CONTENT
        else:
            assert disk.operations < fail_at
            return
    pytest.fail("it never succeeded")


def test_a_part_without_a_holder_is_swept_and_a_living_one_stays(tmp_path: Path) -> None:
    _, descriptor = create_part(Disk(), tmp_path / "living.csv")
    dead = tmp_path / f".dead.csv.000000{ENDING}"
    dead.write_bytes(b"half")
    assert sweep(tmp_path) == (dead,)
    assert len(names(tmp_path)) == 1
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)
    assert len(sweep(tmp_path)) == 1
