"""`entrepot catalog`: what Entrepot understood of the schema."""

from __future__ import annotations

import argparse

from entrepot.model.errors import InputError


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser("catalog", help="entities, relations, load order, cycles, tenants")
    parser.add_argument("entities", nargs="*", metavar="ENTITY", help="only these, with all their fields")
    view = parser.add_mutually_exclusive_group()
    view.add_argument("--tree", action="store_true", help="every entity with its fields, keys and relations")
    view.add_argument("--graph", action="store_true", help="a Mermaid entity-relationship diagram")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli import catalog_views
    from entrepot.cli.output import print_json, say
    from entrepot.service.entrepot import Entrepot

    if args.json and (args.tree or args.graph):
        raise InputError(
            "usage", "--json prints data, and neither a tree nor a graph.", remedy="Leave out one of them."
        )
    service = Entrepot(args.db, config=args.config, origin="cli")
    catalog = service.catalog()
    names = tuple(service.entity(name).name for name in args.entities)
    if args.json:
        print_json(catalog_views.as_data(catalog, names))
        return 0
    if args.graph:
        lines = catalog_views.mermaid_lines(catalog, names)
    elif args.tree or names:
        lines = catalog_views.tree_lines(catalog, names)
    else:
        say(f"{catalog.database} ({catalog.engine} {catalog.version}), {len(catalog.entities)} entities\n")
        lines = catalog_views.table_lines(catalog) if catalog.entities else iter(["There are no tables in it."])
    for line in lines:
        say(line)
    return 0
