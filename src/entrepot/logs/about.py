"""What is being worked on here: known to every line that is written meanwhile, in threads that were given it, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

NOTHING: Mapping[str, object] = {}
_about: ContextVar[Mapping[str, object]] = ContextVar("entrepot_about", default=NOTHING)


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """
    >>> with about(job="exp_1"), about(attempt=2):
    ...     print(known())
    {'job': 'exp_1', 'attempt': 2}
    """
    before = _about.set({**_about.get(), **{name: fact for name, fact in facts.items() if fact is not None}})
    try:
        yield
    finally:
        _about.reset(before)


def known() -> Mapping[str, object]:
    return _about.get()
