"""Sets of record numbers, as spans and as people write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from entrepot.model.matching import Span
from entrepot.model.rulings import ranges


def spans_of(text: str) -> tuple[Span, ...]:
    """
    >>> spans_of("5,9-12")
    (Span(first=5, last=5), Span(first=9, last=12))
    """
    return tuple(Span(first=first, last=last) for first, last in ranges(text)) if text else ()


def text_of(spans: Iterable[Span]) -> str:
    return ",".join(f"{it.first}" if it.first == it.last else f"{it.first}-{it.last}" for it in spans)


def minus(some: Iterable[Span], others: Iterable[Span]) -> tuple[Span, ...]:
    """
    >>> text_of(minus(spans_of("1-10,20"), spans_of("3,5-6,10-20")))
    '1-2,4,7-9'
    """
    return tuple(_minus(sorted(some, key=_first), sorted(others, key=_first)))


def _minus(some: Iterable[Span], others: list[Span]) -> Iterator[Span]:
    """Both in order, and neither overlaps itself."""
    at = 0
    for span in some:
        first = span.first
        while at < len(others) and others[at].last < first:
            at += 1
        look = at
        while look < len(others) and others[look].first <= span.last:
            if others[look].first > first:
                yield Span(first=first, last=others[look].first - 1)
            first = others[look].last + 1
            look += 1
        if first <= span.last:
            yield Span(first=first, last=span.last)


def _first(span: Span) -> int:
    return span.first
