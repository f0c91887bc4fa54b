"""Whose rows may go out, for chosen entities and for rows that only their relations bring in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from entrepot.exporting.notes import note
from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.errors import InputError
from entrepot.model.graph import Path, required, tenant_paths
from entrepot.model.predicates import Not, Predicate
from entrepot.model.problems import Problem
from entrepot.model.selection import Scope, Selection
from entrepot.model.tenant_names import tenant_condition
from entrepot.model.tenants import belonging, tenant_root


def effective_scope(selection: Selection) -> Scope:
    """A request that names a tenant never means everybody."""
    if selection.tenant is None and selection.scope is Scope.TENANT:
        raise InputError("no_tenant", "The scope is one tenant, but none is named.", remedy="Name the tenant.")
    if selection.tenant is None:
        return selection.scope
    if selection.scope is Scope.GLOBAL:
        raise InputError(
            "two_scopes", "A tenant is named, and the scope is global.", remedy="Leave one of the two out."
        )
    return Scope.TENANT


def scope_words(selection: Selection) -> str:
    words = {Scope.ALL: "everything", Scope.GLOBAL: "global entities", Scope.TENANT: f"tenant {selection.tenant}"}
    return words[effective_scope(selection)]


def bounds_of(selection: Selection, catalog: Catalog, tenant: Predicate | None) -> Bounds:
    scope = effective_scope(selection)
    if scope is Scope.ALL:
        return Bounds(scope=scope, catalog=catalog, paths={}, tenant=None)
    tenant_root(catalog)
    if selection.tenant is not None:
        tenant = tenant or tenant_condition(catalog, selection)
    return Bounds(scope=scope, catalog=catalog, paths=tenant_paths(catalog), tenant=tenant)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    scope: Scope
    catalog: Catalog
    paths: Mapping[str, Path | None]
    """The way to the tenant; empty where the scope is everything."""
    tenant: Predicate | None
    """What the tenant's row satisfies."""

    def path(self, name: str) -> Path | None:
        return self.paths.get(name)

    def inside(self, entity: Entity) -> Predicate | None:
        """What the rows of the scope satisfy; None: all of them are in it."""
        path = self.path(entity.name)
        return belonging(path, self.tenant) if path is not None and self.tenant is not None else None

    def foreign(self, entity: Entity) -> Predicate | None:
        """What the rows of other tenants satisfy; None: there are none."""
        path = self.path(entity.name)
        return belonging(path, Not(self.tenant)) if path is not None and self.tenant is not None else None

    def leads_home(self, relation: Relation) -> bool:
        """True if a row's tenant is known by this reference: the parent belongs to the same one, or both to none."""
        path = self.path(relation.entity)
        return path is not None and path[:1] == (relation,)

    def may_join(self, entity: Entity) -> bool:
        """True if related rows of the entity may come along."""
        return self.scope is not Scope.GLOBAL or self.path(entity.name) is None

    def everybody_has_one(self, entity: Entity) -> bool:
        """True if every row of the entity belongs to some tenant."""
        path = self.path(entity.name)
        return path is not None and all(required(relation, self.catalog) for relation in path)

    def admits(self, entity: Entity, by_name: Collection[str]) -> bool:
        """True if the entity has rows in the scope. Asking by name for one that has none is an error."""
        belongs = self.path(entity.name) is not None
        if self.scope is Scope.ALL or belongs == (self.scope is Scope.TENANT):
            return True
        if entity.name in by_name:
            raise self._misplaced(entity)
        return False

    def _misplaced(self, entity: Entity) -> InputError:
        if self.scope is Scope.TENANT:
            return InputError(
                "no_tenant_path",
                f"'{entity.title}' belongs to no tenant: no chain of references leads to '{self.catalog.tenant_root}'.",
                remedy="Declare the relation in the settings, or export it with the global scope.",
            )
        return InputError(
            "not_global",
            f"'{entity.title}' belongs to tenants, so it has no place in a global export.",
            remedy=f"Leave it out, or set [entities.{entity.name}] tenant = [] if its rows are everybody's.",
        )

    def nothing(self) -> InputError:
        words = "belong to a tenant" if self.scope is Scope.TENANT else "are global"
        return InputError(
            "nothing_selected",
            f"None of the chosen entities {words}.",
            remedy="`entrepot catalog` shows how each entity finds its tenant.",
        )

    def notes(self, chosen: Sequence[Entity], wanted: Sequence[Entity]) -> Iterator[Problem]:
        outside = [entity.title for entity in wanted if entity not in chosen]
        if outside:
            words = "belong to no tenant" if self.scope is Scope.TENANT else "belong to tenants"
            yield note("outside_scope", f"Not part of this scope, because they {words}: {', '.join(outside)}.")
        if self.scope is Scope.TENANT:
            yield from self._unowned(chosen)

    def _unowned(self, chosen: Sequence[Entity]) -> Iterator[Problem]:
        """The references whose NULL leaves a row with no tenant."""
        paths = (self.path(entity.name) or () for entity in chosen)
        optional = {r: None for path in paths for r in path if not required(r, self.catalog)}
        for relation in optional:
            fields = ", ".join(relation.fields)
            message = f"Rows that know their tenant by {relation.entity}.{fields} belong to none where it is NULL."
            yield note("rows_without_tenant", message, "They stay out of a tenant's export.")
