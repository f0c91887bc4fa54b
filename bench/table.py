"""The table that is printed: time per row against the reference of the same round, and what is owed."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace

from bench.cases import MB, Case
from bench.rounds import Results

HEAD = ("| case | rows | wall s | cpu s | rows/s | peak MB | ratio | owed | |", "|---|--:|--:|--:|--:|--:|--:|--:|---|")


def table(chosen: tuple[Case, ...], results: Results, rows: int, absent: dict[str, str]) -> list[str]:
    """`absent`: peers that could not be had, each with the reason."""
    by_name = {case.name: replace(case, rows=case.rows or rows) for case in chosen}
    told = [_line(case, by_name, results) for case in _lines(by_name) if case.name in results.measured]
    missing = {**absent, **results.failed}
    return [*HEAD, *told, *(f"| {name} | | | | | | | | {reason} |" for name, reason in missing.items())]


def _lines(by_name: dict[str, Case]) -> Iterator[Case]:
    """A case with two references is told twice."""
    for case in by_name.values():
        yield case
        if case.also:
            yield replace(case, reference=case.also[0], gate=case.also[1])


def _line(case: Case, by_name: dict[str, Case], results: Results) -> str:
    measured = results.measured[case.name]
    ratio = _ratio(case, by_name, results)
    peak = max(each.peak_bytes for each in measured)
    wall = statistics.median(each.seconds for each in measured)
    used = statistics.median(each.processor_seconds for each in measured)
    rows = case.rows or 0
    against = f" / {case.reference}" if case.reference else ""
    owed = f"{case.gate:.2f}" if case.gate else ""
    return (
        f"| {case.name}{against} | {rows:,} | {wall:.2f} | {used:.2f} | {rows / wall:,.0f} | {peak / MB:.0f} "
        f"| {ratio:.2f} | {owed} | {_verdict(case, ratio, peak)} |"
    )


def _ratio(case: Case, by_name: dict[str, Case], results: Results) -> float:
    """The median of the ratios of each round: both sides saw the same machine."""
    if case.reference is None:
        return 1.0
    per_row = (by_name[case.reference].rows or 1) / (case.rows or 1)
    pairs = zip(results.measured[case.name], results.measured[case.reference], strict=True)
    return statistics.median(ours.seconds / theirs.seconds for ours, theirs in pairs) * per_row


def _verdict(case: Case, ratio: float, peak: int) -> str:
    if case.gate is not None and ratio > case.gate:
        return "over the ratio"
    if case.memory is not None and peak > case.memory:
        return f"over {case.memory / MB:.0f} MB"
    return "" if case.gate is None else "ok"
