"""`entrepot plan`: an import that was looked at before, shown again or carried out."""

from __future__ import annotations

import argparse
from contextlib import suppress
from typing import TYPE_CHECKING

from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.cli.secrets import Secrets
    from entrepot.model.bundles import BundleReceipt
    from entrepot.model.import_receipts import ImportReceipt


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.detaching import add_job_options
    from entrepot.cli.parser import add_database_options
    from entrepot.cli.strategy_options import add_confirmation

    parser = commands.add_parser("plan", help="show a plan of an import again, or carry it out")
    parser.add_argument("what", choices=("show", "apply"), help="apply does what the plan says, or nothing")
    parser.add_argument("plan", metavar="PLAN", help="as `entrepot import` named it")
    add_confirmation(parser)
    parser.add_argument("--all", action="store_true", help="show: every kind of problem and row that the plan keeps")
    parser.add_argument("--passphrase-file", metavar="FILE", help="to read an encrypted file")
    parser.add_argument("--identity-file", metavar="FILE", help="the age secret key to read an encrypted file")
    add_job_options(parser)
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.detaching import check
    from entrepot.cli.opening import opened
    from entrepot.cli.output import print_json
    from entrepot.cli.plan_views import plan_words, print_again
    from entrepot.cli.receipt_views import ended
    from entrepot.cli.secrets import Secrets

    if args.all and args.what == "apply":
        raise InputError("usage", "--all is for `plan show`.", remedy="Leave it out.")
    if args.what == "show":
        must_be_applied(args)
        with opened(args) as service:
            plan = service.plan(args.plan)
        print_json(plan_words(plan)) if args.json else print_again(plan, whole=args.all)
        return 0
    if check(args):
        return submitted(args)
    return ended(applied(args, Secrets.of(args), args.plan, confirmed(args)), as_json=args.json)


def must_be_applied(args: argparse.Namespace) -> None:
    if args.detach:
        raise InputError("usage", "--detach is for `plan apply`.", remedy="Leave it out.")


def submitted(args: argparse.Namespace) -> int:
    from entrepot.cli.detaching import manner
    from entrepot.cli.job_views import print_submitted
    from entrepot.service.entrepot import Entrepot

    service = Entrepot(args.db, config=args.config)
    job = service.submit_apply(args.plan, confirm_deletes=confirmed(args), manner=manner(args))
    print_submitted(job, as_json=args.json)
    return 0


def confirmed(args: argparse.Namespace) -> int | None:
    """How many rows are deleted, as it was said, or is typed now."""
    from entrepot.cli.mirror_views import typed
    from entrepot.cli.opening import is_terminal, opened
    from entrepot.cli.paper import paper
    from entrepot.model.errors import CancelledError

    if args.confirm_deletes is not None or args.json or not is_terminal():
        return args.confirm_deletes
    with opened(args) as service:
        plan = service.plan(args.plan)
    if plan.blocked or not plan.deletes:
        return None
    with suppress(KeyboardInterrupt):
        if typed(plan, paper(), args.stop):
            return plan.deletes
    raise CancelledError("stopped", "Nobody typed the number: nothing was written.", remedy="Look at the plan again.")


def applied(
    args: argparse.Namespace, secrets: Secrets, plan_id: str, deletes: int | None
) -> ImportReceipt | BundleReceipt:
    from entrepot.cli.opening import opened

    def work(said: Secrets) -> ImportReceipt | BundleReceipt:
        with opened(args) as service:
            return service.apply(plan_id, passphrase=said.passphrase, identity=said.identity, confirm_deletes=deletes)

    return secrets.tried(work)
