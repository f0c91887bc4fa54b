"""Small parts of a workbook as trees. Nothing is looked up elsewhere, and nothing is defined: a part that declares a
document type is refused."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from entrepot.model.errors import DamagedError
from entrepot.workbench.reading.sheets.refusals import damaged


class DeclaredError(Exception):
    """A part declares a document type."""


class Builder(TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise DeclaredError


def parsed(data: bytes, file: str, part: str) -> Element:
    parser = XMLParser(target=Builder())
    try:
        parser.feed(data)
        return parser.close()
    except DeclaredError:
        raise declared(file, part) from None
    except (ParseError, ValueError) as error:
        raise damaged(file, f"its part {part} is no XML ({error})") from error


def declared(file: str, part: str) -> DamagedError:
    return damaged(file, f"its part {part} declares a document type, which no workbook does")


def local(tag: object) -> str:
    """A name without its namespace, which differs between editions of the standard.

    >>> local("{http://purl.oclc.org/ooxml/spreadsheetml/main}sheet")
    'sheet'
    """
    return str(tag).rpartition("}")[2]


def found(tree: Element, name: str) -> Iterator[Element]:
    return (each for each in tree.iter() if local(each.tag) == name)


def attribute(element: Element, name: str) -> str | None:
    """One that has a namespace."""
    return next((value for key, value in element.items() if local(key) == name and key != name), None)


def is_true(said: str | None) -> bool:
    return said in ("1", "true", "on")
