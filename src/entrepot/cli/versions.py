"""`entrepot versions`: the history of one thing, and an old version made the newest again."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.plans import ImportPlan

EPILOG = """\
examples:
  entrepot versions people ada                  what changed from version to version, and by which import
  entrepot versions people ada --restore 2      version 2 as the newest one, after a look and a question
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "versions",
        help="list the versions of something, or bring an old one back",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("entity", metavar="ENTITY", help="whose settings say how its rows are versions")
    parser.add_argument("key", metavar="VALUE", nargs="+", help="of each field that the versions have in common")
    parser.add_argument("--restore", metavar="NUMBER", type=int, help="make that version the newest, as a new row")
    parser.add_argument("--yes", action="store_true", help="restore without asking")
    parser.add_argument("--dry-run", action="store_true", help="only show what restoring would do")
    parser.add_argument("--tenant", metavar="NAME", help="whose rows: those of others are not seen")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.opening import opened
    from entrepot.cli.output import print_json, say
    from entrepot.cli.paper import paper
    from entrepot.cli.version_views import history_lines

    if args.restore is not None:
        return restored(args)
    with opened(args) as service:
        history = service.versions(args.entity, *args.key, tenant=args.tenant)
    if args.json:
        print_json(history)
        return 0
    for line in history_lines(history, paper()):
        say(line)
    return 0


def restored(args: argparse.Namespace) -> int:
    from entrepot.cli.opening import is_terminal, opened
    from entrepot.cli.output import print_json
    from entrepot.cli.plan_views import plan_words, print_plan

    with opened(args) as service:
        plan = service.preview_version(args.entity, *args.key, number=args.restore, tenant=args.tenant)
    if args.yes and not args.dry_run:
        return applied(args, plan)
    if args.json:
        print_json(plan_words(plan))
    elif args.dry_run or not is_terminal():
        print_plan(plan)
    else:
        return asked(args, plan)
    return 2 if plan.blocked else 0


def asked(args: argparse.Namespace, plan: ImportPlan) -> int:
    from entrepot.cli.after_preview import asked as asked_about
    from entrepot.cli.secrets import Secrets

    args.passphrase_file = args.identity_file = args.errors_file = None
    return asked_about(args, plan, Secrets.of(args))


def applied(args: argparse.Namespace, plan: ImportPlan) -> int:
    from entrepot.cli.opening import opened
    from entrepot.cli.receipt_views import ended

    with opened(args) as service:
        return ended(service.apply(plan.plan_id), as_json=args.json)
