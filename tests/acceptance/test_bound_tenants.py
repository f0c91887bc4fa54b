"""Somebody bound to a tenant gets its rows, by its key alone, and learns of no other."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from entrepot import Entrepot, Scope, Selection
from entrepot.access.permissions import Principal, Role
from entrepot.model.errors import AccessError, EntrepotError, InputError
from entrepot.sample.create import create_sample


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    create_sample(folder)
    return folder


def bound(shop: Path, tenant: str) -> Entrepot:
    admin = Principal(name="ada", role=Role.ORG_ADMIN, tenant=tenant)
    return Entrepot(config=shop / "entrepot.toml", principal=admin, environment={})


def test_they_get_the_rows_of_the_key_they_are_bound_to(shop: Path, tmp_path: Path) -> None:
    bound(shop, "2").export("users", to=tmp_path / "users.csv")
    with (tmp_path / "users.csv").open(encoding="utf-8", newline="") as file:
        assert {row["tenant_id"] for row in csv.DictReader(file)} == {"2"}


def refused(kind: type[EntrepotError], shop: Path, tmp_path: Path, tenant: str, selection: Selection) -> EntrepotError:
    with pytest.raises(kind) as caught:
        bound(shop, tenant).export(to=tmp_path / "users.csv", selection=selection)
    assert not (tmp_path / "users.csv").exists()
    return caught.value


@pytest.mark.parametrize("tenant", ["nordlicht", "99", "slug=nordlicht"])
def test_a_name_binds_to_nothing_and_tells_no_other_name(shop: Path, tmp_path: Path, tenant: str) -> None:
    error = refused(InputError, shop, tmp_path, tenant, Selection(entities=("users",)))
    assert error.code == "unknown_tenant"
    assert not any(name in error.remedy for name in ("nordlicht", "olive-grove", "Known"))


@pytest.mark.parametrize("asked", ["1", "nordlicht", "id=1"])
def test_another_tenant_is_refused(shop: Path, tmp_path: Path, asked: str) -> None:
    error = refused(AccessError, shop, tmp_path, "2", Selection(entities=("users",), tenant=asked))
    assert error.code == "other_tenant"


def test_what_belongs_to_nobody_is_no_way_around_it(shop: Path, tmp_path: Path) -> None:
    error = refused(InputError, shop, tmp_path, "2", Selection(entities=("users",), scope=Scope.GLOBAL))
    assert error.code == "two_scopes"
