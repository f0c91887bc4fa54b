"""Whether anybody asks for parents to be made."""

from __future__ import annotations

from entrepot.model.catalog import Catalog
from entrepot.model.finding import Missing
from entrepot.model.names import entity_names
from entrepot.model.overlay import CatalogOverlay
from entrepot.model.plans import ImportRequest


def wants(request: ImportRequest, catalog: Catalog) -> bool:
    """Whether any parent may have to be made, as far as can be known before the file is read."""
    if any(said.missing is Missing.CREATE for said in request.mapping.fields.values()):
        return True
    entity = entity_names(catalog).get(request.entity)
    return entity is not None and any(field.find and field.find.missing is Missing.CREATE for field in entity.fields)


def may_want(request: ImportRequest, overlay: CatalogOverlay) -> bool:
    """The same before the database is known. A correction is what its import was."""
    fields = (field for entity in overlay.entities.values() for field in entity.fields.values())
    if request.corrects:
        return False
    return (
        bool(request.use)
        or any(said.missing is Missing.CREATE for said in request.mapping.fields.values())
        or any(field.missing == Missing.CREATE for field in fields)
    )
