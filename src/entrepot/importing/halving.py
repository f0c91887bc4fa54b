"""Finding single rows that the database refuses: everything is tried at once, then halves, and halves of the half that
is refused, until single ones are left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from entrepot.model.changes import Target
from entrepot.model.errors import InputError
from entrepot.model.matching import Span

CODE = "database_refused"
NOTHING_WRITTEN = " Nothing was written."
OF_ONE = re.compile(r"(?:; )?\bline 1(?:, column [^);]*)?| at row 1\b")
"""A row that is tried alone is always the first."""


class UndoneError(InputError):
    """Ends a trial that was only one."""


@contextmanager
def only_tried(target: Target) -> Iterator[None]:
    """Whatever the block does is undone."""
    try:
        with target.trial():
            yield
            raise UndoneError(CODE, "Only tried.", remedy="")
    except UndoneError:
        pass


def halved(span: Span, tried: Callable[[Span], str | None]) -> Iterator[tuple[Span, str | None]]:
    """The spans that were taken, and single ones that were refused, with the words of the database. In their order: of
    two that exclude each other, the first one stays."""
    words = tried(span)
    if words is None or span.first == span.last:
        yield span, words
        return
    middle = (span.first + span.last) // 2
    yield from halved(Span(first=span.first, last=middle), tried)
    yield from halved(Span(first=middle + 1, last=span.last), tried)


def bare(error: InputError) -> InputError:
    """Not the error itself: that holds on to rows that are still on their way out of the workbench, which does one
    thing after the other."""
    return InputError(error.code, error.message, remedy=error.remedy, problems=error.problems)


def words_of(error: InputError) -> str:
    """Without what is only true of the whole; other errors are no refusals of rows."""
    if error.code != CODE:
        raise error
    return OF_ONE.sub("", error.message.removesuffix(NOTHING_WRITTEN).removesuffix(".")).replace(" ()", "")
