"""The journal of a job: written while the changes are made, stored before they are committed.

A section is a frame of zstd: what goes into the database goes into the frame as well, on its way. It is not read
again unless somebody wants to take the job back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from pathlib import Path
from typing import BinaryIO

from entrepot.model.errors import DamagedError
from entrepot.model.journals import JournalFacts, Section
from entrepot.storage.faults import storing
from entrepot.storage.zstd import CompressionParameter, ZstdCompressor, ZstdDecompressor, ZstdError

LEVEL = 1
BLOCK = 1 << 20


class JournalWriter:
    """One section after the other."""

    def __init__(self, path: Path, entity: str) -> None:
        self.path, self._entity = path, entity
        self._sections: list[Section] = []
        self._keys: dict[str, tuple[str, ...]] = {}
        self._offset = 0
        self.forgotten = 0
        self._others: dict[str, JournalWriter] = {}
        self._beside: Future[None] | None = None
        path.unlink(missing_ok=True)  # of an attempt that came to nothing

    def of(self, entity: str) -> JournalWriter:
        """The one for rows of another entity that change with these."""
        if entity not in self._others:
            self._others[entity] = JournalWriter(self.path.with_name(f"{self.path.name} {len(self._others)}"), entity)
        return self._others[entity]

    @property
    def all(self) -> tuple[JournalWriter, ...]:
        return (self, *self._others.values())

    def found_by(self, part: str, key: Sequence[str]) -> None:
        self._keys[part] = tuple(key)

    def kept(
        self, name: str, columns: Sequence[str], null: str, rows: Iterable[bytes], key: Sequence[str] = ()
    ) -> Iterator[bytes]:
        """The same rows, which are in the journal when they have ended. A block is packed while the next is made.
        `key`: what finds them, if it is not what finds all of their part."""
        options: dict[int, int] = {
            CompressionParameter.compression_level: LEVEL,
            CompressionParameter.checksum_flag: 1,
        }
        compressor = ZstdCompressor(options=options)
        packed: Future[bytes] | None = None
        begin = self._offset
        with storing(self.path), self.path.open("ab", buffering=BLOCK) as file, ThreadPoolExecutor(1) as beside:
            for block in rows:
                self._offset += file.write(packed.result()) if packed else 0
                packed = beside.submit(compressor.compress, block)
                yield block
            if packed is None:
                return  # a section of no rows would look like something to take back
            self._offset += file.write(packed.result())
            self._offset += file.write(compressor.flush())
        size = self._offset - begin
        self._sections.append(
            Section(name=name, columns=tuple(columns), null=null, offset=begin, bytes=size, key=tuple(key))
        )

    def keep(
        self, name: str, columns: Sequence[str], null: str, rows: Iterable[bytes], key: Sequence[str] = ()
    ) -> None:
        for _ in self.kept(name, columns, null, rows, key):
            pass

    def keep_beside(self, name: str, columns: Sequence[str], null: str, rows: Iterable[bytes]) -> None:
        """In another thread, while the database is busy with rows that it has. Whoever wants the facts waits for it;
        nothing else is kept meanwhile."""
        thread = ThreadPoolExecutor(1)
        self._beside = thread.submit(copy_context().run, self.keep, name, columns, null, rows)
        thread.shutdown(wait=False)

    def close(self) -> None:
        """Nothing is written from now on, whatever became of it."""
        if self._beside is not None:
            wait([self._beside])

    @property
    def facts(self) -> JournalFacts:
        if self._beside is not None:
            self._beside.result()
        return JournalFacts(
            entity=self._entity, keys=dict(self._keys), sections=tuple(self._sections), forgotten=self.forgotten
        )


def section_rows(file: BinaryIO, section: Section) -> Iterator[bytes]:
    """The rows of a section, in blocks."""
    decompressor = ZstdDecompressor()
    file.seek(section.offset)
    left = section.bytes
    try:
        while not decompressor.eof:
            packed = file.read(min(BLOCK, left)) if decompressor.needs_input else b""
            left -= len(packed)
            if decompressor.needs_input and not packed:
                raise _damaged()
            if plain := decompressor.decompress(packed, BLOCK):
                yield plain
    except ZstdError as error:
        raise _damaged() from error


def _damaged() -> DamagedError:
    return DamagedError(
        "journal_damaged",
        "The journal of that job cannot be read to its end.",
        remedy="Put it back from a backup of the state folder; without it, the job cannot be undone.",
    )
