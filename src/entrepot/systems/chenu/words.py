"""Words as members, for programs that write `ExportFormat.EXCEL` or `EntityType.USERS`; they are texts, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import EnumMeta, StrEnum
from typing import TYPE_CHECKING, Any, cast

from entrepot.formats.registry import registry
from entrepot.model.catalog import Catalog
from entrepot.model.spreadsheets import FORMATS

ALL = "all"
OUT_ONLY = frozenset({"pdf"})
PACKAGE = "package"
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Words(EnumMeta):
    """Which members there are is known when the program runs."""

    if TYPE_CHECKING:

        def __getattr__(cls, name: str) -> Any: ...


class Word(StrEnum, metaclass=Words):
    @classmethod
    def _missing_(cls, value: object) -> Word | None:
        """`ExportFormat("excel")` is what `ExportFormat.EXCEL` is."""
        return cls.__members__.get(member_name(str(value)))


def words(name: str, pairs: Iterable[tuple[str, str]]) -> type[Word]:
    """A name that is taken gets a number."""
    members: dict[str, str] = {}
    for wanted, value in pairs:
        free = wanted if wanted not in members else next(_numbered(wanted, members))
        members[free] = value
    return cast("type[Word]", Word(name, members))


def _numbered(name: str, taken: Iterable[str]) -> Iterator[str]:
    return (f"{name}_{number}" for number in range(2, 10_000) if f"{name}_{number}" not in taken)


def member_name(word: str) -> str:
    """
    >>> member_name("orderLines"), member_name("2024")
    ('ORDER_LINES', '_2024')
    """
    name = re.sub(r"\W", "_", HUMP.sub("_", word)).upper()
    return name if name.isidentifier() and not re.fullmatch(r"_.*_", name) else f"_{name}".rstrip("_")


def entity_type(catalog: Catalog) -> type[Word]:
    """All entities by what people call them, and `ALL`."""
    titles = ((member_name(entity.title), entity.title) for entity in catalog.entities)
    return words("EntityType", (("ALL", ALL), *titles))


def _formats() -> Iterator[tuple[str, str]]:
    for entry in registry().entries:
        yield from ((member_name(word), entry.name) for word in (entry.name, *entry.aliases))


ExportFormat = words("ExportFormat", _formats())
ImportFormat = words(
    "ImportFormat",
    dict([each for each in _formats() if each[1] not in OUT_ONLY] + [(word.upper(), word) for word in FORMATS]).items(),
)
