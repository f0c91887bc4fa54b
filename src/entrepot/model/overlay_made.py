"""What the settings say about rows that are made because others name them, held against the catalog."""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.model.catalog import COMPUTED, Entity
from entrepot.model.errors import InputError
from entrepot.model.made import fields_in
from entrepot.model.overlay_fields import require_field


def made_of(entity: Entity, said: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Every value in the form of docs/reference/values.md."""
    place = f"[entities.{entity.name}] made"
    return tuple((name, _template(entity, name, value, place)) for name, value in said.items())


def _template(entity: Entity, name: str, value: object, place: str) -> str:
    require_field(entity, name, place)
    if entity.field(name).origin in COMPUTED:
        raise InputError(
            "computed_field", f"{place}: the database itself computes '{name}'.", remedy="Take it out of there."
        )
    template = _text(value, f"{place}.{name}")
    for other in _fields(template, f"{place}.{name}"):
        require_field(entity, other, f"{place}.{name}")
    return template


def _text(value: object, place: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise InputError(
        "bad_template", f"{place} is neither a text nor a number.", remedy='Write for example "{email}" or "unknown".'
    )


def _fields(template: str, place: str) -> list[str]:
    try:
        return list(fields_in(template))
    except ValueError as error:
        raise InputError(
            "bad_template",
            f"{place} is '{template}', which cannot be read: {error}.",
            remedy='Write fields as {email}, and braces that mean themselves twice: "{{" and "}}".',
        ) from error
