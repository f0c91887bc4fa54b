"""Options of imports whose files have ids that mean nothing to the database."""

from __future__ import annotations

import argparse

from entrepot.model.own_ids import ALL


def add_own_ids(parser: argparse.ArgumentParser) -> None:
    own = parser.add_argument_group("ids that only the files know")
    own.add_argument(
        "--own-ids",
        nargs="?",
        const=ALL,
        action="append",
        default=[],
        metavar="ENTITY,…",
        help="keys of these (alone: of all that is imported), and references to them, are the files' own: new rows get"
        " keys from the database",
    )
    own.add_argument(
        "--source",
        metavar="NAME",
        default="",
        help="the same, and remembered under that name: the next import of that source finds its rows again"
        " (and --mode is upsert, unless it is said)",
    )


def own_ids(args: argparse.Namespace) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in ",".join(args.own_ids).split(",") if word.strip()))
