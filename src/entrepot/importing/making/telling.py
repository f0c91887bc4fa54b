"""What is told of parents that are made."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.importing.request import Prepared
from entrepot.model.brief import brief
from entrepot.model.problems import Place, Problem, Severity


def nearly_the_same(prepared: Prepared) -> Iterator[Problem]:
    """The database takes them for different."""
    made = prepared.request.made
    if made is not None and made.alike:
        names = " and ".join(f"'{brief(name)}'" for name in made.alike)
        yield Problem(
            code="made_alike",
            message=f"{names} would be different rows of {prepared.entity.title}, and differ in nothing but case or"
            " blanks.",
            remedy="If one is meant, write it alike, clean it (--clean), or find it without case (by … ignore case).",
            severity=Severity.WARNING,
            place=Place(file=prepared.draft.given, entity=prepared.entity.title),
        )
