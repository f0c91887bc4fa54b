"""The permission table, and the one question asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from entrepot.model.errors import AccessError


class Role(StrEnum):
    SYSTEM_ADMIN = "system_admin"
    """Everything, all tenants."""
    ORG_ADMIN = "org_admin"
    """Everything of the own tenant."""
    VIEWER = "viewer"
    """Sees what exists, moves no data."""


class Verb(StrEnum):
    SEE_CATALOG = "see_catalog"
    EXPORT = "export"
    IMPORT = "import"
    INSPECT = "inspect"
    DIAGNOSE = "diagnose"
    AUDIT = "see_the_audit"
    """Of the own tenant, if bound to one."""
    SCHEDULE = "schedule"
    """Have something done again and again, and what it left behind removed: for all tenants, or by nobody else."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Somebody who asks."""

    name: str
    role: Role
    tenant: str | None = None
    """The key of the tenant they are bound to, never a name; None: not bound to one."""


LOCAL = Principal(name="local", role=Role.SYSTEM_ADMIN)
"""Whoever runs the command line or embeds the library: they hold the database's credentials anyway."""

ALLOWED: dict[Role, frozenset[Verb]] = {
    Role.SYSTEM_ADMIN: frozenset(Verb),
    Role.ORG_ADMIN: frozenset({Verb.SEE_CATALOG, Verb.EXPORT, Verb.IMPORT, Verb.INSPECT, Verb.AUDIT}),
    Role.VIEWER: frozenset({Verb.SEE_CATALOG}),
}


def require(principal: Principal, verb: Verb) -> None:
    """Raise AccessError unless the principal's role has the verb.

    >>> require(LOCAL, Verb.EXPORT)
    """
    if verb not in ALLOWED[principal.role]:
        raise AccessError(
            "not_allowed",
            f"{principal.name} ({principal.role}) may not {verb.value.replace('_', ' ')}.",
            remedy="Ask a system administrator for the role that may.",
        )


def is_bound(principal: Principal) -> bool:
    """True if there is one tenant beyond which they must learn nothing."""
    return principal.role is not Role.SYSTEM_ADMIN


def bound_tenant(principal: Principal, asked: str | None) -> str | None:
    """The tenant a request runs for; asking for another one than one's own is refused."""
    if not is_bound(principal):
        return asked
    if principal.tenant is None or asked not in (None, principal.tenant):
        raise AccessError(
            "other_tenant", f"{principal.name} may only ask for the own tenant.", remedy="Leave the tenant out."
        )
    return principal.tenant
