"""A large table, read by several workers: the same chunks in the same order, whoever reads them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from entrepot.model.errors import EntrepotError
from entrepot.model.fabric import Divides, Fan, Share
from entrepot.model.ports import Session
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

if TYPE_CHECKING:
    from entrepot.model.records import Document

LOG = logging.getLogger("entrepot.exporting")
ROWS = "rows"
"""The function that makes a part."""
FEWEST = 4
"""Parts that are worth it."""


def rendered(session: Session, query: Query, template: RowTemplate, rows: int, fan: Fan | None) -> Iterator[Chunk]:
    """As `session.render`; by others, too, where that pays."""
    shares: Sequence[Share] = ()
    if fan is not None and isinstance(session, Divides):
        shares = session.shares(query, template, rows, fan.rows)
    if fan is None or len(shares) < FEWEST:
        return session.render(query, template, rows)
    return _in_order(shares, fan)


def _in_order(shares: Sequence[Share], fan: Fan) -> Iterator[Chunk]:
    with closing(fan.fabric.fan_out(ROWS, [share.spec for share in shares])) as made:
        for share, found in zip(shares, made, strict=True):
            yield from share.read() if found is None else _opened(share, found, fan)


def _opened(share: Share, made: Document, fan: Fan) -> Iterator[Chunk]:
    """One that does not come back as it was made is read anew."""
    with ExitStack() as stack:
        try:
            chunks = stack.enter_context(fan.opened(made))
        except EntrepotError as error:
            LOG.warning("a part that another worker has made is read anew: %s", error)
            chunks = share.read()
        yield from chunks
