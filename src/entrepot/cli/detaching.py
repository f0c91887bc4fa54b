"""The options of commands that can be carried out by a worker."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.submissions import Manner


def add_job_options(parser: argparse.ArgumentParser) -> None:
    job = parser.add_argument_group("as a job")
    job.add_argument("--detach", action="store_true", help="a worker does it; print the id of the job (see: jobs)")
    job.add_argument("--priority", type=int, metavar="N", help="the lower, the sooner (default: 0)")
    job.add_argument("--key", metavar="TEXT", help="asking again with the same key is the same job")
    job.add_argument("--time-limit", type=int, metavar="SECONDS", help="stop it when it takes longer")


def must_be_detached(args: argparse.Namespace) -> None:
    given = [name for name in ("priority", "key", "time_limit") if getattr(args, name) is not None]
    if given:
        raise InputError(
            "usage", f"--{given[0].replace('_', '-')} is about jobs.", remedy="Add --detach, or leave it out."
        )


def manner(args: argparse.Namespace) -> Manner:
    from entrepot.submissions import Manner

    return Manner(priority=args.priority or 0, key=args.key, time_limit=args.time_limit)
