"""A file is opened by its content, to its true end, within bounds, and nothing is left where that fails."""

from __future__ import annotations

import gzip
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from entrepot.model.errors import AccessError, DamagedError, EntrepotError, InputError, StorageError
from entrepot.storage.age import fresh_key, lock_key, recipients_of
from entrepot.storage.keys import Keys
from entrepot.storage.layers import Compressing, Encrypting, Layer
from entrepot.storage.opening import Bounds, plain_file
from entrepot.storage.zstd import CompressionParameter, ZstdCompressor

ROWS = b"".join(b"%d,name %d,%d\n" % (n, n, n * 7919 % 10007) for n in range(20_000))
TINY = Bounds(always=10_000, ratio=10)
Pack = Callable[[bytes], bytes]


def zstd(data: bytes) -> bytes:
    compressor = ZstdCompressor(options={CompressionParameter.checksum_flag: 1})
    return compressor.compress(data) + compressor.flush()


class Held:
    """The lowest layer, in memory."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes, /) -> int:
        self.data += data
        return len(data)

    def finish(self) -> None: ...

    def abandon(self) -> None: ...


def age(data: bytes, public: str) -> bytes:
    held = Held()
    layer: Layer = Encrypting(recipients_of([public]), held)
    layer.write(data)
    layer.finish()
    return held.data


def opened(folder: Path, content: bytes, keys: Keys | None = None, bounds: Bounds | None = None) -> bytes:
    """The plain content of a file whose name says nothing."""
    (folder / "given").write_bytes(content)
    work = folder / "work"
    work.mkdir(exist_ok=True)
    plain = plain_file(folder / "given", work, keys, bounds=bounds)
    found = plain.read_bytes()
    assert [path.name for path in work.iterdir()] == ([] if plain == folder / "given" else [plain.name])
    shutil.rmtree(work)
    return found


def refusal(folder: Path, content: bytes, kind: type[EntrepotError], bounds: Bounds | None = None) -> str:
    (folder / "given").write_bytes(content)
    (folder / "work").mkdir(exist_ok=True)
    with pytest.raises(kind) as caught:
        plain_file(folder / "given", folder / "work", bounds=bounds)
    assert list((folder / "work").iterdir()) == []
    assert caught.value.remedy
    assert "given" in caught.value.message
    return caught.value.code


PACKS = [pytest.param(gzip.compress, id="gzip"), pytest.param(zstd, id="zstd")]


@pytest.mark.parametrize(
    "content", [b"", b"x", b"a,b\n1,2\n", b"\x1f", b"\x28\xb5", b"\x50\x2a\x4d", b"age-encryption"]
)
def test_a_plain_file_is_used_as_it_is(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(content)
    assert plain_file(tmp_path / "a.csv.gz", tmp_path) == tmp_path / "a.csv.gz"


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("content", [b"", b"x", ROWS, b"\0" * 50_000])
def test_a_packed_file_is_unpacked_whatever_its_name(pack: Pack, content: bytes, tmp_path: Path) -> None:
    assert opened(tmp_path, pack(content)) == content


@pytest.mark.parametrize("pack", PACKS)
def test_what_an_export_compresses_is_read_back(pack: Pack, tmp_path: Path) -> None:
    held = Held()
    layer = Compressing("gzip" if pack is gzip.compress else "zstd", held)
    layer.write(ROWS)
    layer.finish()
    assert opened(tmp_path, held.data) == ROWS


@pytest.mark.parametrize("pack", PACKS)
def test_all_members_are_read_one_behind_the_other(pack: Pack, tmp_path: Path) -> None:
    assert opened(tmp_path, pack(ROWS) + pack(b"") + pack(b"end") * 500) == ROWS + b"end" * 500


def test_a_frame_that_holds_no_data_is_skipped_wherever_it_stands(tmp_path: Path) -> None:
    skipped = b"\x53\x2a\x4d\x18\x04\x00\x00\x00abcd"
    assert opened(tmp_path, skipped + zstd(ROWS) + skipped + zstd(b"end")) == ROWS + b"end"


@pytest.mark.parametrize("size", [1, 3, 512, 3_000_000])
@pytest.mark.parametrize("pack", PACKS)
def test_zeros_that_fill_up_a_file_are_no_junk(pack: Pack, size: int, tmp_path: Path) -> None:
    assert opened(tmp_path, pack(b"rows") + b"\0" * size) == b"rows"
    assert opened(tmp_path, pack(b"rows") + b"\0" * size + pack(b"more")) == b"rowsmore"


@pytest.mark.parametrize("junk", [b"j", b"junk", b"\0\0\0x", b"\x1f", b"PK\3\4" * 1000])
@pytest.mark.parametrize("pack", PACKS)
def test_junk_behind_the_end_is_refused(pack: Pack, junk: bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path, pack(ROWS) + junk, DamagedError) == "trailing_junk"


@pytest.mark.parametrize("pack", PACKS)
def test_cut_at_any_place_a_file_ends_too_early(pack: Pack, tmp_path: Path) -> None:
    packed = pack(ROWS)
    for end in [*range(4, len(packed), 1000), *range(len(packed) - 12, len(packed))]:
        assert refusal(tmp_path, packed[:end], DamagedError) == "truncated", end


@pytest.mark.parametrize("pack", PACKS)
def test_a_changed_byte_is_found(pack: Pack, tmp_path: Path) -> None:
    packed = pack(ROWS)
    for at in range(20, len(packed), len(packed) // 20):
        changed = packed[:at] + bytes([packed[at] ^ 0x55]) + packed[at + 1 :]
        assert refusal(tmp_path, changed, DamagedError) in {"damaged", "truncated", "trailing_junk"}, at


@pytest.mark.parametrize("pack", PACKS)
def test_a_bomb_is_stopped_at_its_bound(pack: Pack, tmp_path: Path) -> None:
    bomb = pack(b"\0" * 20_000_000)
    assert refusal(tmp_path, bomb, InputError, bounds=TINY) == "decompression_bomb"
    assert opened(tmp_path, pack(ROWS), bounds=TINY) == ROWS


def test_a_gigabyte_of_zeros_is_refused_early_with_the_usual_bounds(tmp_path: Path) -> None:
    compressor = zlib.compressobj(9, wbits=31)
    zeros = b"\0" * (10 << 20)
    member = compressor.compress(zeros) + compressor.flush()
    assert refusal(tmp_path, member * 100, InputError) == "decompression_bomb"


def test_a_small_file_may_repeat_itself_as_much_as_it_likes(tmp_path: Path) -> None:
    assert opened(tmp_path, zstd(b"same,row\n" * 1_000_000)) == b"same,row\n" * 1_000_000


def test_a_window_over_the_limit_is_refused_with_the_way_out(tmp_path: Path) -> None:
    compressor = ZstdCompressor(options={CompressionParameter.window_log: 28})
    packed = compressor.compress(b"rows") + compressor.flush()
    assert refusal(tmp_path, packed, InputError) == "window_too_large"


@pytest.mark.parametrize("pack", PACKS)
def test_what_is_packed_twice_is_refused(pack: Pack, tmp_path: Path) -> None:
    assert refusal(tmp_path, zstd(pack(ROWS)), InputError) == "sealed_twice"


@pytest.mark.parametrize("pack", [*PACKS, pytest.param(bytes, id="plain")])
def test_an_encrypted_file_is_opened_with_its_key(pack: Pack, tmp_path: Path) -> None:
    secret, public = fresh_key()
    assert opened(tmp_path, age(pack(ROWS), public), Keys(identity=secret)) == ROWS
    assert opened(tmp_path, pack(age(b"", public)), Keys(identity=secret)) == b""


def test_a_passphrase_opens_with_the_locked_key_beside_the_file_that_was_given(tmp_path: Path) -> None:
    secret, public = fresh_key()
    (tmp_path / "secret.csv.age.key").write_bytes(lock_key(secret, "correct horse"))
    copy = tmp_path / "file_1m7yxxkp00000000"
    copy.write_bytes(age(zstd(ROWS), public))
    work = tmp_path / "work"
    work.mkdir()
    keys = Keys(passphrase="correct horse")
    assert plain_file(copy, work, keys, given=tmp_path / "secret.csv.age").read_bytes() == ROWS


def test_a_wrong_or_missing_key_is_told(tmp_path: Path) -> None:
    (secret, _), (_, public) = fresh_key(), fresh_key()
    content = age(ROWS, public)
    assert refusal(tmp_path, content, AccessError) == "no_key"
    (tmp_path / "given").write_bytes(content)
    with pytest.raises(AccessError) as caught:
        plain_file(tmp_path / "given", tmp_path / "work", Keys(identity=secret))
    assert caught.value.code == "wrong_key"
    assert "given" in caught.value.message
    assert list((tmp_path / "work").iterdir()) == []


def test_an_encrypted_file_that_is_cut_or_changed_is_refused_and_not_even_unpacked(tmp_path: Path) -> None:
    secret, public = fresh_key()
    content = age(gzip.compress(os.urandom(300_000)), public)
    for damaged in (content[:-1], content[:200_000], content[:-5] + b"x" + content[-4:]):
        (tmp_path / "given").write_bytes(damaged)
        with pytest.raises(DamagedError):
            plain_file(tmp_path / "given", tmp_path, Keys(identity=secret))
        assert [path.name for path in tmp_path.iterdir()] == ["given"]


def test_what_does_not_fit_on_the_disk_is_refused_before_it_is_full(tmp_path: Path) -> None:
    assert refusal(tmp_path, gzip.compress(ROWS), StorageError, bounds=Bounds(room=0.0)) == "insufficient_storage"


def test_whoever_is_told_can_stop_it(tmp_path: Path) -> None:
    told: list[int] = []

    def stop(size: int) -> None:
        told.append(size)
        raise KeyboardInterrupt

    (tmp_path / "given").write_bytes(gzip.compress(ROWS))
    with pytest.raises(KeyboardInterrupt):
        plain_file(tmp_path / "given", tmp_path, told=stop)
    assert told == [len(ROWS)]
    assert [path.name for path in tmp_path.iterdir()] == ["given"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        plain_file(tmp_path / "none", tmp_path)
    assert caught.value.code == "no_such_file"
