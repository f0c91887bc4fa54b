"""Chunks of rows in a file, to be handed on as they were: in front of each, how many rows and bytes it has."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from struct import Struct

from entrepot.model.errors import DamagedError
from entrepot.model.ports import Sink
from entrepot.model.templates import Chunk
from entrepot.storage.faults import reading
from entrepot.storage.zstd import CompressionParameter, ZstdCompressor, ZstdError, ZstdFile

FRAME = Struct(">IQ")


def write_chunks(chunks: Iterable[Chunk], sink: Sink) -> Iterator[int]:
    """Packed. The rows of each, as it is written."""
    options: dict[int, int] = {CompressionParameter.compression_level: 1, CompressionParameter.checksum_flag: 1}
    packing = ZstdCompressor(options=options)
    for chunk in chunks:
        sink.write(packing.compress(FRAME.pack(chunk.rows, len(chunk.data))))
        sink.write(packing.compress(chunk.data))
        yield chunk.rows
    sink.write(packing.flush())


def read_chunks(path: Path) -> Generator[Chunk]:
    with reading(path), ZstdFile(path) as file:
        try:
            while frame := file.read(FRAME.size):
                rows, size = FRAME.unpack(frame)
                yield Chunk(_exactly(file, size), rows)
        except (ZstdError, EOFError) as error:
            raise _damaged(path) from error


def _exactly(file: ZstdFile, size: int) -> bytes:
    """A read may give less than there is."""
    pieces = [file.read(size)]
    while pieces[-1] and sum(map(len, pieces)) < size:
        pieces.append(file.read(size - sum(map(len, pieces))))
    if sum(map(len, pieces)) < size:
        raise EOFError
    return b"".join(pieces)


def _damaged(path: Path) -> DamagedError:
    return DamagedError("artifact_damaged", f"The stored file {path} is cut off.", remedy="Run the export again.")
