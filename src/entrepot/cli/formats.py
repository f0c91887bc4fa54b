"""`entrepot formats`: what can be written, and what each format keeps."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.formats.port import Format

WIDTH = 88


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = commands.add_parser("formats", help="the formats, what each one keeps, and their options")
    parser.add_argument("format", nargs="?", metavar="FORMAT", help="show the options of this one")
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json, say
    from entrepot.formats.registry import format_for, formats

    chosen = [format_for(args.format)] if args.format else list(formats())
    if args.json:
        found = [_as_data(each) for each in chosen]
        print_json(found[0] if args.format else found)
        return 0
    for each in chosen:
        for line in _lines(each, with_options=bool(args.format)):
            say(line)
    return 0


def _lines(format: Format, *, with_options: bool) -> Iterator[str]:
    yield f"{', '.join((format.name, *format.aliases))}  ({format.extension})"
    yield from wrap(format.survives, WIDTH, initial_indent="    ", subsequent_indent="    ")
    if with_options:
        yield from _option_lines(format)


def _option_lines(format: Format) -> Iterator[str]:
    from entrepot.formats.registry import describe_options

    for option in describe_options(format):
        yield f"\n  --option {option.name}=…  ({option.type}; default {option.default!r})"
        yield from wrap(option.words, WIDTH, initial_indent="      ", subsequent_indent="      ")


def _as_data(format: Format) -> dict[str, object]:
    from entrepot.formats.registry import describe_options

    return {
        "name": format.name,
        "aliases": format.aliases,
        "extension": format.extension,
        "media_type": format.media_type,
        "lossless": format.lossless,
        "survives": format.survives,
        "options": describe_options(format),
    }
