"""`entrepot formats`: what can be written, and what each format keeps."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = commands.add_parser("formats", help="the formats, what each one keeps, and their options")
    parser.add_argument("format", nargs="?", metavar="FORMAT", help="show the options of this one")
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json, say, table
    from entrepot.formats.registry import describe_options, format_for, formats

    if args.format:
        chosen = format_for(args.format)
        options = describe_options(chosen)
        if args.json:
            print_json({"name": chosen.name, "options": options})
            return 0
        say(f"{chosen.title}: {chosen.survives}\n")
        for line in table(("option", "default", "what it does"), [(o.name, repr(o.default), o.words) for o in options]):
            say(line)
        return 0
    known = formats()
    if args.json:
        print_json(
            [
                {
                    "name": f.name,
                    "aliases": f.aliases,
                    "extension": f.extension,
                    "media_type": f.media_type,
                    "lossless": f.lossless,
                    "survives": f.survives,
                }
                for f in known
            ]
        )
        return 0
    rows = [(f.name, ", ".join(f.aliases), f.extension, f.survives) for f in known]
    for line in table(("format", "also", "ending", "what survives"), rows):
        say(line)
    return 0
