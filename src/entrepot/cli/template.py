"""`entrepot template`: empty files to fill in and import."""

from __future__ import annotations

import argparse

EPILOG = """\
examples:
  entrepot template users -o users.xlsx
  entrepot template customers orders order_lines -o new-orders.xlsx
  entrepot template users -o users.csv --no-example
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "template",
        help="an empty xlsx, csv or json file of an entity's fields, to fill in and import",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("entities", nargs="+", metavar="ENTITY", help="names, @groups or *")
    parser.add_argument("-o", "--output", metavar="PATH", help="a file; of several entities in csv a folder")
    parser.add_argument("-f", "--format", metavar="FORMAT", help="xlsx (excel), csv or json, if no ending says it")
    parser.add_argument("--required", action="store_true", help="only the fields that a new row needs")
    parser.add_argument("--no-example", action="store_true", help="without the row that shows what to write")
    parser.add_argument("--tenant", metavar="KEY", help="for rows of one tenant, by its key or a name")
    parser.add_argument(
        "--list-rows", type=int, metavar="N", help="lists of what may be referred to, if at most N rows (default: 200)"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.opening import opened
    from entrepot.cli.output import print_json, say

    with opened(args) as service:
        files = service.template(
            *args.entities,
            to=args.output,
            format=args.format,
            example=not args.no_example,
            only_required=args.required,
            tenant=args.tenant,
            overwrite=args.overwrite,
            **({} if args.list_rows is None else {"most_parents": args.list_rows}),
        )
    if args.json:
        print_json({"files": files})
        return 0
    for file in files:
        say(str(file))
    say("\nFill it in and give it to: entrepot import")
    return 0
