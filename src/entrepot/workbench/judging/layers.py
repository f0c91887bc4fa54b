"""The SQL of one judgement: layers of subqueries, each calculating every value once.

    sources    s0 …     texts of the file                         g0 …  whether the record lacks the field
                                                                  j0 …  whether it should be JSON, and is none
    steps      t0_1 …   after each cleaning step
    filled     x0 …     with the default
    grades     q0 …     whether it is canonical as it stands      odd   whether anything is to be said at all
    ----       what follows is worth its price where records are odd only
    grammars   r0 …     what became of those that are not canonical
    values     f0 …
    rules      e0 …     first errors                              w0 …  first warnings

No layer filters, or DuckDB would calculate the conditions of all layers again, eagerly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import TargetField
from entrepot.workbench.judging.expressions import quoted, when
from entrepot.workbench.judging.grammar import WARNING, grammar
from entrepot.workbench.judging.rules import Failure, failures
from entrepot.workbench.judging.sources import NOTHING, ROWS, ROWS_WITH_GAPS, absence, filled, no_json, source
from entrepot.workbench.judging.steps import Applied, applied
from entrepot.workbench.source import literal


def examined(fields: Sequence[TargetField], *, gaps: bool) -> str:
    """The query with all of the columns above; `record` comes first."""
    return concluded(fields, graded(fields, gaps=gaps), gaps=gaps)


def graded(fields: Sequence[TargetField], *, gaps: bool, rows: str = ROWS) -> str:
    """The layers up to the grammars, and `odd`: whether there is anything to say about the record."""
    steps = [applied(field) for field in fields]
    query = f"SELECT record, {listed(first(fields, gaps))} FROM {ROWS_WITH_GAPS if gaps else rows}"
    for number in range(1, max((len(each) for each in steps), default=0) + 1):
        query = f"SELECT *, {listed(cleaned(fields, steps, number))} FROM ({query})"
    query = f"SELECT *, {listed(ready(fields, steps))} FROM ({query})"
    query = f"SELECT *, {listed(grades(fields))} FROM ({query})"
    return f"SELECT *, {is_odd(fields, gaps)} AS odd FROM ({query})"


def concluded(fields: Sequence[TargetField], query: str, *, gaps: bool) -> str:
    """What follows from the grades."""
    steps = [applied(field) for field in fields]
    query = f"SELECT *, {listed(corrected(fields))} FROM ({query})"
    query = f"SELECT *, {listed(formed(fields))} FROM ({query})"
    return f"SELECT *, {listed(found(fields, steps, gaps))} FROM ({query})"


def is_odd(fields: Sequence[TargetField], gaps: bool) -> str:
    """The value is not what the file has, or something is wrong with it."""
    strange = [reason for at, field in enumerate(fields) for reason in reasons(at, field, gaps)]
    return f"({' OR '.join(strange) or 'false'})"


def reasons(at: int, field: TargetField, gaps: bool) -> Iterator[str]:
    yield f"NOT q{at}"
    if field.steps or field.default is not None:
        yield f"x{at} IS DISTINCT FROM s{at}"
    if field.required:
        yield f"x{at} IS NULL"
    for failure in failures(field, f"x{at}"):
        yield f"coalesce({failure.bad}, false)"
    if field.pointers:
        yield f"j{at}"
    if gaps:
        yield f"g{at}"


def listed(columns: Sequence[str]) -> str:
    return ", ".join(columns) or "NULL AS nothing"


def first(fields: Sequence[TargetField], gaps: bool) -> list[str]:
    texts = [f"{source(field)} AS s{at}" for at, field in enumerate(fields)]
    texts += [f"({no_json(field)}) AS j{at}" for at, field in enumerate(fields) if field.pointers]
    return texts + [f"{absence(field)} AS g{at}" for at, field in enumerate(fields) if gaps]


def cleaned(fields: Sequence[TargetField], steps: Sequence[Sequence[Applied]], number: int) -> list[str]:
    """The columns of the step of that number, for the fields that have so many."""
    return [
        f"{filled(each[number - 1].sql(before(at, number)), fields[at])} AS t{at}_{number}"
        for at, each in enumerate(steps)
        if len(each) >= number
    ]


def before(at: int, number: int) -> str:
    """The column that step `number` works on."""
    return f"t{at}_{number - 1}" if number > 1 else f"s{at}"


def ready(fields: Sequence[TargetField], steps: Sequence[Sequence[Applied]]) -> list[str]:
    columns: list[str] = []
    for at, field in enumerate(fields):
        last, broken = before(at, len(steps[at]) + 1), step_error(at, steps[at])
        columns += [f"{broken} AS u{at}", f"{with_default(last, broken, field)} AS x{at}"]
    return columns


def with_default(value: str, broken: str, field: TargetField) -> str:
    """The default is for records without a value, not for those with one that no step understood."""
    if field.default is None:
        return value
    return f"CASE WHEN {value} IS NULL AND ({broken}) IS NULL THEN {quoted(field.default)} ELSE {value} END"


def step_error(at: int, steps: Sequence[Applied]) -> str:
    """The code of the first step that made nothing of something."""
    broken = [
        f"CASE WHEN {before(at, number)} IS NOT NULL AND t{at}_{number} IS NULL THEN {literal(step.fails)} END"
        for number, step in enumerate(steps, 1)
        if step.fails is not None
    ]
    return f"coalesce({', '.join(broken)})" if broken else "NULL::VARCHAR"


def grades(fields: Sequence[TargetField]) -> list[str]:
    """NULL is fine as it stands, too."""
    return [
        f"(x{at} IS NULL OR coalesce({grammar(f'x{at}', field.type).quick}, false)) AS q{at}"
        for at, field in enumerate(fields)
    ]


def corrected(fields: Sequence[TargetField]) -> list[str]:
    return [
        f"CASE WHEN NOT q{at} THEN {grammar(f'x{at}', field.type).slow} END AS r{at}" for at, field in enumerate(fields)
    ]


def formed(fields: Sequence[TargetField]) -> list[str]:
    return [f"CASE WHEN q{at} THEN x{at} ELSE r{at}.v END AS f{at}" for at, _ in enumerate(fields)]


def found(fields: Sequence[TargetField], steps: Sequence[Sequence[Applied]], gaps: bool) -> list[str]:
    columns: list[str] = []
    for at, field in enumerate(fields):
        bad = failures(field, f"f{at}")
        columns += [f"{errors(at, field, steps[at], bad, gaps)} AS e{at}", f"{warnings(at, field, bad)} AS w{at}"]
        columns += [f"(g{at} AND f{at} IS NULL) AS a{at}"] if gaps else []
    return columns


def errors(at: int, field: TargetField, steps: Sequence[Applied], bad: Sequence[Failure], gaps: bool) -> str:
    """Of a field: what a step could not read, what is no value, what is missing, what breaks a rule. A field that the
    record lacks is only missed where it becomes a row, which is decided later."""
    codes = [(f"j{at}", "'not_json'")] if field.pointers else []
    codes += [(f"u{at} IS NOT NULL", f"u{at}")] if any(step.fails for step in steps) else []
    codes.append((f"r{at}.e IS NOT NULL", f"r{at}.e"))
    if field.required:
        codes.append((f"f{at} IS NULL AND NOT g{at}" if gaps else f"f{at} IS NULL", "'required'"))
    codes += [(failed.bad, failed.code) for failed in bad if not failed.warning]
    return when(*codes, otherwise=NOTHING)


def warnings(at: int, field: TargetField, bad: Sequence[Failure]) -> str:
    codes = [(f"r{at}.w IS NOT NULL", f"r{at}.w")] if field.type.kind in WARNING else []
    codes += [(failed.bad, failed.code) for failed in bad if failed.warning]
    return when(*codes, otherwise=NOTHING) if codes else NOTHING
