"""`entrepot plan`: an import that was looked at before, shown again or carried out."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser("plan", help="show a plan of an import again, or carry it out")
    parser.add_argument("what", choices=("show", "apply"), help="apply does what the plan says, or nothing")
    parser.add_argument("plan", metavar="PLAN", help="as `entrepot import` named it")
    parser.add_argument("--passphrase-file", metavar="FILE", help="to read an encrypted file")
    parser.add_argument("--identity-file", metavar="FILE", help="the age secret key to read an encrypted file")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json
    from entrepot.cli.plan_views import ended, plan_words, print_plan
    from entrepot.cli.progress import reporter
    from entrepot.cli.secrets import read_secret
    from entrepot.service import Entrepot

    with reporter(as_json=args.json) as told:
        service = Entrepot(args.db, config=args.config, reporter=told, cancel=args.stop.switch())
        if args.what == "show":
            plan = service.plan(args.plan)
            print_json(plan_words(plan)) if args.json else print_plan(plan)
            return 0
        receipt = service.apply(
            args.plan, passphrase=read_secret(args.passphrase_file), identity=read_secret(args.identity_file)
        )
    return ended(receipt, as_json=args.json)
