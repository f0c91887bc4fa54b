"""`entrepot fingerprint`: the content hash of a database's entities, or of a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.model.ports import Reporter
    from entrepot.model.receipts import Fingerprint


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
    from entrepot.cli.output import print_json, say, table
    from entrepot.cli.progress import reporter

    _check(args)
    with reporter(as_json=args.json) as told:
        prints = _of_file(args, told) if args.file is not None else _of_database(args, told)
    if args.json:
        print_json(prints)
        return 0
    rows = [(title, f"{found.rows:,}", found.digest) for title, found in prints.items()]
    for line in table(("entity", "rows", "fingerprint"), rows, right=(1,)):
        say(line)
    return 0


def _check(args: argparse.Namespace) -> None:
    """A file is taken whole; secrets open files only."""
    from entrepot.cli.selecting import typed

    if args.file is not None:
        useless = (*typed(args), *(["--db"] if args.db else []))
        words = f"{', '.join(useless)}: with --file nothing can be chosen, the whole file is taken."
    else:
        secrets = {"--passphrase-file": args.passphrase_file, "--identity-file": args.identity_file}
        useless = tuple(option for option, file in secrets.items() if file is not None)
        words = f"{', '.join(useless)}: there is nothing to open, because no --file is given."
    if useless:
        raise InputError("usage", words, remedy="Leave out one or the other.")


def _of_file(args: argparse.Namespace, told: Reporter) -> dict[str, Fingerprint]:
    from entrepot.cli.secrets import read_secret
    from entrepot.service.entrepot import Entrepot

    return Entrepot(config=args.config, reporter=told, origin="cli").fingerprint_file(
        Path(args.file), passphrase=read_secret(args.passphrase_file), identity=read_secret(args.identity_file)
    )


def _of_database(args: argparse.Namespace, told: Reporter) -> dict[str, Fingerprint]:
    from entrepot.cli import selecting
    from entrepot.service.entrepot import Entrepot

    try:
        service = Entrepot(args.db, config=args.config, reporter=told, cancel=args.stop.switch(), origin="cli")
        return service.fingerprint(selection=selecting.selection(args), named=args.selection)
    except InputError as error:
        file = next((word for word in (*args.entities, args.db or "") if Path(word).is_file()), None)
        if file is not None and error.code in ("no_database", "unknown_entity", "unknown_database"):
            error.remedy = f"For the fingerprint of a file: entrepot fingerprint --file {file}. {error.remedy}"
        raise
