"""Where a field's text comes from: columns of the file, several joined, or a constant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.types import Kind
from entrepot.workbench.judging.expressions import quoted
from entrepot.workbench.judging.nested import broken, picked

NOTHING = "NULL::VARCHAR"
ROWS = "staged"
ROWS_WITH_GAPS = (
    'staged LEFT JOIN (SELECT record, list("at") AS gaps FROM absent GROUP BY record) AS lacking USING (record)'
)


def source(field: TargetField) -> str:
    """The text before any cleaning, over the columns of `staged`."""
    if field.constant is not None:
        return filled(quoted(field.constant), field)
    values = [filled(value, field) for value in picked_values(field)]
    if len(values) < 2:
        return values[0] if values else NOTHING
    everything = ", ".join(values)
    return f"CASE WHEN coalesce({everything}) IS NOT NULL THEN concat_ws({quoted(separator(field))}, {everything}) END"


def picked_values(field: TargetField) -> list[str]:
    if field.found is not None:
        return [f"v{field.found}"]
    if not field.pointers:
        return [as_json(field) or f"v{at}" for at in field.sources]
    places = zip(field.sources, field.pointers, strict=True)
    return [picked(f"v{at}", pointer) if pointer else f"v{at}" for at, pointer in places]


def as_json(field: TargetField) -> str | None:
    """A string of JSON is one of these values, too (strings.py); None where there is none to be told by."""
    at = strings_for(field)
    if at is None or not field.has_strings:
        return None
    return f"CASE WHEN staged.record IN (SELECT record FROM strings_{at}) THEN to_json(v{at})::VARCHAR ELSE v{at} END"


def strings_for(field: TargetField) -> int | None:
    """The column of the file, where its strings are values of JSON."""
    alone = field.found is None and not field.pointers and field.constant is None and len(field.sources) == 1
    return field.sources[0] if alone and field.type.kind is Kind.JSON else None


def no_json(field: TargetField) -> str | None:
    """Whether there is nothing to pick from, because a source is no JSON; None where nothing is picked."""
    wrong = [broken(f"v{at}") for at, pointer in zip(field.sources, field.pointers, strict=False) if pointer]
    return " OR ".join(wrong) or None


def filled(value: str, field: TargetField) -> str:
    """An empty text is no value, unless it may be one."""
    return f"nullif({value}, '')" if field.blank_is_null else value


def separator(field: TargetField) -> str:
    """The step `join` says the same in the words of steps."""
    joins = [step.arguments for step in field.steps if step.name == "join"]
    return joins[0].get("separator", joins[0].get("", field.separator)) if joins else field.separator


def leaving(fields: Sequence[TargetField]) -> Iterator[str]:
    """Statements that make gaps of the cells that leave their value to the database."""
    for field in fields:
        if field.blank_is_left and field.found is None and len(field.sources) == 1 and field.default is None:
            yield f"INSERT INTO absent SELECT record, {field.sources[0]} FROM staged WHERE {source(field)} IS NULL"


def absence(field: TargetField) -> str:
    """Whether the record lacks all sources of the field (which is something else than a NULL)."""
    if field.constant is not None or field.stamp is not None or not field.sources:
        return "false"
    return f"(gaps IS NOT NULL AND list_has_all(gaps, [{', '.join(map(str, field.sources))}]))"
