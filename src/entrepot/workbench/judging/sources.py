"""Where a field's text comes from: columns of the file, several joined, or a constant."""

from __future__ import annotations

from entrepot.model.drafts import TargetField
from entrepot.workbench.judging.expressions import quoted

NOTHING = "NULL::VARCHAR"
ROWS = "staged"
ROWS_WITH_GAPS = (
    'staged LEFT JOIN (SELECT record, list("at") AS gaps FROM absent GROUP BY record) AS lacking USING (record)'
)


def source(field: TargetField) -> str:
    """The text before any cleaning, over the columns of `staged`."""
    if field.constant is not None:
        return filled(quoted(field.constant), field)
    values = [filled(f"v{at}", field) for at in field.sources]
    if len(values) < 2:
        return values[0] if values else NOTHING
    everything = ", ".join(values)
    return f"CASE WHEN coalesce({everything}) IS NOT NULL THEN concat_ws({quoted(separator(field))}, {everything}) END"


def filled(value: str, field: TargetField) -> str:
    """An empty text is no value, unless it may be one."""
    return f"nullif({value}, '')" if field.blank_is_null else value


def separator(field: TargetField) -> str:
    """The step `join` says the same in the words of steps."""
    joins = [step for step in field.steps if step.name == "join"]
    return joins[0].arguments.get("separator", field.separator) if joins else field.separator


def absence(field: TargetField) -> str:
    """Whether the record lacks all sources of the field (which is something else than a NULL)."""
    if field.constant is not None or not field.sources:
        return "false"
    return f"(gaps IS NOT NULL AND list_has_all(gaps, [{', '.join(map(str, field.sources))}]))"
