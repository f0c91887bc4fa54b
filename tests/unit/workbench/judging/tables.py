"""A workbench's database with staged rows, as a reader leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from entrepot.model.drafts import TargetField
from entrepot.model.rules import Rule, Step
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging.judge import judge
from entrepot.workbench.reading.tables import create_tables
from entrepot.workbench.source import Database

TEXT = LogicalType(kind=Kind.TEXT)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    value: str | None
    error: str | None
    warning: str | None


def stage(
    database: Database, rows: Sequence[Sequence[str | None]], absent: Sequence[tuple[int, int]] = (), first: int = 1
) -> None:
    """Records from number `first`; `absent` holds the keys that records lack."""
    width = max((len(row) for row in rows), default=1)
    create_tables(database.connection, width)
    marks = ", ".join("?" for _ in range(width + 1))
    for number, row in enumerate(rows, first):
        database.connection.execute(f"INSERT INTO staged VALUES ({marks})", [number, *row])
    for gap in absent:
        database.connection.execute("INSERT INTO absent VALUES (?, ?)", list(gap))


def stage_texts(database: Database, texts: Sequence[str | None]) -> None:
    """One column, quickly."""
    stage(database, [])
    database.connection.execute(
        "INSERT INTO staged SELECT unnest(range(1, len(?::VARCHAR[]) + 1)), unnest(?::VARCHAR[])", [texts, texts]
    )


def field(
    type: LogicalType = TEXT,
    *steps: Step,
    rules: Sequence[Rule] = (),
    required: bool = False,
    default: str | None = None,
    blank_is_null: bool = False,
) -> TargetField:
    return TargetField(
        name="field",
        type=type,
        sources=(0,),
        steps=steps,
        rules=tuple(rules),
        required=required,
        default=default,
        blank_is_null=blank_is_null,
    )


def step(step_name: str, /, **arguments: str) -> Step:
    return Step(name=step_name, arguments={name.rstrip("_"): value for name, value in arguments.items()})


def verdicts(database: Database, target: TargetField, texts: Sequence[str | None]) -> list[Verdict]:
    """What becomes of each text in that field."""
    stage_texts(database, texts)
    judge(database, (target,))
    rows = database.connection.execute("SELECT f0, e0, w0 FROM judged ORDER BY record").fetchall()
    return [Verdict(value=value, error=error, warning=warning) for value, error, warning in rows]


def values(database: Database, target: TargetField, texts: Sequence[str | None]) -> list[str | None]:
    """The value of each text, or its error in angle brackets."""
    return [v.value if v.error is None else f"<{v.error}>" for v in verdicts(database, target, texts)]
