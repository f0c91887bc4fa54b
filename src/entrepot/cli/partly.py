"""Options of imports that do not take every record."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entrepot.model.drafts import OnConflict


def add_partly(parser: argparse.ArgumentParser) -> None:
    some = parser.add_argument_group("records that are left out")
    some.add_argument(
        "--errors",
        choices=("all_or_nothing", "skip"),
        default="all_or_nothing",
        help="whether one bad record keeps all others out (default), or only itself",
    )
    some.add_argument("--max-errors", metavar="N|N%", help="with --errors skip: nothing is done if more records fail")
    some.add_argument("--errors-file", metavar="FILE", help="write the records that fail there, with what is wrong")
    some.add_argument(
        "--batch-size",
        type=int,
        metavar="N",
        help="with --errors skip: so many records to a transaction",
    )
    some.add_argument("--corrects", metavar="JOB", help="each FILE is an errors file of that import, corrected")
    some.add_argument("--skip-rows", metavar="5,9-12", action="append", default=[], help="leave these records out")
    some.add_argument(
        "--rows",
        metavar="5,9-12=HOW",
        action="append",
        default=[],
        help="what these records do where their row exists: fail, skip, overwrite, merge or version",
    )


def partly(args: argparse.Namespace) -> dict[str, Any]:
    """Of an `ImportRequest`."""
    from entrepot.model.drafts import Errors

    return {
        "errors": Errors(args.errors),
        "max_errors": args.max_errors,
        "decisions": decisions(args),
        "corrects": args.corrects,
        "batch_size": args.batch_size,
    }


def decisions(args: argparse.Namespace) -> dict[str, OnConflict]:
    from entrepot.model.drafts import OnConflict
    from entrepot.model.errors import InputError

    found: dict[str, OnConflict] = {}
    for text in (*args.rows, *(f"{words}=skip" for words in args.skip_rows)):
        records, _, how = text.rpartition("=")
        if how not in set(OnConflict):
            raise InputError(
                "usage",
                f"'{text}' does not say what becomes of which records.",
                remedy="Write, for example, --rows 5,9-12=overwrite; or fail, skip, merge.",
            )
        if found.get(records, how) != how:
            raise InputError(
                "decided_twice", f"The records {records} are decided about twice.", remedy="Name each record once."
            )
        found[records] = OnConflict(how)
    return found
