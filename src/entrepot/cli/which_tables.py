"""Which tables `entrepot import` is about, and where they go."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.cli.selecting import pairs, split_entity
from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.model.bundles import BundleRequest
    from entrepot.model.plans import ImportRequest

BY_TABLE = ("map", "missing", "ignore", "set", "default", "clean", "check", "warn", "key")
"""Options that name fields or columns: of several tables, those of one, if its name and a colon stand before them."""
OF_MIRRORS = ("where", "max_deletes")
"""The same of files; a filter may have colons of its own."""


def add_tables(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--into",
        metavar="ENTITY",
        action="append",
        default=[],
        help="where its records become rows (default: as the file is called); of several tables: TABLE=ENTITY,"
        " or TABLE= to leave one out",
    )
    parser.add_argument(
        "--also",
        metavar="ENTITY[=TABLE]",
        action="append",
        default=[],
        help="its columns hold parents of the records, too: --map ENTITY:COLUMN=FIELD says which, one at least",
    )


def is_single(args: argparse.Namespace) -> bool:
    """One file whose entity is said, or known from the import that it corrects."""
    if len(args.files) > 1 or args.also or Path(args.files[0]).is_dir():
        return False
    return bool(args.corrects) or (len(args.into) == 1 and "=" not in args.into[0])


def single_target(args: argparse.Namespace) -> str:
    if len(args.into) > 1:
        raise InputError("usage", "A correction goes where its import went.", remedy="Leave --into out.")
    return args.into[0] if args.into else ""


def bundle_request(args: argparse.Namespace, asked: Callable[[argparse.Namespace], ImportRequest]) -> BundleRequest:
    """`asked` makes a request of options."""
    if args.list:
        raise InputError("usage", "--list says which list of one file.", remedy="Say where it goes: --into LIST=ENTITY")
    if args.also and len(args.files) == len(args.into) == 1 and "=" not in args.into[0]:
        args.into = [f"{Path(args.files[0]).name}={args.into[0]}"]
    for word in (word for word in args.into if "=" not in word):
        raise InputError(
            "usage",
            f"--into {word} does not say which of several tables goes there.",
            remedy=f"Write --into {Path(args.files[0]).name}={word}",
        )
    return replace(by_table(args, asked, (*BY_TABLE, *OF_MIRRORS)), also=also(args.also))


def also(words: Sequence[str]) -> dict[str, str]:
    """
    >>> also(["customers", "products=lines.csv"])
    {'customers': '', 'products': 'lines.csv'}
    """
    return pairs([word if "=" in word else f"{word}=" for word in words], "--also")


def by_table(
    args: argparse.Namespace, asked: Callable[[argparse.Namespace], ImportRequest], options: Sequence[str] = BY_TABLE
) -> BundleRequest:
    """What holds for all of them, and what for each."""
    from entrepot.model.bundles import BundleRequest

    said = {option: [of_table(text, option) for text in getattr(args, option)] for option in options}
    tables = dict.fromkeys(table for texts in said.values() for table, _ in texts if table)
    return BundleRequest(
        into=pairs(args.into, "--into"),
        each=asked(only(args, said, {""})),
        tables={table: asked(only(args, said, {"", table})) for table in tables},
    )


def only(
    args: argparse.Namespace, said: Mapping[str, Sequence[tuple[str, str]]], tables: Collection[str]
) -> argparse.Namespace:
    """The options that are said for these tables; the empty one is all."""
    mine = {option: [rest for table, rest in texts if table in tables] for option, texts in said.items()}
    return argparse.Namespace(**{**vars(args), **mine})


def of_table(text: str, option: str = "map") -> tuple[str, str]:
    """
    >>> of_table("orders:customer=customer_id"), of_table("born=date:DD.MM.YYYY"), of_table("notes")
    (('orders', 'customer=customer_id'), ('', 'born=date:DD.MM.YYYY'), ('', 'notes'))
    >>> of_table("orders:at > '10:00'", "where"), of_table("at > '10:00'", "where")
    (('orders', "at > '10:00'"), ('', "at > '10:00'"))
    """
    if option == "where":
        table, rest = split_entity(text)
        return (table, rest) if rest != text else ("", text)
    name, equals, value = text.partition("=")
    table, colon, rest = name.partition(":")
    return (table, f"{rest}{equals}{value}") if colon and table else ("", text)
