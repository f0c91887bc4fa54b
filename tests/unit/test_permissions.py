"""The permission table, asserted cell by cell, and the binding to a tenant."""

from __future__ import annotations

import pytest

from entrepot.access.permissions import LOCAL, Principal, Role, Verb, bound_tenant, require
from entrepot.model.errors import AccessError

TABLE = {
    (Role.SYSTEM_ADMIN, Verb.SEE_CATALOG): True,
    (Role.SYSTEM_ADMIN, Verb.EXPORT): True,
    (Role.SYSTEM_ADMIN, Verb.IMPORT): True,
    (Role.SYSTEM_ADMIN, Verb.INSPECT): True,
    (Role.SYSTEM_ADMIN, Verb.DIAGNOSE): True,
    (Role.SYSTEM_ADMIN, Verb.AUDIT): True,
    (Role.SYSTEM_ADMIN, Verb.SCHEDULE): True,
    (Role.ORG_ADMIN, Verb.SEE_CATALOG): True,
    (Role.ORG_ADMIN, Verb.EXPORT): True,
    (Role.ORG_ADMIN, Verb.IMPORT): True,
    (Role.ORG_ADMIN, Verb.INSPECT): True,
    (Role.ORG_ADMIN, Verb.DIAGNOSE): False,
    (Role.ORG_ADMIN, Verb.AUDIT): True,
    (Role.ORG_ADMIN, Verb.SCHEDULE): False,
    (Role.VIEWER, Verb.SEE_CATALOG): True,
    (Role.VIEWER, Verb.EXPORT): False,
    (Role.VIEWER, Verb.IMPORT): False,
    (Role.VIEWER, Verb.INSPECT): False,
    (Role.VIEWER, Verb.DIAGNOSE): False,
    (Role.VIEWER, Verb.AUDIT): False,
    (Role.VIEWER, Verb.SCHEDULE): False,
}


@pytest.mark.parametrize(("role", "verb"), [(role, verb) for role in Role for verb in Verb])
def test_each_role_has_exactly_its_verbs(role: Role, verb: Verb) -> None:
    principal = Principal(name="someone", role=role)
    if TABLE[role, verb]:
        require(principal, verb)
    else:
        with pytest.raises(AccessError):
            require(principal, verb)


def test_an_organisation_admin_gets_the_own_tenant_and_no_other() -> None:
    admin = Principal(name="a", role=Role.ORG_ADMIN, tenant="acme")
    assert bound_tenant(admin, None) == "acme"
    assert bound_tenant(admin, "acme") == "acme"
    with pytest.raises(AccessError):
        bound_tenant(admin, "other")


def test_an_organisation_admin_without_a_tenant_gets_nothing() -> None:
    with pytest.raises(AccessError):
        bound_tenant(Principal(name="a", role=Role.ORG_ADMIN), None)


def test_the_local_user_may_ask_for_any_tenant() -> None:
    assert bound_tenant(LOCAL, "acme") == "acme"
    assert bound_tenant(LOCAL, None) is None
