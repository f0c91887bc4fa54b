"""`entrepot types`: exported rows as types for programs."""

from __future__ import annotations

import argparse
from pathlib import Path

LANGUAGES = {".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".json": "json-schema"}
"""What the ending of a file says."""
EPILOG = """\
examples:
  entrepot types --typescript -o src/rows.ts --overwrite
  entrepot types --json-schema orders customers
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "types",
        help="the rows of JSON exports as TypeScript or JSON Schema",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("entities", nargs="*", metavar="ENTITY", help="names, @groups or * (default: all)")
    language = parser.add_mutually_exclusive_group()
    for name, words in (("typescript", "an interface for each entity"), ("json-schema", "one schema (2020-12)")):
        language.add_argument(f"--{name}", dest="language", action="store_const", const=name, help=words)
    parser.add_argument("-o", "--output", metavar="FILE", help="a file (default: standard output)")
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it exists")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    import sys

    from entrepot.cli.output import print_json, say
    from entrepot.service.entrepot import Entrepot

    language = args.language or said_by_name(args.output)
    service = Entrepot(args.db, config=args.config, origin="cli")
    text = service.types(*args.entities, language=language, to=args.output, overwrite=args.overwrite)
    if args.json:
        print_json({"language": language, **({"file": args.output} if args.output else {"text": text})})
    elif args.output:
        say(f"The types are in {args.output}.")
    else:
        sys.stdout.write(text)
    return 0


def said_by_name(output: str | None) -> str:
    from entrepot.model.errors import InputError

    found = LANGUAGES.get(Path(output or "").suffix.lower())
    if found is None:
        raise InputError(
            "no_language",
            "Nothing says in which language the types are to be.",
            remedy="Use --typescript or --json-schema.",
        )
    return found
