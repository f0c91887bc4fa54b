"""Files that go into one entity are one table of it: what is asked of them, and what keeps them apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.importing.bundles.parts import Part
from entrepot.importing.prepare import checked_entity
from entrepot.importing.request import Draft, GivenFile
from entrepot.model.brief import listed
from entrepot.model.errors import InputError
from entrepot.model.plans import DraftFile, ImportRequest

SHOWN = 3


def united_parts(parts: Sequence[Part]) -> list[Part]:
    """In the order of the first ones of each."""
    by_entity: dict[str, list[Part]] = {}
    for part in parts:
        by_entity.setdefault(checked_entity(part.request, part.run).name, []).append(part)
    return [_united(sorted(some, key=_place)) if len(some) > 1 else some[0] for some in by_entity.values()]


def _place(part: Part) -> tuple[str, str]:
    """The order in which files are named changes nothing."""
    return part.title, part.draft.file.sha256


def _united(parts: Sequence[Part]) -> Part:
    _check_together(parts)
    first = parts[0]
    given = tuple(
        GivenFile(draft=part.draft, request=replace(part.request, entity=first.request.entity)) for part in parts
    )
    file = DraftFile(name=_name([part.title for part in parts]), bytes=_bytes(given), sha256=_digest(given))
    draft = Draft(path=first.draft.path, file=file, shares=given)
    return replace(first, draft=draft, request=of_all(first.request))


def of_all(request: ImportRequest) -> ImportRequest:
    """What is said of a single file says nothing of the table that it is a share of."""
    reading = replace(request.reading, entity=None)
    return replace(request, reading=reading, declared=None, declared_by="", left_out=())


def as_given(request: ImportRequest, was: ImportRequest) -> ImportRequest:
    """What is asked of all, of the one file of which this was asked."""
    declared, by = was.declared, was.declared_by
    return replace(request, reading=was.reading, declared=declared, declared_by=by, left_out=was.left_out)


def _check_together(parts: Sequence[Part]) -> None:
    entity, titles = parts[0].request.entity, listed([part.title for part in parts])
    if any(part.draft.files is not None or part.draft.file.database for part in parts):
        raise InputError(
            "entity_twice",
            f"{titles} would all go into {entity}, and have files of rows with them, or come from a database.",
            remedy=f"Import one after the other, or leave one out: --into {parts[-1].title}=",
        )
    asked = [replace(of_all(part.request), entity="", reading=parts[0].request.reading) for part in parts]
    odd = next((at for at, one in enumerate(asked) if one != asked[0]), None)
    if odd is not None:
        raise InputError(
            "not_together",
            f"{parts[0].title} and {parts[odd].title} are one table of {entity}, and different things are asked of"
            " them.",
            remedy=f"Say the same of each, or of all at once, with the name of the entity in front: {entity}:…",
        )


def _name(titles: Sequence[str]) -> str:
    """
    >>> _name(["a.csv", "b.csv"]), _name(["a.csv", "b.csv", "c.csv", "d.csv"])
    ('a.csv and b.csv', 'a.csv and 3 more')
    """
    return " and ".join(titles) if len(titles) < SHOWN else f"{titles[0]} and {len(titles) - 1:,} more"


def _bytes(given: Sequence[GivenFile]) -> int:
    """Several sheets of one workbook are one file."""
    return sum({one.draft.file.sha256: one.draft.file.bytes for one in given}.values())


def _digest(given: Sequence[GivenFile]) -> str:
    return hashlib.sha256("\n".join(_facts(given)).encode()).hexdigest()


def _facts(given: Sequence[GivenFile]) -> Iterator[str]:
    for one in given:
        yield f"{one.draft.file.sha256} {one.draft.taken.member} {one.request.reading.entity or ''}"
