"""The options of commands that can be carried out by a worker."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.use_cases.submissions import Manner


def add_job_options(parser: argparse.ArgumentParser) -> None:
    job = parser.add_argument_group("as a job")
    job.add_argument("--detach", action="store_true", help="a worker does it; print the id of the job (see: jobs)")
    job.add_argument("--priority", type=int, metavar="N", help="the lower, the sooner (default: 0)")
    job.add_argument("--job-key", metavar="TEXT", help="asking again with the same key is the same job")
    job.add_argument("--queue", metavar="NAME", help="for the workers that listen to it (default: as the settings say)")
    job.add_argument("--time-limit", type=int, metavar="SECONDS", help="stop it when it takes longer")


def check(args: argparse.Namespace) -> bool:
    """Whether it is to be detached; what a job cannot be given is refused."""
    if not args.detach:
        must_be_detached(args)
        return False
    secrets = [name for name in ("passphrase_file", "identity_file") if getattr(args, name, None) is not None]
    if secrets:
        raise InputError(
            "secret_in_job",
            f"A job keeps what it was asked for, so that it cannot be given --{secrets[0].replace('_', '-')}.",
            remedy="Use the keys of the settings ([encryption]), or do it without --detach.",
        )
    if getattr(args, "errors_file", None) is not None:
        raise InputError(
            "usage",
            "A job writes no errors file.",
            remedy="Leave it out: what fails is kept, and `entrepot jobs` tells how it went.",
        )
    return True


def must_be_detached(args: argparse.Namespace) -> None:
    given = [name for name in ("priority", "job_key", "queue", "time_limit") if getattr(args, name) is not None]
    if given:
        raise InputError(
            "usage", f"--{given[0].replace('_', '-')} is about jobs.", remedy="Add --detach, or leave it out."
        )


def manner(args: argparse.Namespace) -> Manner:
    from entrepot.use_cases.submissions import Manner

    return Manner(priority=args.priority or 0, key=args.job_key, queue=args.queue, time_limit=args.time_limit)
