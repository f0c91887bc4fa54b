"""What people type finds the thing they mean, and never another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.model.errors import InputError
from entrepot.model.names import entity_names, field_names
from unit.model_catalogs import catalog, entity

VPCS = replace(entity("aws_vpcs", "id!"), public="vpc", aliases=("Network",))
SCHEMA = catalog(
    VPCS,
    entity("Users", "id!"),
    entity("users", "id!"),
    replace(entity("crm.deals", "id!"), table="deals"),
    replace(entity("old.deals", "id!"), table="deals"),
)


@pytest.mark.parametrize("word", ["aws_vpcs", "AWS_VPCS", "vpc", "VPC", "network"])
def test_names_public_names_and_aliases_all_lead_there(word: str) -> None:
    assert entity_names(SCHEMA).find(word) is VPCS


def test_the_exact_name_wins_over_another_spelling() -> None:
    assert entity_names(SCHEMA).find("users").name == "users"
    assert entity_names(SCHEMA).find("Users").name == "Users"


@pytest.mark.parametrize("word", ["USERS", "deals"])
def test_a_word_for_two_entities_is_no_guess(word: str) -> None:
    with pytest.raises(InputError, match="can mean each of") as caught:
        entity_names(SCHEMA).find(word)
    assert caught.value.code == "ambiguous_entity"


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(InputError) as caught:
        field_names(VPCS).find("idd")
    assert caught.value.code == "unknown_field"
    assert "Did you mean 'id'?" in caught.value.remedy
