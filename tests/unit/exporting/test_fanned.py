"""Shares of a table on their way to a format: in order, whoever has read them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from entrepot.exporting.fanned import rendered
from entrepot.model.errors import DamagedError
from entrepot.model.fabric import Fan, Share
from entrepot.model.ports import Session
from entrepot.model.records import Document
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

TEMPLATE = RowTemplate(parts=("x",))
QUERY = cast("Query", None)


class Reading:
    """A session that tells who reads what."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[int] = []

    def render(self, _query: Query, _template: RowTemplate, _rows: int = 1000) -> Iterator[Chunk]:
        yield Chunk(b"all", self.count)

    def shares(self, _query: Query, _template: RowTemplate, _chunk: int, rows: int) -> Sequence[Share]:
        self.asked.append(rows)
        return [Share(spec={"n": n}, read=lambda n=n: iter([Chunk(b"own %d " % n, 1)])) for n in range(self.count)]


@dataclass
class Others:
    """A fabric whose workers have made some, of which some are broken."""

    made: frozenset[int]
    broken: frozenset[int] = frozenset()
    offered: list[Document] = field(default_factory=list)
    open: bool = False

    def fan_out(self, part: str, specs: Sequence[Document]) -> Generator[Document | None]:
        assert part == "rows"
        self.offered, self.open = list(specs), True
        try:
            for spec in specs:
                yield spec if spec["n"] in self.made else None
        finally:
            self.open = False

    @contextmanager
    def opened(self, made: Document) -> Iterator[Iterator[Chunk]]:
        if made["n"] in self.broken:
            raise DamagedError("artifact_damaged", "It is broken.")
        yield iter([Chunk(b"theirs %d " % made["n"], 1)])

    @property
    def fan(self) -> Fan:
        return Fan(fabric=self, opened=self.opened, rows=10)


def read(session: Reading, others: Others | None) -> bytes:
    chunks = rendered(cast("Session", session), QUERY, TEMPLATE, 1000, others.fan if others else None)
    return b"".join(chunk.data for chunk in chunks)


def test_what_others_made_and_what_nobody_has_begun_stand_in_their_order() -> None:
    session, others = Reading(5), Others(made=frozenset({1, 3}))
    assert read(session, others) == b"own 0 theirs 1 own 2 theirs 3 own 4 "
    assert (session.asked, others.offered) == ([10], [{"n": n} for n in range(5)])
    assert not others.open


def test_what_comes_back_broken_is_read_anew() -> None:
    others = Others(made=frozenset({0, 1}), broken=frozenset({1}))
    assert read(Reading(4), others) == b"theirs 0 own 1 own 2 own 3 "


def test_few_shares_are_not_worth_it_and_without_others_nobody_asks_for_any() -> None:
    session = Reading(3)
    assert read(session, Others(made=frozenset())) == b"all"
    assert read(session, None) == b"all"
    assert session.asked == [10]


def test_whoever_leaves_early_ends_what_others_do() -> None:
    others = Others(made=frozenset({0}))
    chunks = rendered(cast("Session", Reading(4)), QUERY, TEMPLATE, 1000, others.fan)
    assert next(chunks).data == b"theirs 0 "
    assert others.open
    cast("Generator[Chunk]", chunks).close()
    assert not others.open
