"""`entrepot cleanup`: what is no longer kept goes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.cleanup import CleanupReceipt

EPILOG = """\
examples:
  entrepot cleanup --dry-run         what would go, how much that is, and why
  entrepot cleanup                   remove it
  entrepot schedule add tidy --cleanup --cron "daily at 03:00"
[retention] says how long what is kept. The audit is never shortened.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        "cleanup",
        help="remove stored files, plans and jobs that are no longer kept",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    parser.add_argument(
        "--orphans", action="store_true", help="also stored files that no record knows: if no records were lost"
    )
    parser.add_argument("--detach", action="store_true", help="have a worker do it: prints the id of the job")
    parser.add_argument("--config", metavar="FILE", help="the settings file (default: ./entrepot.toml)")
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.job_views import print_submitted
    from entrepot.cli.output import print_json
    from entrepot.model.errors import InputError
    from entrepot.service.entrepot import Entrepot

    service = Entrepot(config=args.config, cancel=args.stop.switch(), origin="cli")
    if args.detach and args.dry_run:
        raise InputError("usage", "A dry run is no job.", remedy="Leave --detach out.")
    if args.detach:
        print_submitted(service.submit_cleanup(orphans=args.orphans), as_json=args.json)
        return 0
    found = service.cleanup(dry_run=args.dry_run, orphans=args.orphans)
    print_json(found) if args.json else print_cleanup(found)
    return 0


def print_cleanup(found: CleanupReceipt) -> None:
    from entrepot.cli.output import say, size_words, table

    rows = [(each.kind, f"{each.count:,}", size_words(each.bytes), each.why) for each in found.sums]
    for line in table(("what", "how many", "size", "why"), rows, right=(1, 2)) if rows else ():
        say(line)
    if rows:
        say()
    done = "would go" if found.dry_run else "went"
    say(f"{found.count:,} {done}, {size_words(found.bytes)}." if rows else f"Nothing {done}.")
    if found.orphans_left:
        say(
            f"{found.orphans_left:,} stored files, {size_words(found.orphan_bytes)}, are known to no record. They stay:"
            " perhaps the records are what was lost. If not: --orphans"
        )
