"""Tables that come in whole, although batches were asked for."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.importing.request import Prepared
from entrepot.model.problems import Category, Place, Problem, Severity


def uncut(prepared: Prepared) -> Iterator[Problem]:
    """A parent might be in a later batch than what refers to it."""
    if prepared.request.batch_size and prepared.matching.batch_size is None:
        yield Problem(
            code="not_cut",
            message=f"Records of '{prepared.entity.title}' refer to each other, alone or in a circle with other tables,"
            " so they come in by one transaction.",
            remedy="Nothing has to be done, if its rows may be locked that long.",
            severity=Severity.INFO,
            category=Category.REFERENCE,
            place=Place(entity=prepared.entity.title),
        )
