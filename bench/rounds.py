"""Rounds of all cases, so that a slow minute of the machine hits everyone alike; the first round warms up."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from bench.cases import Case
from bench.measure import FailedError, Measured, measure


@dataclass(frozen=True, kw_only=True)
class Results:
    measured: dict[str, list[Measured]]
    """By case; only those that came to their end in every round."""
    failed: dict[str, str] = field(default_factory=dict)
    """What the others said last."""


def run(chosen: tuple[Case, ...], runs: int, folder: Path) -> Results:
    results = Results(measured={case.name: [] for case in chosen})
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "",  # the first round compiles, as the first run after an installation does
    }
    for round_number in range(runs + 1):
        for case in (case for case in chosen if case.name in results.measured):
            try:
                measured = _once(case, environment, folder)
            except FailedError as error:
                _missed(case, error, results)
                continue
            if round_number:
                results.measured[case.name].append(measured)
            print(f"  {round_number}/{runs} {case.name}: {measured.seconds:.2f} s", file=sys.stderr)
    return results


def _once(case: Case, environment: dict[str, str], folder: Path) -> Measured:
    out = folder / "out"
    out.mkdir()
    try:
        if case.prepare:
            measure(case.prepare.format(out=out), environment, folder)
        measured = measure(case.command.format(out=out), environment, folder)
        if case.check:
            measure(case.check.format(out=out), environment, folder)
    finally:
        shutil.rmtree(out)
    return measured


def _missed(case: Case, error: FailedError, results: Results) -> None:
    """Ours and the references must run; a peer that does not is left out, and it is said why."""
    if not case.peer:
        raise SystemExit(str(error))
    print(f"  {case.name}: {error}", file=sys.stderr)
    results.failed[case.name] = f"failed: {str(error).strip().splitlines()[-1]}"
    del results.measured[case.name]
