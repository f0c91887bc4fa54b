"""`entrepot notifications`: what was told of jobs to whom, and whether it got there."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.notices import DeliveryRecord


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = commands.add_parser("notifications", help="what was told of jobs to whom, and whether it got there")
    parser.add_argument("what", choices=("list",))
    parser.add_argument("--job", metavar="JOB", help="only of this one")
    parser.add_argument("--last", metavar="N", type=int, default=50, help="at most so many (default: 50)")
    parser.add_argument("--config", metavar="FILE", help="the settings file (default: ./entrepot.toml)")
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json
    from entrepot.model.errors import InputError
    from entrepot.service.entrepot import Entrepot

    if args.last < 1:
        raise InputError("usage", f"--last {args.last} is nothing to show.", remedy="Give 1 or more.")
    found = Entrepot(config=args.config, origin="cli").notifications(args.last, job=args.job)
    print_json(found) if args.json else print_deliveries(found)
    return 0


def print_deliveries(found: tuple[DeliveryRecord, ...]) -> None:
    from entrepot.cli.output import say, table

    if not found:
        say("Nothing was to be told. `[[notifications]]` in the settings says who is told what.")
        return
    headers = ("when (UTC)", "job", "event", "to", "status", "attempts", "what is wrong")
    for line in table(headers, [_row(one) for one in found], right=(5,)):
        say(line)


def _row(one: DeliveryRecord) -> tuple[str, ...]:
    when = f"{one.created_at:%Y-%m-%d %H:%M:%S}"
    return when, one.job or "", one.event, one.target, one.status, str(one.attempts), one.error or ""
