"""Whether a plan can still be carried out on this database: it is the same one, and what the plan needs of it is there.

What became of its rows is found out later, inside the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.names import entity_names
from entrepot.model.plans import ImportPlan


def must_hold(plan: ImportPlan, catalog: Catalog) -> None:
    if (plan.engine, plan.database) != (catalog.engine, catalog.database):
        raise InputError(
            "other_database",
            f"The plan {plan.plan_id} is for the {plan.engine} database {plan.database}, and this is the"
            f" {catalog.engine} database {catalog.database}.",
            remedy="Name the database that it was made for (--db), or make a new preview.",
        )
    entity = entity_names(catalog).get(plan.entity)
    changed = list(_changed(plan, entity)) if entity else ["it is gone"]
    if changed:
        raise ChangedError(
            "plan_outdated",
            f"Since the preview, the table of {plan.entity} has changed: {'; '.join(changed)}. Nothing was written.",
            remedy="Make a new preview and look at it.",
        )


def _changed(plan: ImportPlan, entity: Entity) -> Iterator[str]:
    for name, native in zip(plan.fields, plan.types, strict=True):
        field = entity.by_field.get(name)
        if field is None:
            yield f"the field {name} is gone"
        elif field.native != native:
            yield f"the field {name} was {native} and is {field.native}"
