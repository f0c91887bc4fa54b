"""Publications of every shape, and the judgement on what a broken one left behind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contract.storage.sealed import SECRET, Way, some_text, way
from entrepot.storage.disk import Disk
from entrepot.storage.keys import Keys
from entrepot.storage.parts import ENDING
from entrepot.storage.publish import Publication
from entrepot.storage.seal import open_sealed

OLD, NEW = 1, 2
SHAPES = ("plain", "gzip", "zstd", "age", "zstd+age", "plain folder", "gzip+age folder")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One file, or a folder of three; in an old version or a new one."""

    way: Way
    folder: bool

    @property
    def names(self) -> tuple[str, ...]:
        return ("a.csv", "b.csv", "c.csv") if self.folder else ("a.csv",)

    def finals(self, home: Path) -> tuple[Path, ...]:
        return tuple(self.way.final(home, name) for name in self.names)

    def receipt(self, home: Path) -> Path:
        return home / "receipt.json"

    def publish(self, home: Path, version: int, *, disk: Disk | None = None, overwrite: bool = False) -> None:
        publication = Publication(
            target=home if self.folder else self.way.final(home),
            folder=self.folder,
            sealing=self.way.sealing,
            overwrite=overwrite,
            disk=disk or Disk(),
        )
        with publication:
            for name in self.names:
                with publication.open(name, "text/csv") as sink:
                    for at in range(0, len(content(name, version)), 50_000):
                        sink.write(content(name, version)[at : at + 50_000])
            publication.publish(self.receipt(home), receipt_words(version))

    def version(self, home: Path, final: Path) -> int | None:
        """Which version a file holds, whole; anything else fails the test."""
        if not final.exists():
            return None
        with open_sealed(final, Keys(identity=SECRET)) as plain:
            found = plain.read()
        name = final.name.removesuffix(self.way.sealing.ending)
        return {content(name, OLD): OLD, content(name, NEW): NEW}[found]

    def judge(self, home: Path) -> set[int | None]:
        """Every file with a final name is whole, and a receipt is there only with all of the files it names."""
        versions = {self.version(home, final) for final in self.finals(home)}
        receipt = self.receipt(home)
        if receipt.exists():
            (said,) = {OLD, NEW} & {version for version in (OLD, NEW) if receipt_words(version) == receipt.read_bytes()}
            assert versions == {said}
        return versions


def shape(name: str) -> Shape:
    seal, _, folder = name.partition(" ")
    return Shape(way=way(seal), folder=bool(folder))


@cache
def content(name: str, version: int) -> bytes:
    return some_text(300_000, seed=ord(name[0]) * 10 + version)


def receipt_words(version: int) -> bytes:
    return f'{{"version": {version}}}\n'.encode()


def left_over(home: Path) -> list[str]:
    return [path.name for path in home.iterdir() if path.name.endswith(ENDING)]
