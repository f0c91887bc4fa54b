"""Which tables have ids of their own, of all that an import is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.importing.request import Run
from entrepot.importing.tenancy import Tenancy
from entrepot.model.baselines import BaselineUse
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.names import entity_names
from entrepot.model.own_ids import ALL
from entrepot.model.plans import ImportRequest
from entrepot.model.types import Kind

KINDS = frozenset({Kind.INTEGER, Kind.UUID})
"""Of keys that can be made anew."""


def check_together(request: ImportRequest) -> None:
    """What takes records apart does not know what became of the ids of others."""
    asked = {
        "in batches": request.batch_size is not None,
        "in the exclusive lane": request.exclusive,
        "as a correction": request.corrects is not None,
        "as new versions": OnConflict.VERSION in (request.conflicts, *request.decisions.values()),
        "to make a table equal to them": request.mode is Mode.MIRROR,
    }
    for how in (how for how, wanted in asked.items() if wanted and (request.own_ids or request.source)):
        raise InputError(
            "not_together",
            f"Files with ids of their own are not imported {how}.",
            remedy="Leave that out; what failed is corrected by an import of all of it, with the same --source.",
        )


def with_own_ids(requests: Sequence[ImportRequest], runs: Sequence[Run]) -> list[ImportRequest]:
    """By the names of entities: each request knows those of the others, and of which its source brought rows before."""
    catalog = runs[0].catalog
    found = {name for request in requests for name in _meant(request, catalog)}
    for request, run in zip(requests, runs, strict=True):
        if run.known_ids is not None:
            found |= run.known_ids.entities(scope_of(_tenancy(request, run)))
    if not found:
        return list(requests)
    return [replace(request, own_ids=tuple(sorted(found)), baseline=_baseline(request)) for request in requests]


def _baseline(request: ImportRequest) -> BaselineUse:
    """What a workbook held goes by its rows' keys here, and nothing in it is one."""
    return BaselineUse.IGNORE if request.baseline is BaselineUse.AUTO else request.baseline


def _tenancy(request: ImportRequest, run: Run) -> Tenancy | None:
    return None if request.tenant is None or run.find_tenancy is None else run.find_tenancy(request)


def scope_of(tenancy: Tenancy | None) -> str:
    """Whose ids they are: those of one tenant mean nothing to another."""
    if tenancy is None:
        return ""
    key = [tenancy.values.get(name, "") for name in tenancy.root.primary_key]
    return f"{tenancy.root.name}:{','.join(key)}"


def _meant(request: ImportRequest, catalog: Catalog) -> Iterator[str]:
    entity, names = entity_names(catalog).find(request.entity), entity_names(catalog)
    said = [name for name in request.own_ids if name != ALL]
    all_of_them = ALL in request.own_ids or (request.source and not said)
    if all_of_them and why_not(entity, catalog) is None:
        yield entity.name
    for name in said:
        other = names.find(name)
        if why := why_not(other, catalog):
            raise InputError(
                "no_own_ids",
                f"The ids of {other.title} cannot be a file's own: {why}.",
                remedy="Leave it out of --own-ids; what it refers to may have ids of its own all the same.",
            )
        yield other.name


def why_not(entity: Entity, catalog: Catalog) -> str | None:
    """Of whose rows no key can be made; None: it can."""
    if len(entity.primary_key) != 1:
        return "it has no key of one field"
    field = entity.field(entity.primary_key[0])
    if any(field.name in relation.fields for relation in entity.relations):
        return f"its key, {field.title}, is a reference to another row"
    if field.type.kind not in KINDS:
        return f"its key, {field.title}, is neither a whole number nor a UUID, so that nobody can make new ones"
    return None
