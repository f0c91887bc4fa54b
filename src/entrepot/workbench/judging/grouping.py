"""Findings as people read them: the same thing in the same field once, with its values and the records they stand in.

told      record, place, at, code, value, warning, words     every finding, also those of reading and deciding
valued    the same value once
kinds     the same field and code once: what is shown as one group
chosen    the most frequent values of the groups that are shown, numbered
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from entrepot.model.drafts import TargetField
from entrepot.model.judgements import Group, Grouped, GroupedValue
from entrepot.model.suggest import likely
from entrepot.model.types import Kind
from entrepot.workbench.judging.judge import severity
from entrepot.workbench.judging.registry import words
from entrepot.workbench.source import Database

FINDINGS = 'SELECT record, place, NULL::INTEGER AS "at", code, value, warning, words FROM findings'
MOST_RANGES = 20
"""More are not told one by one."""
KIND = ("place", '"at"', "code", "warning", "words")
SAME_KIND = " AND ".join(f"{{0}}.{name} IS NOT DISTINCT FROM {{1}}.{name}" for name in KIND)
GROUPS = f"""
WITH told AS MATERIALIZED ({{told}}),
valued AS MATERIALIZED (
    SELECT {", ".join(KIND)}, value, count(*) AS records, min(record) AS first FROM told GROUP BY ALL),
kinds AS MATERIALIZED (
    SELECT {", ".join(KIND)}, sum(records)::BIGINT AS records, count(*) AS different, min(first) AS first,
        count(*) OVER () AS total
    FROM valued GROUP BY ALL ORDER BY warning, records DESC, first, place, "at", code, words LIMIT ? OFFSET ?),
chosen AS MATERIALIZED (
    SELECT valued.*, kinds.records AS of_kind, different, kinds.first AS kind_first, total,
        row_number() OVER (PARTITION BY {", ".join(f"valued.{name}" for name in KIND)}
            ORDER BY valued.records DESC, valued.first) AS rank,
        row_number() OVER () AS number
    FROM valued JOIN kinds ON {SAME_KIND.format("valued", "kinds")} QUALIFY rank <= ?),
numbered AS (
    SELECT number, record, record - dense_rank() OVER (PARTITION BY number ORDER BY record) AS island
    FROM told JOIN chosen ON {SAME_KIND.format("told", "chosen")} AND told.value IS NOT DISTINCT FROM chosen.value),
ranges AS (SELECT number, min(record) AS low, max(record) AS high FROM numbered GROUP BY number, island),
places AS (
    SELECT number, count(*) AS ranges, arg_min({{{{'low': low, 'high': high}}}}, low, ?) AS shown
    FROM ranges GROUP BY number)
SELECT place, "at", code, warning, words, of_kind, different, total, value, records, first, ranges, shown
FROM chosen JOIN places USING (number)
ORDER BY warning, of_kind DESC, kind_first, place, "at", code, words, rank
"""


def grouped(
    database: Database, fields: Sequence[TargetField], told: str, *, offset: int, most: int, values: int
) -> Grouped:
    """`told` is SQL of the findings; errors come first, the most frequent first."""
    rows = database.connection.execute(GROUPS.format(told=told), [most, offset, values, MOST_RANGES]).fetchall()
    groups = tuple(group(fields, list(some)) for _, some in groupby(rows, key=lambda row: row[:5]))
    return Grouped(groups=groups, total=rows[0][7] if rows else 0)


def group(fields: Sequence[TargetField], rows: Sequence[tuple[Any, ...]]) -> Group:
    place, at, code, warning, told, of_kind, different = rows[0][:7]
    field = None if place is None else fields[place]
    return Group(
        field=field.name if field else None,
        column=at,
        code=code,
        words=told,
        severity=severity(warning),
        records=of_kind,
        different=different,
        values=tuple(grouped_value(field, code, row[8:]) for row in rows),
    )


def grouped_value(field: TargetField | None, code: str, row: Sequence[Any]) -> GroupedValue:
    value, records, first, ranges, shown = row
    meant = suggestion(field, code, value) if field else None
    return GroupedValue(value=value, records=records, first=first, places=places(shown, ranges), suggestion=meant)


def places(shown: Sequence[dict[str, int]], ranges: int) -> str:
    """`12, 40-88`."""
    texts = [str(r["low"]) if r["low"] == r["high"] else f"{r['low']}-{r['high']}" for r in shown]
    return ", ".join([*texts, "…"] if ranges > len(shown) else texts)


def suggestion(field: TargetField, code: str, value: str | None) -> str | None:
    """The allowed value that is nearly the same."""
    known = allowed(field, code)
    return likely(value, known) if known and value is not None else None


def allowed(field: TargetField, code: str) -> Sequence[str]:
    if code == "unknown_label" and field.type.kind is Kind.ENUM:
        return field.type.values
    return [
        word for rule in field.rules if rule.name == "one_of" and code == "not_allowed" for word in words(rule.argument)
    ]
