"""Names inside a package: of resources, of members, of attachments, of fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from entrepot.formats.names import safe_stem, stems
from entrepot.formats.port import FileReference
from entrepot.model.errors import InputError
from entrepot.model.selection import Query

DESCRIPTOR = "datapackage.json"
MANIFEST = "manifest.json"
NOT_IN_A_NAME = re.compile(r"[^-a-z0-9._]+")
UNDERSCORE = re.compile(r"_+([^_])")
LONGEST_ENDING = 12


def slug(name: str) -> str:
    """`name` as Data Package wants the names of packages and resources.

    >>> slug("Größe / Ort"), slug("🚢")
    ('gr-e-ort', 'unnamed')
    """
    return NOT_IN_A_NAME.sub("-", name.lower()).strip("-.") or "unnamed"


def resource_names(titles: Sequence[str]) -> list[str]:
    """A different slug for each title."""
    return list(stems([slug(title) for title in titles]))


def member_stems(titles: Sequence[str]) -> list[str]:
    return list(stems(titles))


def camel(name: str) -> str:
    """
    >>> camel("customer_id"), camel("_raw__text"), camel("customerId"), camel("a_")
    ('customerId', '_rawText', 'customerId', 'a_')
    """
    head = name[: len(name) - len(name.lstrip("_"))]
    return head + UNDERSCORE.sub(lambda found: found[1].upper(), name[len(head) :])


def camel_columns(query: Query) -> Query:
    """The query with its columns' names in camelCase; two that would then be the same are refused."""
    named = [camel(column.name) for column in query.columns]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise InputError(
            "names_collide",
            f"In camelCase, two fields of {query.title} are called '{twice[0]}'.",
            remedy="Rename one of them for this export, or leave camel_case out.",
        )
    columns = (replace(column, name=name) for column, name in zip(query.columns, named, strict=True))
    return replace(query, columns=tuple(columns))


class AttachmentPaths:
    """`files/<id>/<name>`, safe on every file system and each one different; where the files of another field have
    the id already, `files/<entity>-<field>-<id>/<name>`."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._owners: dict[str, tuple[str, str]] = {}

    def take(self, reference: FileReference) -> str:
        field = reference.entity, reference.field
        own = self._owners.setdefault(reference.id, field) == field
        folder = safe_stem(reference.id if own else "-".join((*field, reference.id)))
        file = safe_name(reference.name)
        path, number = f"files/{folder}/{file}", 1
        while path.casefold() in self._taken:
            number += 1
            path = f"files/{folder}-{number}/{file}"
        self._taken.add(path.casefold())
        return path


def safe_name(name: str) -> str:
    """A safe file name that keeps its ending, however long it is.

    >>> safe_name("../../photo.jpg"), safe_name("x" * 300 + ".jpg")[-6:], safe_name("a.")
    ('_.._.._photo.jpg', 'xx.jpg', 'a')
    """
    stem, _, ending = name.rpartition(".")
    if not stem or not ending or len(ending) > LONGEST_ENDING:
        return safe_stem(name)
    return f"{safe_stem(stem)}.{safe_stem(ending)}"
