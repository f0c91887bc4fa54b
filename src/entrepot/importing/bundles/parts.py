"""The tables of an import as they are asked for; what cannot be is refused before any file is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from entrepot.importing.mirroring.asked import check_beside
from entrepot.importing.prepare import checked_entity
from entrepot.importing.request import Draft, Run
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest


@dataclass(frozen=True, kw_only=True)
class Part:
    """One table on its way into one entity."""

    draft: Draft
    request: ImportRequest
    run: Run
    """With a folder of its own, what is remembered of its columns, and where its failures go."""

    @property
    def title(self) -> str:
        return self.draft.title_of(self.request)


def check_parts(parts: Sequence[Part]) -> list[str]:
    """What cannot be is refused before any file is read. The names of the entities."""
    titles: dict[str, str] = {}
    mirrors = any(part.request.mode is Mode.MIRROR for part in parts)
    for part in parts:
        entity = checked_entity(part.request, part.run)
        _check_request(part)
        _check_batches(part, parts)
        if mirrors and part.request.made is None:
            check_beside(part.request)
        if entity.name in titles:
            raise InputError(
                "entity_twice",
                f"Both {titles[entity.name]} and {part.title} would go into {entity.title}.",
                remedy=f"Import one after the other, or leave one out: --into {part.title}=",
            )
        titles[entity.name] = part.title
    return list(titles)


def _check_request(part: Part) -> None:
    """What only an import of one table can."""
    request = part.request
    asked = {
        "as new versions": OnConflict.VERSION in (request.conflicts, *request.decisions.values()),
    }
    for how in (how for how, wanted in asked.items() if wanted):
        raise InputError(
            "not_together",
            f"Several tables are not imported {how}: {part.title}.",
            remedy="Import them one after the other, or leave that out.",
        )


def _check_batches(part: Part, parts: Sequence[Part]) -> None:
    """What one transaction is needed for."""
    sizes = {one.request.batch_size for one in parts}
    if sizes == {None}:
        return
    asked = {
        "beside tables that are not": None in sizes,
        "with parents that are made for their records": part.request.made is not None,
        "from a database": bool(part.draft.file.database),
    }
    for how in (how for how, wanted in asked.items() if wanted):
        raise InputError(
            "not_together",
            f"Several tables are not imported in batches {how}: {part.title}.",
            remedy="Leave --batch-size out: everything is brought in by one transaction then.",
        )
