"""`entrepot schedule`: exports and clean-ups that are done again and again."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.service.entrepot import Entrepot
    from entrepot.use_cases.timetable import Plan

EPILOG = """\
examples:
  entrepot schedule add nightly users orders --cron "daily at 02:00" -o backups/ -f csv --keep daily=7 --keep weekly=4
  entrepot schedule preview nightly       the next runs, and what rotation would remove
  entrepot schedule run nightly           once, now
Schedules run while a worker does: entrepot worker. Those of entrepot.toml are changed there.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli import selecting
    from entrepot.cli.export import add_output_options
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "schedule",
        help="have exports and clean-ups done again and again, and old exports removed",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=tuple(DOING))
    parser.add_argument("name", metavar="NAME", nargs="?", help="what it is called")
    _add_times(parser)
    selecting.add_options(parser)
    add_output_options(parser)
    add_database_options(parser)
    return parser


def _add_times(parser: argparse.ArgumentParser) -> None:
    when = parser.add_argument_group("when, and what stays")
    when.add_argument("--cron", metavar="TEXT", help="'daily at 02:00', 'weekly on mon at 02:00', or five cron fields")
    when.add_argument("--zone", default="UTC", metavar="ZONE", help="such as Europe/Berlin (default: UTC)")
    when.add_argument(
        "--keep",
        action="append",
        default=[],
        metavar="RULE=VALUE",
        help="last=7 daily=7 weekly=4 monthly=12 within=90d size=10GB: what any of them wants stays (default: all)",
    )
    when.add_argument("--cleanup", action="store_true", help="add: clean up instead of an export (entrepot cleanup)")
    when.add_argument("--missed", default="once", metavar="POLICY", help="skip, once or all (default: once)")
    when.add_argument("--overlap", default="skip", metavar="POLICY", help="skip or queue (default: skip)")
    when.add_argument(
        "--most", type=int, default=10, metavar="N", help="so many missed times run, or wait (default: 10)"
    )
    when.add_argument(
        "--queue", metavar="NAME", help="for the workers that listen to it (default: as the settings say)"
    )
    when.add_argument("--runs", type=int, default=5, metavar="N", help="preview: the next N runs (default: 5)")


def run(args: argparse.Namespace) -> int:
    from entrepot.service.entrepot import Entrepot

    if (args.name is None) is not (args.what == "list"):
        said = "needs the name of a schedule" if args.name is None else "takes no name"
        raise InputError("usage", f"`entrepot schedule {args.what}` {said}.", remedy="See: entrepot schedule --help")
    if args.what != "add" and (args.entities or args.cron):
        given = "--cron" if args.cron else args.entities[0]
        raise InputError(
            "usage", f"`entrepot schedule {args.what}` does not take {given}.", remedy="See: entrepot schedule --help"
        )
    return DOING[args.what](args, Entrepot(args.db, config=args.config, origin="cli"))


def listed(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.output import print_json
    from entrepot.cli.schedule_views import print_schedules, say_worker

    found = service.schedules()
    if args.json:
        print_json(found)
        return 0
    print_schedules(found)
    if found:
        say_worker(alive=service.has_worker())
    return 0


def added(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli import selecting
    from entrepot.cli.export import options
    from entrepot.cli.output import print_json
    from entrepot.cli.schedule_views import print_schedule, say_worker

    if args.cleanup:
        _nothing_of_exports(args)
        found = service.add_cleanup_schedule(args.name, plan=_plan(args))
    else:
        found = service.add_schedule(
            args.name,
            plan=_plan(args),
            to=args.output,
            selection=selecting.selection(args),
            named=args.selection,
            options=options(args),
        )
    if args.json:
        print_json(found)
        return 0
    print_schedule(found)
    say_worker(alive=service.has_worker())
    return 0


def _nothing_of_exports(args: argparse.Namespace) -> None:
    given = args.entities[0] if args.entities else args.output or args.format
    if given:
        raise InputError("usage", f"A clean-up does not take {given}.", remedy="Make the export a schedule of its own.")


def _plan(args: argparse.Namespace) -> Plan:
    from entrepot.cli.selecting import pairs
    from entrepot.use_cases.timetable import Plan

    if args.cron is None:
        raise InputError("usage", "It is not said when.", remedy="Say it: --cron 'daily at 02:00'")
    return Plan(
        cron=args.cron,
        zone=args.zone,
        keep=pairs(args.keep, "--keep"),
        missed=args.missed,
        overlap=args.overlap,
        most=args.most,
        queue=args.queue,
    )


def paused(args: argparse.Namespace, service: Entrepot) -> int:
    return _told(args, service.pause_schedule(args.name), "is paused")


def resumed(args: argparse.Namespace, service: Entrepot) -> int:
    return _told(args, service.resume_schedule(args.name), "goes on")


def removed(args: argparse.Namespace, service: Entrepot) -> int:
    return _told(args, service.remove_schedule(args.name), "is removed; what it has made stays")


def _told(args: argparse.Namespace, found: object, words: str) -> int:
    from entrepot.cli.output import print_json, say

    print_json(found) if args.json else say(f"The schedule '{args.name}' {words}.")
    return 0


def begun(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.job_views import print_submitted

    print_submitted(service.run_schedule(args.name), as_json=args.json)
    return 0


def previewed(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.output import print_json
    from entrepot.cli.schedule_views import print_preview

    found = service.preview_schedule(args.name, args.runs)
    print_json(found) if args.json else print_preview(found)
    return 0


DOING: Mapping[str, Callable[[argparse.Namespace, Entrepot], int]] = {
    "add": added,
    "list": listed,
    "pause": paused,
    "resume": resumed,
    "run": begun,
    "remove": removed,
    "preview": previewed,
}
