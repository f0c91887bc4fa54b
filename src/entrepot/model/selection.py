"""What goes out: the request (`Selection`) and what it comes to on a catalog (`Query` per entity)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from entrepot.model.catalog import Entity, Field
from entrepot.model.predicates import Predicate
from entrepot.model.types import LogicalType

EMPTY: Mapping[str, object] = MappingProxyType({})


class Scope(StrEnum):
    """Whose rows."""

    ALL = "all"
    TENANT = "tenant"
    GLOBAL = "global"
    """Entities that belong to no tenant."""


class Relatives(StrEnum):
    """Which related rows come along."""

    NONE = "none"
    PARENTS = "parents"
    """Every row that a chosen row points to, so that the result can be imported again."""
    CLOSURE = "closure"
    """Parents, and the children of the chosen rows, and the parents of those."""


class LeftOut(StrEnum):
    """What happens to a reference whose row does not come along."""

    KEEP = "keep"
    NULL = "null"
    DROP = "drop"
    REFUSE = "refuse"


class Order(StrEnum):
    STORAGE = "storage"
    """The engine's cheapest stable order."""
    KEY = "key"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """A request in people's words. Names may be public names or aliases; filters are structured data or text.

    `fields`, `rename`, `transforms`, `where` are per entity; the key `*` means every chosen entity that has
    all the fields named.
    """

    entities: tuple[str, ...] = ("*",)
    """Names, `*` for all, `@group` for a group."""
    exclude: tuple[str, ...] = ()
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    transforms: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    where: Mapping[str, object] = field(default_factory=dict)
    """Text (`amount > 100 and region = 'eu'`) or structured data (`{"amount": {"gt": 100}}`), or a list of such
    filters, which must all hold."""
    since: str | None = None
    """Rows dated at or after this moment (on the entity's timestamp field)."""
    until: str | None = None
    """Rows dated before this moment."""
    limit: int | None = None
    scope: Scope = Scope.ALL
    tenant: str | None = None
    """Its key, or a name it has; `slug=acme` says which of them is meant."""
    tenant_by_key: bool = False
    """`tenant` is its key and nothing else, and nothing of other tenants is told: what a bound principal gets."""
    related: Relatives | None = None
    """None: nothing is said about it, so a named selection decides, else it is `Relatives.NONE`."""
    left_out: LeftOut | None = None
    order: Order | None = None
    within: Selection | None = None
    """The named selection that this one narrows: it may choose less of it, never more."""
    name: str | None = None
    """What the settings call it."""
    place: str = ""
    """Where it stands: the settings file and the table."""

    @property
    def relatives(self) -> Relatives:
        return self.related or Relatives.NONE

    @property
    def left_behind(self) -> LeftOut:
        return self.left_out or LeftOut.KEEP

    @property
    def ordering(self) -> Order:
        return self.order or Order.STORAGE


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column as it goes out."""

    field: Field
    name: str
    """The name it goes out under."""
    transforms: tuple[str, ...] = ()
    """`lowercase`, `uppercase`, `trim`, `timestamp`, applied in this order."""
    keep_when: Predicate | None = None
    """Where given: the value goes out as NULL in rows that do not satisfy it."""

    @property
    def type(self) -> LogicalType:
        return self.field.type


@dataclass(frozen=True, kw_only=True)
class Query:
    """What to read from one entity; engines compile it."""

    entity: Entity
    columns: tuple[Column, ...]
    where: Predicate | None = None
    order: Order = Order.STORAGE
    limit: int | None = None

    @property
    def title(self) -> str:
        return self.entity.title


def chosen(entities: tuple[str, ...], selection: Selection | None, named: str | None) -> Selection:
    """What was asked for: all entities, unless some are named here or by the selection of the settings."""
    asked = selection or Selection(entities=() if named else ("*",))
    return replace(asked, entities=entities) if entities else asked
