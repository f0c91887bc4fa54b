"""What parts of an export come to: their rows among the stored files, where every worker finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from entrepot.model.records import Document, StoredArtifact
from entrepot.model.templates import Chunk
from entrepot.state import State
from entrepot.storage.chunk_files import read_chunks, write_chunks

KIND, NAME, MEDIA_TYPE = "part", "part", "application/octet-stream"
LASTING = timedelta(days=1)
"""They go with the attempt that they are for; this is for those whose maker died before anybody knew of them."""


def keep_part(state: State, chunks: Iterable[Chunk], told: Callable[[int], object]) -> Document:
    """Whole, or nothing of it. `told` hears the rows of each chunk."""
    rows = 0
    with state.artifacts.receive(KIND, NAME) as incoming:
        for count in write_chunks(chunks, incoming):
            rows += count
            told(count)
    stored = state.record(incoming.stored, MEDIA_TYPE, lasting=LASTING)
    state.artifacts.drop_copy(stored.id)
    return {"artifact": stored.id, "bytes": stored.bytes, "sha256": stored.sha256, "rows": rows}


@contextmanager
def opened_part(state: State, made: Document) -> Iterator[Iterator[Chunk]]:
    """DamagedError if it is not what was made."""
    facts = {name: made[name] for name in ("bytes", "sha256")}
    path = state.artifacts.verify(StoredArtifact(id=made["artifact"], kind=KIND, name=NAME, **facts))
    with closing(read_chunks(path)) as chunks:
        yield chunks


def let_go(state: State, made: Document) -> None:
    state.artifacts.delete(made["artifact"])
    state.ledger.artifacts.forget(made["artifact"])
