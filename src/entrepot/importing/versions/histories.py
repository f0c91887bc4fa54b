"""All versions of what a file has records of: what the workbench is given of them besides what it compares."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.importing.changes import identity
from entrepot.importing.request import Prepared
from entrepot.importing.versions.numbering import copied
from entrepot.model.selection import Column

EXISTING, HISTORIES = "existing", "histories"


def table_of(prepared: Prepared) -> str:
    """Where the rows go that have a key of the file."""
    return EXISTING if prepared.versions is None else HISTORIES


def besides(prepared: Prepared) -> tuple[Column, ...]:
    """Under the names that the workbench knows: one field can be several of them."""
    return tuple(Column(field=prepared.entity.field(name), name=label) for label, name in _named(prepared))


def _named(prepared: Prepared) -> Iterator[tuple[str, str]]:
    versions, entity = prepared.versions, prepared.entity
    if versions is None:
        return
    yield "v", versions.field
    yield from ((f"c{at}", name) for at, name in enumerate(copied(entity, prepared.names, versions)))
    yield from ((f"i{at}", name) for at, name in enumerate(identity(entity)))
    if versions.current is not None:
        yield "flag", versions.current
