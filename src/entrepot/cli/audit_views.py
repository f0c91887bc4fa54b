"""The audit on a screen."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.cli.output import say, table
from entrepot.model.audit import AuditLine, Verdict
from entrepot.model.operations import Operations


def print_lines(lines: Sequence[AuditLine]) -> None:
    if not lines:
        say("Nothing of that kind was written down.")
        return
    for line in table(("when (UTC)", "who", "what", "about", "result", "came of it"), [_row(line) for line in lines]):
        say(line)


def _row(line: AuditLine) -> tuple[str, ...]:
    about = line.object or line.entity or ""
    return f"{line.at:%Y-%m-%d %H:%M:%S}", line.principal, line.action, about, line.result, _facts(line)


def _facts(line: AuditLine) -> str:
    facts = line.facts
    words = [str(facts[name]) for name in ("plan", "job") if facts.get(name) and facts[name] != line.object]
    words += [f"{facts['rows']:,} rows"] if "rows" in facts else []
    words += [f"{facts['failed']:,} failed"] if facts.get("failed") else []
    return ", ".join(words)


def print_verdict(verdict: Verdict) -> None:
    if verdict.last is None and verdict.whole:
        say("Nothing was written down yet.")
        return
    for each in verdict.breaks:
        say(each.words)
    if verdict.breaks:
        say("\nThe audit is not what it was. A copy of the state folder of before shows what is missing.")
    else:
        counted = "1 line is" if verdict.lines == 1 else f"{verdict.lines:,} lines are"
        say(f"{counted} what was written.")
        say(f"Note this elsewhere, for `entrepot audit verify --known`: {verdict.last}")


def print_operations(found: Sequence[Operations]) -> None:
    if not found:
        say("Nothing of that kind was written down.")
        return
    headers = ("period", "who", "what", "entity", "times", "failed", "unfinished", "rows", "records failed", "seconds")
    for line in table(headers, [_counts(each) for each in found], right=range(4, 10)):
        say(line)


def _counts(each: Operations) -> tuple[str, ...]:
    numbers = (each.operations, each.failed, each.unfinished, each.rows, each.records_failed)
    words = (each.period, each.principal, each.action, each.entity or "-")
    return *words, *(f"{number:,}" for number in numbers), f"{each.seconds:,.1f}"
