"""`entrepot import`: a file into an entity, after a look at what would come of it."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from entrepot.cli.after_preview import asked, refusal
from entrepot.cli.opening import is_terminal

if TYPE_CHECKING:
    from entrepot.cli.plan_views import AnyPlan
    from entrepot.cli.secrets import Secrets
    from entrepot.model.bundles import BundleReceipt, BundleRequest
    from entrepot.model.import_receipts import ImportReceipt
    from entrepot.model.plans import ImportRequest

    AnyRequest = ImportRequest | BundleRequest

NAME = "import"
EPILOG = """\
examples:
  entrepot import people.csv --into users                     shows what would happen, then asks
  entrepot import people.csv --into users --dry-run           only shows it
  entrepot import prices.csv --into products --mode upsert --key sku --yes
  entrepot import people.csv --into users --map "E-Mail=email" --ignore notes
  entrepot import people.csv --into users --clean email=trim,lowercase --check email=email
  entrepot import customers.csv orders.csv --into orders.csv=sales_orders    all of them or none
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.detaching import add_job_options
    from entrepot.cli.mapping_options import add_options
    from entrepot.cli.own_ids import add_own_ids
    from entrepot.cli.parser import add_database_options
    from entrepot.cli.partly import add_partly
    from entrepot.cli.reading_options import add_reading
    from entrepot.cli.strategy_options import add_mirroring
    from entrepot.cli.which_tables import add_tables

    parser = commands.add_parser(
        NAME,
        help="bring csv, json, ndjson, parquet or sql files into their entities, with a preview",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", metavar="FILE", nargs="+", help="also .gz, .zst and .age; a folder: its files")
    add_tables(parser)
    _add_decisions(parser)
    add_mirroring(parser)
    add_own_ids(parser)
    add_partly(parser)
    add_options(parser)
    add_reading(parser)
    add_job_options(parser)
    add_database_options(parser)
    return parser


def _add_decisions(parser: argparse.ArgumentParser) -> None:
    from entrepot.cli.preview_files import add_files
    from entrepot.cli.strategy_options import add_strategies

    what = parser.add_argument_group("what happens")
    what.add_argument("--yes", action="store_true", help="do it without asking")
    what.add_argument("--dry-run", action="store_true", help="only show what would happen")
    add_strategies(what)
    what.add_argument(
        "--baseline",
        choices=("auto", "ignore", "require"),
        default="auto",
        help="of a workbook that was exported with one: count only cells that were changed (default), count all,"
        " or refuse a workbook without",
    )
    add_files(what)
    what.add_argument("--tenant", metavar="NAME", help="whose rows: those of others are neither seen nor changed")
    what.add_argument(
        "--exclusive",
        action="store_true",
        help="faster, and lets references in a circle wait: nobody else can use the tables meanwhile (PostgreSQL)",
    )


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.detaching import check

    return submitted(args) if check(args) else imported(args)


def submitted(args: argparse.Namespace) -> int:
    """Without --yes the job only looks, and its end names the plan."""
    from entrepot.cli.detaching import manner
    from entrepot.cli.job_views import print_submitted
    from entrepot.service.entrepot import Entrepot

    service, look = Entrepot(args.db, config=args.config), args.dry_run or not args.yes
    job = service.submit_import(list(args.files), what_is_asked(args), look=look, manner=manner(args))
    print_submitted(job, as_json=args.json)
    return 0


def imported(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json
    from entrepot.cli.plan_views import plan_words, print_plan
    from entrepot.cli.receipt_views import ended
    from entrepot.cli.secrets import Secrets

    secrets, request = Secrets.of(args), what_is_asked(args)
    if args.yes and not args.dry_run:
        return ended(secrets.tried(partial(brought_in, args, request)), as_json=args.json)
    plan = secrets.tried(partial(previewed, args, request))
    if args.json:
        print_json(plan_words(plan))
    elif args.dry_run or not is_terminal():
        print_plan(plan)
    else:
        return asked(args, plan, secrets)
    return refusal(plan.blocked)


def previewed(args: argparse.Namespace, request: AnyRequest, said: Secrets) -> AnyPlan:
    from entrepot.cli.opening import opened
    from entrepot.cli.plan_views import print_first_page

    first = print_first_page if is_terminal() and not args.json else None
    secrets = {"passphrase": said.passphrase, "identity": said.identity}
    with opened(args) as service:
        return service.preview(list(args.files), request, **secrets, errors_to=args.errors_file, first=first)


def brought_in(args: argparse.Namespace, request: AnyRequest, said: Secrets) -> ImportReceipt | BundleReceipt:
    from entrepot.cli.opening import opened

    secrets = {"passphrase": said.passphrase, "identity": said.identity}
    with opened(args) as service:
        return service.bring_in(list(args.files), request, **secrets, errors_to=args.errors_file)


def what_is_asked(args: argparse.Namespace) -> AnyRequest:
    """A correction goes where its import went; one file, where it is said to go; others, where they are called to."""
    from entrepot.cli.which_tables import bundle_request, is_single, single_target

    if is_single(args):
        return request_of(args, single_target(args))
    return bundle_request(args, partial(request_of, entity=""))


def request_of(args: argparse.Namespace, entity: str) -> ImportRequest:
    from entrepot.cli.mapping_options import mapping_of, rules_of, used_mapping
    from entrepot.cli.own_ids import own_ids
    from entrepot.cli.partly import partly
    from entrepot.cli.preview_files import files_of
    from entrepot.cli.reading_options import reading_of
    from entrepot.cli.strategy_options import decided
    from entrepot.model.baselines import BaselineUse
    from entrepot.model.plans import ImportRequest

    return ImportRequest(
        entity=entity,
        reading=reading_of(args),
        mapping=mapping_of(args),
        rules=rules_of(args),
        use=used_mapping(args),
        save_as=args.save_mapping,
        declared=args.records,
        **decided(args),
        **partly(args),
        **files_of(args),
        own_ids=own_ids(args),
        source=args.source,
        exclusive=args.exclusive,
        prove=args.prove,
        tenant=args.tenant,
        baseline=BaselineUse(args.baseline),
        key=tuple(word.strip() for word in ",".join(args.key).split(",") if word.strip()),
    )
