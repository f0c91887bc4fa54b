"""Every way in which a file can be sealed, with what opens it again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from entrepot.model.errors import EntrepotError
from entrepot.storage.keys import Keys
from entrepot.storage.layers import Sealing
from entrepot.storage.publish import Publication
from entrepot.storage.seal import open_sealed

WAYS = ("plain", "gzip", "zstd", "age", "gzip+age", "zstd+age")
SECRET = "AGE-SECRET-KEY-19QW8M8E63JWYU9SARGRCMD9P096QTHCQPCXZYX5JYFTWK4XVEJ4Q59TXKE"
PUBLIC = "age13yq3gjgdnar72yjgt2cskjw82r9ksalzjgra8uzjgm0vggky2ecquxapdy"
"""A pair for these tests alone, the same in every process of theirs."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """One sealing; `passphrase` in place of a recipient costs a second, so only tests that are about it use it."""

    sealing: Sealing

    def final(self, folder: Path, name: str = "a.csv") -> Path:
        return folder / f"{name}{self.sealing.ending}"

    def store(self, folder: Path, blocks: Sequence[bytes], *, overwrite: bool = False) -> Path:
        target = self.final(folder)
        with Publication(target=target, sealing=self.sealing, overwrite=overwrite) as publication:
            with publication.open("a.csv", "text/csv") as sink:
                for block in blocks:
                    sink.write(block)
            publication.publish(target.with_name(f"{target.name}.receipt.json"), b"{}\n")
        return target


def way(name: str) -> Way:
    compression, _, encrypted = name.partition("+")
    return Way(
        sealing=Sealing(
            compression=compression if compression in {"gzip", "zstd"} else None,
            recipients=(PUBLIC,) if "age" in {compression, encrypted} else (),
        )
    )


def read_back(path: Path) -> bytes:
    """In small pieces, as a reader that never holds the whole."""
    with open_sealed(path, Keys(identity=SECRET)) as plain:
        return b"".join(iter(lambda: plain.read(7_000), b""))


def outcome(path: Path) -> bytes | str:
    """What a reader gets: the bytes, or the code of the error that it ends with."""
    try:
        return read_back(path)
    except EntrepotError as error:
        return error.code


def some_text(size: int, seed: int = 1) -> bytes:
    """Text that compresses a little, so that changed bytes land in literals as well as in tables."""
    return bytes(random.Random(seed).choices(b"abcdefgh,\n", k=size))


def flipped(data: bytes, places: Sequence[int], dice: random.Random) -> Iterator[tuple[int, bytes]]:
    for at in places:
        yield at, data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
