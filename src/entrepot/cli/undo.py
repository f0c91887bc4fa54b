"""`entrepot undo`: what an import changed becomes what it was, as far as nobody changed it since."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.service import Entrepot

EPILOG = """\
examples:
  entrepot undo                     the latest imports, and what can be taken back
  entrepot undo imp_…               shows what would happen, then asks
  entrepot undo imp_… --yes         does it; an undo can be taken back the same way
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "undo",
        help="take an import back, as far as nobody changed its rows since",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("job", metavar="JOB", nargs="?", help="as the import named it; none: list the latest")
    parser.add_argument("--yes", action="store_true", help="do it without asking")
    parser.add_argument("--dry-run", action="store_true", help="only show what would happen")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json
    from entrepot.cli.progress import reporter
    from entrepot.cli.undo_views import print_jobs, print_undo_plan, undone
    from entrepot.service import Entrepot

    with reporter(as_json=args.json) as told:
        service = Entrepot(args.db, config=args.config, reporter=told, cancel=args.stop.switch())
        if args.job is None:
            jobs = service.undoable()
            print_json(jobs) if args.json else print_jobs(jobs)
            return 0
        if args.yes and not args.dry_run:
            return undone(service.undo(args.job), as_json=args.json)
        plan = service.undo_plan(args.job)
    print_json(plan) if args.json else print_undo_plan(plan)
    if args.json or args.dry_run or not plan.changes or not sys.stdin.isatty():
        return 0
    return confirmed(service, plan.job, plan.digest)


def confirmed(service: Entrepot, job: str, digest: str) -> int:
    from entrepot.cli.output import say
    from entrepot.cli.undo_views import undone

    sys.stdout.write("\nTake it back? [y/N] ")
    sys.stdout.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        say("Nothing was written.")
        return 0
    return undone(service.undo(job, agreed=digest), as_json=False)
