"""`entrepot mapping`: how files went into entities, kept to be used again."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.mappings import FieldMapping, KnownMapping

EPILOG = """\
examples:
  entrepot mapping list                                 saved ones, and those of the last imports
  entrepot mapping show partner                         what goes where
  entrepot mapping show partner --json > partner.json   to take elsewhere: entrepot import … --mapping partner.json
  entrepot mapping delete partner
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "mapping",
        help="list, show or delete the mappings of imports",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("list", "show", "delete"), help="a deleted one is not used again")
    parser.add_argument("mapping", metavar="NAME|ID", nargs="?", help="which one to show or delete")
    parser.add_argument("--into", metavar="ENTITY", help="where several entities have one of that name")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json, say
    from entrepot.model.errors import InputError
    from entrepot.service.entrepot import Entrepot

    service = Entrepot(args.db, config=args.config, cancel=args.stop.switch(), origin="cli")
    if args.what == "list":
        found = service.mappings()
        print_json(found) if args.json else print_mappings(found)
        return 0
    if args.mapping is None:
        raise InputError("usage", f"Which mapping to {args.what} is not said.", remedy="See: entrepot mapping list")
    if args.what == "show":
        shown = service.mapping(args.mapping, entity=args.into)
        print_json(shown.saved) if args.json else print_mapping(shown)
        return 0
    gone = service.delete_mapping(args.mapping, entity=args.into)
    print_json(gone) if args.json else say(f"Deleted: {called(gone)} for {gone.saved.entity}.")
    return 0


def called(known: KnownMapping) -> str:
    return known.name or f"{known.id} (remembered)"


def print_mappings(found: tuple[KnownMapping, ...]) -> None:
    from entrepot.cli.output import say, table

    if not found:
        say("There are none yet. A finished import is remembered; --save-mapping NAME keeps it under a name.")
        return
    for line in table(("mapping", "entity", "columns", "made", "used"), [row(one) for one in found]):
        say(line)


def row(one: KnownMapping) -> tuple[str, ...]:
    used = one.used_at[:16] if one.used_at else "-"
    return called(one), one.saved.entity, cut(", ".join(one.saved.columns)), one.created_at[:16], used


def cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def print_mapping(known: KnownMapping) -> None:
    from entrepot.cli.output import say, table

    say(f"{called(known)}, for {known.saved.entity}\n")
    mapping = known.saved.mapping
    rows = [(" + ".join(field.columns) or "-", name, "; ".join(said(field))) for name, field in mapping.fields.items()]
    rows += [(column, "-", "goes nowhere") for column in mapping.ignored]
    for line in table(("column", "field", "what is done"), rows):
        say(line)


def said(field: FieldMapping) -> Iterator[str]:
    if field.constant is not None:
        yield f"always '{field.constant}'"
    if field.default is not None:
        yield f"'{field.default}' where it is empty"
    yield from (step.name for step in field.steps)
    yield from (f"must be {rule.name} {rule.argument}".rstrip() for rule in field.rules)
