"""`entrepot metrics`: what operators watch, for Prometheus and its relatives."""

from __future__ import annotations

import argparse
import sys

EPILOG = """\
examples:
  entrepot metrics                            what waits, what failed, how long jobs take
  entrepot worker --metrics 127.0.0.1:9464    the same, for whoever collects it over HTTP
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "metrics",
        help="print measures of all jobs in the text format of Prometheus",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--tenants", action="store_true", help="tell the jobs of each tenant apart")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json
    from entrepot.model.metrics import exposition
    from entrepot.service.entrepot import Entrepot

    families = Entrepot(args.db, config=args.config, origin="cli").metrics(by_tenant=args.tenants)
    if args.json:
        print_json(families)
    else:
        sys.stdout.write(exposition(families))
    return 0
