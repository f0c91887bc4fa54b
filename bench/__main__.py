"""`python -m bench`: builds the data set, loads it, measures everything in one run, prints the table."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.cases import Case, cases
from bench.dataset import import_files, write_csv
from bench.fan import fan_lines
from bench.imports import import_cases
from bench.incoming import every_format
from bench.jobs import job_lines
from bench.peers.homes import Homes, made
from bench.peers.into import peer_imports
from bench.peers.out import peer_exports
from bench.places import emptied
from bench.rounds import run
from bench.servers import loaded
from bench.table import table

DATA = Path(__file__).parent / "data"
NOBODY = Homes(folders={}, absent={})


def main() -> None:
    args = _arguments()
    if args.way in ("jobs", "fan"):
        return _jobs(args)
    homes = made(DATA / "peers") if args.peers else NOBODY
    with tempfile.TemporaryDirectory(prefix="entrepot-bench-") as folder, _known(args, homes, Path(folder)) as known:
        chosen = _chosen(known, args.engine, args.only)
        results = run(chosen, args.runs, Path(folder))
    lines = table(chosen, results, args.rows, homes.absent)
    print("\n".join(lines))
    sys.exit(1 if any("over" in line for line in lines) else 0)


def _jobs(args: argparse.Namespace) -> None:
    """Each line is printed as it comes: some take minutes."""
    with tempfile.TemporaryDirectory(prefix="entrepot-bench-") as folder:
        work, over = Path(folder), False
        jobs = partial(job_lines, args.rows, args.runs, args.engine, args.jobs, data=DATA, folder=work)
        lines = fan_lines(args.rows, args.runs, DATA, work) if args.way == "fan" else jobs()
        for line in lines:
            print(line, flush=True)
            over = over or "over" in line
    sys.exit(1 if over else 0)


@contextmanager
def _known(args: argparse.Namespace, homes: Homes, folder: Path) -> Iterator[tuple[Case, ...]]:
    """All cases of one way, with what they need."""
    engines = frozenset(args.engine)
    peers = args.peers and "postgres" in engines
    if args.way == "import":
        with emptied(args.rows, import_files(DATA, args.rows), folder, engines) as places:
            theirs = peer_imports(places, homes, partial(import_files, DATA), args.rows) if peers else ()
            yield (*import_cases(places), *theirs)
    elif args.way == "formats":
        with every_format(args.rows, DATA, folder) as known:
            yield known
    else:
        with loaded(args.rows, write_csv(DATA, args.rows), DATA, engines) as sources:
            yield (*cases(sources), *(peer_exports(sources, homes, args.rows) if peers else ()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--way", choices=("export", "import", "formats", "jobs", "fan"), default="export")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=200, help="tiny ones that wait, on each engine")
    parser.add_argument("--runs", type=int, default=3, help="interleaved; the median counts")
    parser.add_argument("--engine", action="append", choices=("postgres", "sqlite", "mariadb"))
    parser.add_argument("--only", action="append", default=[], metavar="CASE", help="these and their references")
    parser.add_argument("--peers", action="store_true", help="other people's tools as well, which are installed first")
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


if __name__ == "__main__":
    main()
