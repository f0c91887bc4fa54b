"""`entrepot resume`: go on with an import whose process died."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser("resume", help="go on with an import in batches whose process died")
    parser.add_argument("job", metavar="JOB", help="as the import was named; entrepot undo lists the latest")
    parser.add_argument("--errors-file", metavar="FILE", help="write the records that fail there, with what is wrong")
    parser.add_argument("--passphrase-file", metavar="FILE", help="to read an encrypted file")
    parser.add_argument("--identity-file", metavar="FILE", help="the age secret key to read an encrypted file")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.opening import opened
    from entrepot.cli.receipt_views import ended
    from entrepot.cli.secrets import read_secret

    with opened(args) as service:
        receipt = service.resume(
            args.job,
            passphrase=read_secret(args.passphrase_file),
            identity=read_secret(args.identity_file),
            errors_to=args.errors_file,
        )
    return ended(receipt, as_json=args.json)
