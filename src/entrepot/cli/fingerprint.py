"""`entrepot fingerprint`: the content hash of a database's entities, or of a file."""

from __future__ import annotations

import argparse
from pathlib import Path


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli import selecting
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser("fingerprint", help="order-free content hashes, equal wherever the content is equal")
    selecting.add_options(parser)
    parser.add_argument("--file", metavar="FILE", help="an exported file or package instead of a database")
    parser.add_argument("--passphrase-file", metavar="FILE", help="to read an encrypted file")
    parser.add_argument("--identity-file", metavar="FILE", help="the age secret key to read an encrypted file")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli import selecting
    from entrepot.cli.output import print_json, say, table
    from entrepot.cli.progress import reporter
    from entrepot.cli.secrets import read_secret
    from entrepot.service import Entrepot

    with reporter(as_json=args.json) as told:
        if args.file:
            service = Entrepot(config=args.config, reporter=told)
            prints = service.fingerprint_file(
                Path(args.file), passphrase=read_secret(args.passphrase_file), identity=read_secret(args.identity_file)
            )
        else:
            service = Entrepot(args.db, config=args.config, reporter=told, cancel=args.stop.switch())
            prints = service.fingerprint(selection=selecting.selection(args), named=args.selection)
    if args.json:
        print_json(prints)
        return 0
    rows = [(title, f"{found.rows:,}", found.digest) for title, found in prints.items()]
    for line in table(("entity", "rows", "fingerprint"), rows, right=(1,)):
        say(line)
    return 0
