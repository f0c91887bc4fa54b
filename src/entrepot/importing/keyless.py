"""Tables without a key: what an import creates there is there for good, which people should know beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from entrepot.importing.changes import identity
from entrepot.model.catalog import Entity
from entrepot.model.drafts import Decision
from entrepot.model.import_receipts import NOT_FOUND_AGAIN
from entrepot.model.problems import Category, Place, Problem, Severity


def keyless(entity: Entity, counts: Mapping[str, int]) -> Iterator[Problem]:
    if not counts.get(Decision.CREATED) or identity(entity):
        return
    yield Problem(
        code=NOT_FOUND_AGAIN,
        message=f"'{entity.title}' has no key, so the rows that an import creates there cannot be found again: an undo"
        " leaves them.",
        remedy="Give the table a primary key first if it must be possible to take the import back.",
        severity=Severity.INFO,
        category=Category.INTEGRITY,
        place=Place(entity=entity.title),
    )
