"""What the settings add to a catalog; wrong names are errors, because a setting without effect is a trap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.model.catalog import EntityKind
from entrepot.model.errors import InputError
from entrepot.model.overlay import CatalogOverlay, EntityOverlay, RelationOverlay, apply_overlay
from entrepot.model.overlay_fields import FieldOverlay
from unit.model_catalogs import catalog, entity

TENANTS = entity("tenants", "id! slug")
USERS = entity("users", "id! tenant_id->tenants email avatar? created_at?")


def overlaid(**entities: EntityOverlay) -> CatalogOverlay:
    return CatalogOverlay(entities=entities)


def test_words_of_the_settings_arrive_at_entity_and_field() -> None:
    fields = {"email": FieldOverlay(sensitive="email", aliases=("mail",)), "avatar": FieldOverlay(file="avatars")}
    overlay = overlaid(users=EntityOverlay(name="people", natural_key=("email",), fields=fields))
    users = apply_overlay(catalog(TENANTS, USERS), overlay).entity("users")
    assert (users.title, users.natural_key) == ("people", ("email",))
    assert users.field("email").sensitive == "email"
    assert users.field("avatar").file == "avatars"


def test_the_moment_of_a_row_is_guessed_from_usual_names() -> None:
    assert apply_overlay(catalog(TENANTS, USERS), CatalogOverlay()).entity("users").timestamp == "created_at"


@pytest.mark.parametrize(
    "overlay",
    [
        overlaid(user=EntityOverlay()),
        overlaid(users=EntityOverlay(natural_key=("emial",))),
        overlaid(users=EntityOverlay(timestamp="creatd_at")),
        overlaid(users=EntityOverlay(fields={"emal": FieldOverlay()})),
        overlaid(users=EntityOverlay(fields={"avatar": FieldOverlay(file="a", file_id="idd")})),
        overlaid(users=EntityOverlay(relations=(RelationOverlay(fields=("avatar",), parent="tenant"),))),
        CatalogOverlay(tenant_root="tenant"),
    ],
)
def test_a_wrong_name_suggests_the_right_one(overlay: CatalogOverlay) -> None:
    with pytest.raises(InputError) as caught:
        apply_overlay(catalog(TENANTS, USERS), overlay)
    assert "Did you mean" in caught.value.remedy


def test_a_declared_relation_points_to_the_parents_key() -> None:
    overlay = overlaid(users=EntityOverlay(relations=(RelationOverlay(fields=("avatar",), parent="tenants"),)))
    relation = apply_overlay(catalog(TENANTS, USERS), overlay).entity("users").relations[-1]
    assert (relation.declared, relation.parent_fields) == (True, ("id",))


def test_two_entities_cannot_answer_to_one_name() -> None:
    with pytest.raises(InputError, match="used for both"):
        apply_overlay(catalog(TENANTS, USERS), overlaid(users=EntityOverlay(name="tenants")))


def test_a_view_is_an_entity_only_if_declared() -> None:
    view = replace(entity("active", "id"), kind=EntityKind.VIEW)
    assert "active" not in apply_overlay(catalog(view), CatalogOverlay()).by_name
    assert "active" in apply_overlay(catalog(view), overlaid(active=EntityOverlay(view=True))).by_name


def test_a_hidden_table_takes_the_relations_to_it_along() -> None:
    found = apply_overlay(catalog(TENANTS, USERS), overlaid(tenants=EntityOverlay(hidden=True)))
    assert [e.name for e in found.entities] == ["users"]
    assert found.entity("users").relations == ()
