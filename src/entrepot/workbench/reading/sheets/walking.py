"""XML of any size, piece by piece, as calls to handlers. It may be written in any way that XML allows, but for a
document type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from entrepot.workbench.reading.sheets.markup import DeclaredError, declared
from entrepot.workbench.reading.sheets.refusals import damaged

DEEPEST = 64


class Walker(Protocol):
    """`path` has the names around, without prefixes; `begin` and `end` are called inside of it."""

    path: list[str]

    def begin(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def walked(blocks: Iterable[bytes], walker: Walker, file: str, part: str) -> Iterator[None]:
    """Whenever something may have been found."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = beginning(walker)
    parser.EndElementHandler = ending(walker)
    parser.CharacterDataHandler = walker.text
    try:
        for block in blocks:
            parser.Parse(block, False)
            yield
        parser.Parse(b"", True)
    except DeclaredError:
        raise declared(file, part) from None
    except (expat.ExpatError, DeepError) as error:
        raise damaged(file, f"its part {part} is no XML ({error})") from error
    yield


class DeepError(Exception):
    """More elements inside of each other than any workbook has."""


def beginning(walker: Walker) -> Callable[[str, dict[str, str]], None]:
    path = walker.path

    def begin(name: str, attributes: dict[str, str]) -> None:
        bare = name.rpartition(":")[2]
        walker.begin(bare, attributes)
        path.append(bare)
        if len(path) > DEEPEST:
            raise DeepError("too deep")

    return begin


def ending(walker: Walker) -> Callable[[str], None]:
    def end(name: str) -> None:
        walker.path.pop()
        walker.end(name.rpartition(":")[2])

    return end


def refuse(*_: object) -> None:
    raise DeclaredError
