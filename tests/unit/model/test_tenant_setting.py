"""`[entities.<entity>] tenant = […]` says which reference leads to the tenant; a wrong one is an error."""

from __future__ import annotations

import pytest

from entrepot.model.errors import InputError
from entrepot.model.graph import tenant_paths
from entrepot.model.overlay import CatalogOverlay, EntityOverlay, apply_overlay
from unit.model_catalogs import catalog, entity

SCHEMA = catalog(entity("tenants", "id!"), entity("documents", "id! owner_id->tenants reader_id->tenants"))


def path(*fields: str) -> list[str] | None:
    overlay = CatalogOverlay(tenant_root="tenants", entities={"documents": EntityOverlay(tenant=fields)})
    found = tenant_paths(apply_overlay(SCHEMA, overlay))["documents"]
    return None if found is None else [relation.name for relation in found]


def test_the_stated_reference_is_followed() -> None:
    assert path("reader_id") == ["documents_reader_id"]


def test_an_empty_list_makes_the_entity_global() -> None:
    assert path() is None


def test_fields_that_refer_to_nothing_are_an_error() -> None:
    with pytest.raises(InputError) as caught:
        path("readr_id")
    assert caught.value.code == "unknown_relation"
    assert "Did you mean 'reader_id'?" in caught.value.remedy
