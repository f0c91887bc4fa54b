"""Tables without a key: what an import creates there is there for good, which people should know beforehand. So it is
with rows that have a NULL in their key, where a database keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from entrepot.importing.changes import identity
from entrepot.model.catalog import Entity
from entrepot.model.drafts import Decision
from entrepot.model.how_many import how_many
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


def with_nulls(entity: Entity, key: Sequence[str], count: int) -> Iterator[Problem]:
    """Only where the database neither refuses such a key nor fills it. `key`: what the import finds rows by."""
    if set(key) != set(entity.primary_key):
        return
    fields = [entity.field(name) for name in entity.primary_key]
    if not count or not any(field.nullable and field.default is None for field in fields):
        return
    yield Problem(
        code="key_has_null",
        message=f"{how_many(count, 'new row')} of '{entity.title}' will have NULL in the key, so nothing finds them"
        " again: another import of them makes them anew, and an undo leaves them.",
        remedy="Fill in the whole key, or leave these records out.",
        severity=Severity.WARNING,
        category=Category.INTEGRITY,
        place=Place(entity=entity.title),
    )
