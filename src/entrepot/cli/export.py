"""`entrepot export`: rows of one snapshot into files, with a receipt."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.receipts import Receipt
    from entrepot.service.entrepot import ExportOptions

EPILOG = """\
examples:
  entrepot export users orders -o out.xlsx
  entrepot export orders -o orders.csv.gz --where "total > 1000 and status = 'open'"
  entrepot export '*' -o company.zip --tenant acme --related parents
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli import selecting
    from entrepot.cli.detaching import add_job_options
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "export",
        help="write entities to csv json ndjson xlsx pdf sql parquet zip",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    selecting.add_options(parser)
    add_output_options(parser)
    add_job_options(parser)
    add_database_options(parser)
    return parser


def add_output_options(parser: argparse.ArgumentParser) -> None:
    out = parser.add_argument_group("output")
    out.add_argument("-o", "--output", metavar="PATH", help="a file, or a folder (existing, or ending with /)")
    out.add_argument("-f", "--format", metavar="FORMAT", help="if the file's ending does not say it; see: formats")
    out.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of the format")
    out.add_argument("--compress", choices=("gzip", "zstd"), help="also understood from the ending: .gz, .zst")
    out.add_argument("--encrypt", action="store_true", help="with the recipients of entrepot.toml")
    out.add_argument("--recipient", action="append", default=[], metavar="AGE1…", help="encrypt to this age key")
    out.add_argument("--passphrase-file", metavar="FILE", help="encrypt with the passphrase in this file")
    out.add_argument("--overwrite", action="store_true", help="replace files that exist")
    out.add_argument(
        "--fingerprint", action="store_true", help="fingerprints in the receipt (packages always have them)"
    )
    out.add_argument("--dialect", metavar="ENGINE", help="SQL for sqlite, postgres or mysql (default: the source's)")
    out.add_argument("--meta", action="append", default=[], metavar="NAME=VALUE", help="travels along in the metadata")


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.detaching import check

    return submitted(args) if check(args) else exported(args)


def submitted(args: argparse.Namespace) -> int:
    from entrepot.cli import selecting
    from entrepot.cli.detaching import manner
    from entrepot.cli.job_views import print_submitted
    from entrepot.service.entrepot import Entrepot

    job = Entrepot(args.db, config=args.config, origin="cli").submit_export(
        to=args.output,
        selection=selecting.selection(args),
        named=args.selection,
        options=options(args),
        manner=manner(args),
    )
    print_submitted(job, as_json=args.json)
    return 0


def exported(args: argparse.Namespace) -> int:
    from entrepot.cli import selecting
    from entrepot.cli.output import print_json, warn
    from entrepot.cli.progress import reporter
    from entrepot.service.entrepot import Entrepot

    with reporter(as_json=args.json) as told:
        service = Entrepot(args.db, config=args.config, reporter=told, cancel=args.stop.switch(), origin="cli")
        exported = service.export(
            to=args.output, selection=selecting.selection(args), named=args.selection, options=options(args)
        )
    if args.json:
        print_json(exported)
        return 0
    print_receipt(exported.receipt, exported.path)
    warn(exported.receipt.warnings)
    return 0


def options(args: argparse.Namespace) -> ExportOptions:
    from entrepot.cli import selecting
    from entrepot.cli.secrets import read_secret
    from entrepot.service.entrepot import ExportOptions

    return ExportOptions(
        format=args.format,
        format_options=selecting.pairs(args.option, "--option"),
        compress=args.compress,
        encrypt=args.encrypt,
        recipients=tuple(args.recipient),
        passphrase=read_secret(args.passphrase_file),
        overwrite=args.overwrite,
        fingerprint=args.fingerprint,
        dialect=args.dialect,
        metadata=selecting.pairs(args.meta, "--meta"),
    )


def print_receipt(receipt: Receipt, path: Path) -> None:
    """Entities, rows and files; then where it is and how long it took."""
    from entrepot.cli.output import say, size_words, table

    rows = [
        (e.title, f"{e.rows:,}", e.lane, e.member or "", str(e.fingerprint.digest[:16]) if e.fingerprint else "-")
        for e in receipt.entities
    ]
    for line in table(("entity", "rows", "lane", "where", "fingerprint"), rows, right=(1,)):
        say(line)
    say()
    for file in receipt.files:
        say(f"{file.name}  {size_words(file.bytes)}  sha256 {file.sha256}")
    if receipt.lossy:
        say(f"Not promised to compare equal elsewhere: {', '.join(receipt.lossy)}")
    total = sum(e.rows for e in receipt.entities)
    counted = "1 row" if total == 1 else f"{total:,} rows"
    say(f"\n{counted} to {path} in {receipt.seconds:.2f} s, snapshot {receipt.snapshot}.")
