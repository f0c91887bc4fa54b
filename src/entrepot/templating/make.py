"""From entities to the files of their template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from entrepot.exporting.select import select
from entrepot.importing.tenancy import Tenancy, check_entity, find_tenancy
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.plans import ImportRequest
from entrepot.model.ports import Cancel, Clock, Engine
from entrepot.model.selection import Selection
from entrepot.templating.csv_file import csv_file
from entrepot.templating.entities import EntityTemplate, entity_template
from entrepot.templating.json_file import json_files
from entrepot.templating.parents import Reader, with_parents
from entrepot.templating.target import TemplateTarget, template_target
from entrepot.templating.workbook import workbook

MOST_PARENTS = 200


@dataclass(frozen=True, kw_only=True)
class TemplateRequest:
    entities: tuple[str, ...]
    to: str | Path | None = None
    format: str | None = None
    example: bool = True
    only_required: bool = False
    """Leave out what a new row does not need."""
    tenant: str | None = None
    tenant_by_key: bool = False
    most_parents: int = MOST_PARENTS
    """A drop-down lists the rows that a reference may lead to if they are at most so many."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the service hands to it."""

    engine: Engine
    catalog: Catalog
    cancel: Cancel
    clock: Clock
    work: Path


def template_files(request: TemplateRequest, run: Run) -> dict[Path, bytes]:
    """Finished; rows are read for drop-downs alone."""
    entities = _entities(request, run.catalog)
    target = template_target(request.to, request.format, [e.title for e in entities], run.catalog.database)
    tenancy = _tenancy(request, run, entities)
    templates = [
        entity_template(
            entity,
            run.catalog,
            only_required=request.only_required,
            stamped=() if tenancy is None else tenancy.stamps(entity),
        )
        for entity in entities
    ]
    return _files(target, templates, request, run, tenancy)


def _entities(request: TemplateRequest, catalog: Catalog) -> list[Entity]:
    """Parents first, so that sheets stand in the order in which people fill them."""
    return [query.entity for query in select(Selection(entities=request.entities), catalog).queries]


def _tenancy(request: TemplateRequest, run: Run, entities: Sequence[Entity]) -> Tenancy | None:
    if request.tenant is None:
        return None
    asked = ImportRequest(entity="", tenant=request.tenant, tenant_by_key=request.tenant_by_key)
    tenancy = find_tenancy(run.engine, run.catalog, run.work, asked)
    for entity in entities:
        check_entity(entity, tenancy)
    return tenancy


def _files(
    target: TemplateTarget,
    templates: Sequence[EntityTemplate],
    request: TemplateRequest,
    run: Run,
    tenancy: Tenancy | None,
) -> dict[Path, bytes]:
    if target.format == "csv":
        pairs = zip(target.paths, templates, strict=True)
        return {path: csv_file(template, example=request.example) for path, template in pairs}
    (path,) = target.paths
    if target.format == "json":
        return json_files(templates, path, run.catalog, example=request.example)
    reader = Reader(
        engine=run.engine,
        catalog=run.catalog,
        work=run.work,
        cancel=run.cancel,
        tenancy=tenancy,
        discreet=request.tenant_by_key,
        most=request.most_parents,
    )
    known = with_parents(templates, reader)
    return {path: workbook(known, run.catalog, example=request.example, made=run.clock.now())}
