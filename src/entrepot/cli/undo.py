"""`entrepot undo`: what an import changed becomes what it was, as far as nobody changed it since."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from entrepot.cli.opening import is_terminal
from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.model.undo_plans import UndoReceipt

EPILOG = """\
examples:
  entrepot undo                     the latest imports, and what can be taken back
  entrepot undo imp_…               shows what would happen, then asks
  entrepot undo imp_… --yes         does it; an undo can be taken back the same way
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.detaching import add_job_options
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
    add_job_options(parser)
    add_database_options(parser)
    return parser


def submitted(args: argparse.Namespace) -> int:
    from entrepot.cli.detaching import manner
    from entrepot.cli.job_views import print_submitted
    from entrepot.service.entrepot import Entrepot

    if args.job is None or not args.yes:
        raise InputError(
            "usage", "A job asks nobody.", remedy="Say which import, and that it is meant: entrepot undo JOB --yes"
        )
    print_submitted(Entrepot(args.db, config=args.config).submit_undo(args.job, manner=manner(args)), as_json=args.json)
    return 0


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.detaching import check
    from entrepot.cli.opening import opened
    from entrepot.cli.output import print_json
    from entrepot.cli.undo_views import print_jobs, print_undo_plan, undone

    if check(args):
        return submitted(args)
    if args.job is None:
        with opened(args) as service:
            jobs = service.undoable()
        print_json(jobs) if args.json else print_jobs(jobs)
        return 0
    if args.yes and not args.dry_run:
        return undone(taken_back(args, None), as_json=args.json)
    with opened(args) as service:
        plan = service.undo_plan(args.job)
    print_json(plan) if args.json else print_undo_plan(plan)
    if args.json or args.dry_run or not plan.changes or not is_terminal():
        return 0
    return confirmed(args, plan.digest)


def taken_back(args: argparse.Namespace, agreed: str | None) -> UndoReceipt:
    from entrepot.cli.opening import opened

    with opened(args) as service:
        return service.undo(args.job, agreed=agreed)


def confirmed(args: argparse.Namespace, digest: str) -> int:
    from entrepot.cli.output import say
    from entrepot.cli.undo_views import undone
    from entrepot.model.errors import CancelledError

    try:
        with args.stop.at_once():
            sys.stdout.write("\nTake it back? [y/N] ")
            sys.stdout.flush()
            said = sys.stdin.readline()
    except KeyboardInterrupt:
        raise CancelledError(
            "stopped", "Stopped at the question: nothing was written.", remedy="Ask again when you like."
        ) from None
    if said.strip().lower() not in ("y", "yes"):
        say("Nothing was written." if said else "\nNothing was written.")
        return 0
    return undone(taken_back(args, digest), as_json=False)
