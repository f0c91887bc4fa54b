"""`entrepot changes`: which rows an import or an undo changed."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser("changes", help="write down which rows an import or an undo changed, by their keys")
    parser.add_argument("job", metavar="JOB", help="as the import named it; `entrepot undo` lists the latest")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="a csv file that does not exist yet")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json, say
    from entrepot.cli.progress import reporter
    from entrepot.service.entrepot import Entrepot

    with reporter(as_json=args.json) as told:
        service = Entrepot(args.db, config=args.config, reporter=told, cancel=args.stop.switch(), origin="cli")
        service.changes(args.job, to=args.output)
    if args.json:
        print_json({"job": args.job, "file": args.output})
    else:
        say(f"The rows that {args.job} changed are named in {args.output}.")
    return 0
