"""Options of `entrepot import` that say what happens to rows that exist, and to those that the file does not name."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entrepot.model.mirrors import Mirror

MODES = ("create", "update", "upsert", "mirror")
WORDS = (
    "create",
    "fail_on_conflict",
    "merge",
    "mirror",
    "overwrite",
    "replace",
    "skip",
    "skip_existing",
    "update",
    "version",
)
"""Those of model/strategies.py; their list would cost the start of every command."""


def add_strategy(what: argparse._ArgumentGroup, *, mode: str, modes: Sequence[str] = MODES[:3]) -> None:
    """Of a copy, too. None of them has a default here: `--strategy` may stand instead."""
    what.add_argument("--mode", choices=modes, help=f"default: {mode}")
    what.add_argument(
        "--on-conflict",
        choices=("fail", "skip", "overwrite", "merge", "version"),
        help="where the row exists (default: fail for create, else overwrite)",
    )
    what.add_argument("--blank", choices=("keep", "clear", "fill"), help="what an empty cell does when merging")
    what.add_argument(
        "--key",
        metavar="A,B",
        action="append",
        default=[],
        help="the fields that identify a row (default: the first key it has)",
    )
    what.add_argument(
        "--prove", action="store_true", help="read back what was written, before it is committed, and compare"
    )


def add_strategies(what: argparse._ArgumentGroup) -> None:
    add_strategy(what, mode="create; mirror deletes rows that the file does not name", modes=MODES)
    what.add_argument(
        "--strategy",
        metavar="WORD",
        choices=(*WORDS, "upsert"),
        help=f"--mode and --on-conflict in one word: {', '.join(WORDS)}, upsert",
    )


def add_mirroring(parser: argparse.ArgumentParser) -> None:
    some = parser.add_argument_group("with --mode mirror")
    some.add_argument(
        "--where",
        metavar="[TABLE:]FILTER",
        action="append",
        default=[],
        help="the rows that the file is to be equal to (default: all; repeated: all must hold)",
    )
    add_limits(some)


def add_limits(some: argparse._ArgumentGroup) -> None:
    """Of a copy, too, which has a filter of its own."""
    some.add_argument(
        "--max-deletes",
        metavar="[TABLE:]N|N%",
        action="append",
        default=[],
        help="nothing is done if more of these rows would be deleted (default: as the settings say, else 50%%)",
    )
    add_confirmation(some)


def add_confirmation(some: argparse._ArgumentGroup | argparse.ArgumentParser) -> None:
    some.add_argument(
        "--confirm-deletes",
        metavar="N",
        type=int,
        help="so many rows are deleted, of all tables, as the preview says; asked for where nobody could type it",
    )


def decided(args: argparse.Namespace) -> dict[str, Any]:
    """Of an `ImportRequest`."""
    from entrepot.model.drafts import Blank, Mode, OnConflict
    from entrepot.model.errors import InputError
    from entrepot.model.strategies import strategy_of

    said = {"mirror": mirror_of(args, args.where)}
    if args.strategy is None:
        usual = "upsert" if args.source else "create"
        mode, conflict = Mode(args.mode or usual), OnConflict(args.on_conflict) if args.on_conflict else None
        return {**said, "mode": mode, "on_conflict": conflict, "blank": Blank(args.blank or "keep")}
    if args.mode or args.on_conflict or args.blank:
        raise InputError(
            "usage",
            f"--strategy {args.strategy} says what --mode, --on-conflict and --blank say.",
            remedy="Use the one or the others.",
        )
    return {**said, **vars(strategy_of(args.strategy, "--strategy"))}


def mirror_of(args: argparse.Namespace, filters: Sequence[str] = ()) -> Mirror:
    from entrepot.model.mirrors import Mirror

    where = " and ".join(filters if len(filters) < 2 else [f"({one})" for one in filters])
    most = args.max_deletes[-1] if args.max_deletes else ""
    return Mirror(where=where, most=most, confirmed=args.confirm_deletes)
