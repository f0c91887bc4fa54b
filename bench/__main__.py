"""`python -m bench`: builds the data set, loads it, measures everything in one run, prints the table."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bench.cases import MB, Case, cases
from bench.dataset import import_files, write_csv
from bench.imports import import_cases
from bench.measure import Measured, measure
from bench.places import emptied
from bench.servers import loaded

DATA = Path(__file__).parent / "data"


def main() -> None:
    args = _arguments()
    with tempfile.TemporaryDirectory(prefix="entrepot-bench-") as folder, _known(args, Path(folder)) as known:
        chosen = _chosen(known, args.engine, args.only)
        results = _run(chosen, args.runs, Path(folder))
    lines = _table(chosen, results, args.rows)
    print("\n".join(lines))
    sys.exit(1 if any("over" in line for line in lines) else 0)


@contextmanager
def _known(args: argparse.Namespace, folder: Path) -> Iterator[tuple[Case, ...]]:
    """All cases of one way, with what they need."""
    engines = frozenset(args.engine)
    if args.way == "import":
        with emptied(args.rows, import_files(DATA, args.rows), folder, engines) as places:
            yield import_cases(places)
    else:
        with loaded(args.rows, write_csv(DATA, args.rows), DATA, engines) as sources:
            yield cases(sources)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--way", choices=("export", "import"), default="export")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3, help="interleaved; the median counts")
    parser.add_argument("--engine", action="append", choices=("postgres", "sqlite", "mariadb"))
    parser.add_argument("--only", action="append", default=[], metavar="CASE", help="these and their references")
    args = parser.parse_args()
    args.engine = args.engine or ["postgres", "sqlite", "mariadb"]
    return args


def _chosen(known: tuple[Case, ...], engines: list[str], only: list[str]) -> tuple[Case, ...]:
    wanted = [case for case in known if case.engine in engines and (not only or case.name in only)]
    by_name = {case.name: case for case in known}
    for case in wanted:  # grows while it is walked through: references have references
        names = (case.reference, case.also[0] if case.also else None)
        wanted += [by_name[name] for name in names if name and by_name[name] not in wanted]
    return tuple(case for case in known if case in wanted)


def _run(chosen: tuple[Case, ...], runs: int, folder: Path) -> dict[str, list[Measured]]:
    """Rounds of all cases, so that a slow minute of the machine hits everyone alike; the first round warms up."""
    results: dict[str, list[Measured]] = {case.name: [] for case in chosen}
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONDONTWRITEBYTECODE": "",  # the first round compiles, as the first run after an installation does
    }
    for round_number in range(runs + 1):
        for case in chosen:
            out = folder / "out"
            out.mkdir()
            if case.prepare:
                measure(case.prepare.format(out=out), environment, folder)
            measured = measure(case.command.format(out=out), environment, folder)
            shutil.rmtree(out)
            if round_number:
                results[case.name].append(measured)
            print(f"  {round_number}/{runs} {case.name}: {measured.seconds:.2f} s", file=sys.stderr)
    return results


def _table(chosen: tuple[Case, ...], results: dict[str, list[Measured]], rows: int) -> list[str]:
    lines = ["| case | wall s | cpu s | rows/s | peak MB | ratio | owed | |", "|---|--:|--:|--:|--:|--:|--:|---|"]
    seconds = {name: statistics.median(m.seconds for m in found) for name, found in results.items()}
    for case in _lines(chosen):
        peak = max(m.peak_bytes for m in results[case.name])
        ratio = _ratio(case, results)
        verdict = _verdict(case, ratio, peak)
        owed = f"{case.gate:.2f}" if case.gate else ""
        wall, used = seconds[case.name], statistics.median(m.processor_seconds for m in results[case.name])
        against = f" / {case.reference}" if case.reference else ""
        lines.append(
            f"| {case.name}{against} | {wall:.2f} | {used:.2f} | {rows / wall:,.0f} | {peak / MB:.0f} | {ratio:.2f} "
            f"| {owed} | {verdict} |"
        )
    return lines


def _lines(chosen: tuple[Case, ...]) -> Iterator[Case]:
    """A case with two references is told twice."""
    for case in chosen:
        yield case
        if case.also:
            yield replace(case, reference=case.also[0], gate=case.also[1])


def _ratio(case: Case, results: dict[str, list[Measured]]) -> float:
    """The median of the ratios of each round: both sides saw the same machine."""
    if case.reference is None:
        return 1.0
    pairs = zip(results[case.name], results[case.reference], strict=True)
    return statistics.median(ours.seconds / theirs.seconds for ours, theirs in pairs)


def _verdict(case: Case, ratio: float, peak: int) -> str:
    if case.gate is not None and ratio > case.gate:
        return "over the ratio"
    if case.memory is not None and peak > case.memory:
        return f"over {case.memory / MB:.0f} MB"
    return "" if case.gate is None else "ok"


if __name__ == "__main__":
    main()
