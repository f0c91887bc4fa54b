"""`entrepot copy`: rows of one database into another, after a look at what would come of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from entrepot.cli.opening import is_terminal

if TYPE_CHECKING:
    from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
    from entrepot.model.import_receipts import ImportReceipt
    from entrepot.model.plans import ImportPlan, ImportRequest

EPILOG = """\
examples:
  entrepot copy production development                          shows what would happen, then asks
  entrepot copy production staging --tenant acme --on-conflict merge
  entrepot copy production staging templates --global --yes
  entrepot copy production staging --mode mirror               deletes there what production does not have
  entrepot copy production sqlite:///small.db orders --where "total > 1000" --related parents
"""
UNSAID: dict[str, object] = {"map": [], "missing": [], "mapping": None}
"""What only files need."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli import selecting
    from entrepot.cli.detaching import add_job_options

    parser = commands.add_parser(
        "copy",
        help="bring rows of one database into another, with a preview",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="SOURCE", help="where the rows come from: a name of entrepot.toml, or a URL")
    parser.add_argument("target", metavar="TARGET", help="where they go; plans and jobs belong to this database")
    selecting.add_options(parser)
    _add_decisions(parser)
    add_job_options(parser)
    parser.add_argument("--config", metavar="FILE", help="the settings file (default: ./entrepot.toml)")
    parser.set_defaults(**UNSAID)
    return parser


def _add_decisions(parser: argparse.ArgumentParser) -> None:
    from entrepot.cli.mapping_options import add_value_options
    from entrepot.cli.preview_files import add_files
    from entrepot.cli.strategy_options import MODES, add_limits, add_strategy

    what = parser.add_argument_group("what happens")
    what.add_argument("--yes", action="store_true", help="do it without asking")
    what.add_argument("--dry-run", action="store_true", help="only show what would happen")
    add_strategy(what, mode="upsert; mirror deletes rows that the source does not have", modes=MODES)
    what.add_argument(
        "--errors",
        choices=("all_or_nothing", "skip"),
        default="all_or_nothing",
        help="whether one bad row keeps all others out (default), or only itself",
    )
    what.add_argument("--max-errors", metavar="N|N%", help="with --errors skip: nothing is done if more rows fail")
    what.add_argument("--errors-file", metavar="FOLDER", help="write the rows that fail there, with what is wrong")
    what.add_argument(
        "--exclusive", action="store_true", help="lets references in a circle wait, as for import (PostgreSQL)"
    )
    add_files(what)
    add_limits(parser.add_argument_group("with --mode mirror"))
    where = parser.add_argument_group("where values go")
    where.add_argument(
        "--into", metavar="ENTITY=TARGET", action="append", default=[], help="if it has another name there; =: left out"
    )
    where.add_argument(
        "--ignore", action="append", default=[], metavar="[ENTITY:]FIELD", help="it has no place there, and stays"
    )
    where.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="the same value in every row")
    add_value_options(where)


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.after_preview import asked, refusal
    from entrepot.cli.detaching import check
    from entrepot.cli.output import print_json
    from entrepot.cli.plan_views import plan_words, print_plan
    from entrepot.cli.receipt_views import ended
    from entrepot.cli.secrets import Secrets
    from entrepot.cli.which_tables import BY_TABLE, by_table

    args.db = args.target
    request = by_table(args, request_of, (*BY_TABLE, "max_deletes"))
    if check(args):
        return submitted(args, request)
    if args.yes and not args.dry_run:
        code = ended(copied(args, request), as_json=args.json)
        return told_where(args, code)
    plan = previewed(args, request)
    if args.json:
        print_json(plan_words(plan))
    elif args.dry_run or not is_terminal():
        print_plan(plan)
    else:
        return told_where(args, asked(args, plan, Secrets(args, None, None)))
    return told_where(args, refusal(plan.blocked))


def submitted(args: argparse.Namespace, request: BundleRequest) -> int:
    """Without --yes the job only looks, and its end names the plan."""
    from entrepot.cli.detaching import manner
    from entrepot.cli.job_views import print_submitted
    from entrepot.cli.selecting import selection
    from entrepot.service.entrepot import Entrepot

    job = Entrepot(args.db, config=args.config).submit_copy(
        source=args.source,
        selection=selection(args),
        named=args.selection,
        request=request,
        look=args.dry_run or not args.yes,
        manner=manner(args),
    )
    print_submitted(job, as_json=args.json)
    return 0


def told_where(args: argparse.Namespace, code: int) -> int:
    """Plans and jobs belong to the database that the rows go into, which need not be the usual one."""
    from entrepot.cli.output import say

    if not args.json:
        where = "TARGET" if "://" in args.target else args.target
        say(f"Commands about it need --db {where}.")
    return code


def previewed(args: argparse.Namespace, request: BundleRequest) -> ImportPlan | BundlePlan:
    from entrepot.cli.opening import opened
    from entrepot.cli.selecting import selection

    with opened(args) as service:
        return service.preview_copy(
            source=args.source,
            selection=selection(args),
            named=args.selection,
            request=request,
            errors_to=args.errors_file,
        )


def copied(args: argparse.Namespace, request: BundleRequest) -> ImportReceipt | BundleReceipt:
    from entrepot.cli.opening import opened
    from entrepot.cli.selecting import selection

    with opened(args) as service:
        return service.copy(
            source=args.source,
            selection=selection(args),
            named=args.selection,
            request=request,
            errors_to=args.errors_file,
        )


def request_of(args: argparse.Namespace) -> ImportRequest:
    from entrepot.cli.mapping_options import mapping_of, rules_of
    from entrepot.cli.preview_files import files_of
    from entrepot.cli.strategy_options import mirror_of
    from entrepot.model.drafts import Blank, Errors, Mode, OnConflict
    from entrepot.model.plans import ImportRequest

    return ImportRequest(
        entity="",
        mapping=mapping_of(args),
        rules=rules_of(args),
        mode=Mode(args.mode or "upsert"),
        on_conflict=OnConflict(args.on_conflict) if args.on_conflict else None,
        blank=Blank(args.blank or "keep"),
        errors=Errors(args.errors),
        max_errors=args.max_errors,
        exclusive=args.exclusive,
        prove=args.prove,
        mirror=mirror_of(args),
        **files_of(args),
        key=tuple(word.strip() for word in ",".join(args.key).split(",") if word.strip()),
    )
