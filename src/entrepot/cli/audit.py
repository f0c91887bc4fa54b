"""`entrepot audit`: who did what to what, when, and with which result."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.audit import AuditFilter
    from entrepot.service.entrepot import Entrepot

EPILOG = """\
examples:
  entrepot audit list --about imp_…                  everything that concerns one import
  entrepot audit list --user local:anna --since 2026-11-01
  entrepot audit verify                              whether anything was changed or taken away; note the last seal
  entrepot audit verify --known 4711:6f1c…           and whether what was noted down is still there
  entrepot audit export -o audit.csv                 or .ndjson, .json, .xlsx, …
  entrepot audit report --by month -o operations.pdf
"""
DAMAGED = 7


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        "audit",
        help="who did what, whether that list is whole, and reports of it",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("list", "verify", "export", "report"), help="report: counted by user, entity")
    parser.add_argument("--user", metavar="NAME", help="who did it, as the list names them")
    parser.add_argument("--action", metavar="ACTION", help="as the list names it, such as import.apply")
    parser.add_argument("--about", metavar="NAME", help="an entity, file, plan or job")
    parser.add_argument("--tenant", metavar="KEY", help="done by somebody bound to this tenant")
    parser.add_argument("--since", metavar="DATE", help="from this day or moment on (UTC)")
    parser.add_argument("--until", metavar="DATE", help="before this day or moment (UTC)")
    parser.add_argument("--last", metavar="N", type=int, help="list: at most so many (default: 50)")
    parser.add_argument("--known", metavar="NUMBER:SEAL", help="verify: the last line as it was noted down before")
    parser.add_argument("--by", choices=("day", "month", "year"), help="report: the period (default: month)")
    parser.add_argument("-o", "--output", metavar="FILE", help="export, report: csv ndjson json xlsx pdf …")
    parser.add_argument("-f", "--format", metavar="FORMAT", help="if the file's ending does not say it")
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    parser.add_argument("--config", metavar="FILE", help="the settings file (default: ./entrepot.toml)")
    return parser


FITTING = {
    "last": ("list",),
    "known": ("verify",),
    "by": ("report",),
    "output": ("export", "report"),
    "format": ("export", "report"),
    "overwrite": ("export", "report"),
    **dict.fromkeys(("user", "action", "about", "tenant", "since", "until"), ("list", "export", "report")),
}
"""An option that would be ignored is a mistake."""


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.progress import reporter
    from entrepot.service.entrepot import Entrepot

    check(args)
    with reporter(as_json=args.json) as told:
        service = Entrepot(config=args.config, reporter=told, cancel=args.stop.switch(), origin="cli")
        if args.output is not None:
            return written(args, service)
    return {"list": listed, "verify": verified, "report": reported}[args.what](args, service)


def check(args: argparse.Namespace) -> None:
    from entrepot.model.errors import InputError

    for name, fitting in FITTING.items():
        if getattr(args, name) not in (None, False) and args.what not in fitting:
            raise InputError("usage", f"--{name} is for `audit {fitting[0]}`.", remedy="Leave it out.")
    if args.what == "export" and args.output is None:
        raise InputError("usage", "Where to write it is not said.", remedy="Add -o FILE, such as -o audit.csv.")
    if args.last is not None and args.last < 1:
        raise InputError("usage", f"--last {args.last} is nothing to show.", remedy="Give 1 or more.")


def which(args: argparse.Namespace) -> AuditFilter:
    from entrepot.exporting.conditions import dates
    from entrepot.model.audit import AuditFilter
    from entrepot.model.selection import Selection

    since, until = dates(Selection(since=args.since, until=args.until))
    return AuditFilter(
        principal=args.user,
        action=args.action,
        about=args.about,
        tenant=args.tenant,
        since=in_utc(since),
        until=in_utc(until),
    )


def in_utc(moment: str | None) -> datetime | None:
    return None if moment is None else datetime.fromisoformat(moment).replace(tzinfo=UTC)


def listed(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.audit_views import print_lines
    from entrepot.cli.output import print_json

    lines = service.audit(which(args), limit=args.last or 50)
    print_json(lines) if args.json else print_lines(lines)
    return 0


def verified(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.audit_views import print_verdict
    from entrepot.cli.output import print_json

    verdict = service.verify_audit(args.known)
    print_json(verdict) if args.json else print_verdict(verdict)
    return 0 if verdict.whole else DAMAGED


def reported(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.audit_views import print_operations
    from entrepot.cli.output import print_json

    found = service.operations(which(args), by=args.by or "month")
    print_json(found) if args.json else print_operations(found)
    return 0


def written(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.output import print_json, say
    from entrepot.exporting.plan import ExportOptions

    options = ExportOptions(format=args.format, overwrite=args.overwrite)
    if args.what == "export":
        outcome = service.export_audit(to=args.output, which=which(args), options=options)
    else:
        outcome = service.operations_report(to=args.output, which=which(args), by=args.by or "month", options=options)
    rows = outcome.receipt.totals["rows"]
    print_json(outcome) if args.json else say(f"{rows:,} {'line' if rows == 1 else 'lines'} to {outcome.path}.")
    return 0
