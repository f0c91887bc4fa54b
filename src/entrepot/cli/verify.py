"""`entrepot verify`: is what a job has left still what it was?"""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "verify", help="read back what a job has left, and compare it with what our records say"
    )
    parser.add_argument("job", metavar="JOB", help="its id (files of your own: entrepot inspect)")
    parser.add_argument("--detach", action="store_true", help="have a worker do it: prints the id of the job")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.inspect import exit_code, inspection_words, print_found
    from entrepot.cli.job_views import print_submitted
    from entrepot.cli.output import print_json
    from entrepot.service.entrepot import Entrepot

    service = Entrepot(args.db, config=args.config, cancel=args.stop.switch(), origin="cli")
    if args.detach:
        print_submitted(service.submit_verify(args.job), as_json=args.json)
        return 0
    found = service.verify(args.job)
    print_json(inspection_words(found)) if args.json else print_found(found, args.job)
    return exit_code(found)
