"""What the settings say about versions is held against the catalog: what a second version would break, fails here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.model.catalog import Catalog, Entity, Index, Key, Origin
from entrepot.model.errors import InputError
from entrepot.model.overlay import CatalogOverlay, EntityOverlay, apply_overlay
from entrepot.model.overlay_versions import VersionOverlay
from entrepot.model.types import Kind, LogicalType
from entrepot.model.versions import Versions
from unit.model_catalogs import catalog, entity

KEY = Key(name="one_number", fields=("slug", "version"))
KINDS = {"version": Kind.INTEGER, "is_current": Kind.BOOLEAN}


def people(*keys: tuple[str, ...], counts: bool = True) -> Entity:
    plain = entity("people", "id! slug version is_current code?")
    fields = tuple(
        replace(field, type=LogicalType(kind=KINDS.get(field.name, Kind.TEXT)), origin=origin_of(field.name, counts))
        for field in plain.fields
    )
    return replace(plain, fields=fields, keys=(KEY, *(Key(name="more", fields=key) for key in keys)))


def origin_of(name: str, counts: bool) -> Origin:
    return Origin.AUTO_INCREMENT if name == "id" and counts else Origin.PLAIN


def overlaid(found: Entity, **said: object) -> Catalog:
    plain = {"field": "version", "of": ("slug",), **said}
    overlay = CatalogOverlay(entities={"people": EntityOverlay(version=VersionOverlay(**plain))})  # type: ignore[arg-type]
    return apply_overlay(catalog(found), overlay)


def test_what_is_said_arrives_at_the_entity() -> None:
    found = overlaid(people(), current="is_current").entity("people").versions
    assert found == Versions(field="version", of=("slug",), current="is_current")


def test_without_a_word_an_entity_has_no_versions() -> None:
    assert apply_overlay(catalog(people()), CatalogOverlay()).entity("people").versions is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"field": "versoin"}, "unknown_field"),
        ({"of": ("slgu",)}, "unknown_field"),
        ({"current": "curent"}, "unknown_field"),
        ({"references": "go"}, "unknown_way"),
        ({"field": "slug", "of": ("code",)}, "wrong_version"),
        ({"field": "id"}, "wrong_version"),
        ({"of": ()}, "wrong_version"),
        ({"of": ("slug", "version")}, "wrong_version"),
        ({"current": "code"}, "wrong_version"),
        ({"current": "version"}, "wrong_version"),
        ({"of": ("code",)}, "versions_not_unique"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(said: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as raised:
        overlaid(people(), **said)
    assert (raised.value.code, "[entities.people]" in str(raised.value)) == (code, True)
    assert raised.value.remedy


@pytest.mark.parametrize("key", [("slug",), ("code",), ("slug", "code")])
def test_a_key_that_forbids_two_versions_is_told(key: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as raised:
        overlaid(people(key))
    assert raised.value.code == "one_version_only"
    assert ", ".join(key) in str(raised.value)


def test_a_primary_key_that_the_database_does_not_give_out_forbids_them_as_well() -> None:
    with pytest.raises(InputError) as raised:
        overlaid(people(counts=False))
    assert raised.value.code == "one_version_only"


def test_an_index_over_a_part_of_the_rows_forbids_nothing() -> None:
    partial = Index(name="one_current", fields=(), unique=True, ddl="CREATE UNIQUE INDEX … WHERE is_current")
    assert overlaid(replace(people(), indexes=(partial,))).entity("people").versions is not None


def test_without_a_key_that_is_always_there_a_version_could_not_be_found_again() -> None:
    plain = people()
    fields = tuple(replace(field, nullable=field.name == "version") for field in plain.fields)
    with pytest.raises(InputError) as raised:
        overlaid(replace(plain, fields=fields, primary_key=()))
    assert raised.value.code == "versions_without_key"
