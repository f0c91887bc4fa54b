"""How much may be stored, and by whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Quota:
    """In bytes; None: as much as there is room for."""

    tenant: str | None = None
    """Whose files they are; None: nobody's who is bound to a tenant."""
    of_tenant: int | None = None
    of_all: int | None = None

    @property
    def is_set(self) -> bool:
        return self.of_all is not None or self.is_of_tenant

    @property
    def is_of_tenant(self) -> bool:
        return self.tenant is not None and self.of_tenant is not None


NO_QUOTA = Quota()


@dataclass(frozen=True, kw_only=True)
class Use:
    """What stored files of a kind take."""

    kind: str
    count: int
    bytes: int
