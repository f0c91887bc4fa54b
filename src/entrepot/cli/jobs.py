"""`entrepot jobs`: what was submitted, how far it is, and what became of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from entrepot.model.errors import CancelledError, InputError

if TYPE_CHECKING:
    from entrepot.model.records import JobRecord
    from entrepot.service.entrepot import Entrepot

EPILOG = """\
examples:
  entrepot export orders -o orders.csv --detach    prints the id of the job
  entrepot jobs watch exp_…                        until it is over; the exit code is that of the job
  entrepot jobs download exp_… -o orders.csv       where it was not told where to write
  entrepot jobs link exp_… --for 2d                for somebody else, who may read that file until then
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    from entrepot.cli.parser import add_database_options

    parser = commands.add_parser(
        "jobs",
        help="list, watch, cancel and retry jobs, and download their files",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=tuple(DOING))
    parser.add_argument("job", metavar="JOB", nargs="?", help="its id")
    parser.add_argument("--kind", metavar="KIND", help="list: only export, import, undo, …")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="list: at most N (default: 20)")
    parser.add_argument("--after", type=int, default=0, metavar="N", help="watch, logs: what came after event N")
    parser.add_argument(
        "--for", dest="lasting", default="1h", metavar="TIME", help="link: so long, such as 2d (default: 1h)"
    )
    parser.add_argument("--link", metavar="TOKEN", help="download: what this link leads to, instead of a job")
    parser.add_argument("-o", "--output", metavar="PATH", help="download: a file, or a folder")
    parser.add_argument("--words", metavar="SYSTEM", help="list, show: as chenu, housef3, netcmdb say it")
    add_database_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.service.entrepot import Entrepot

    if args.link is not None and (args.what != "download" or args.job is not None):
        raise InputError(
            "usage", "A link stands for the job, and can only be downloaded.", remedy="See: entrepot jobs --help"
        )
    if args.what != "list" and args.job is None and args.link is None:
        raise InputError(
            "usage", f"`entrepot jobs {args.what}` needs the id of a job.", remedy="See: entrepot jobs list"
        )
    return DOING[args.what](args, Entrepot(args.db, config=args.config, origin="cli"))


def listed(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.job_views import print_list
    from entrepot.cli.output import print_json

    jobs = service.jobs(args.limit, kind=args.kind)
    if args.words is not None:
        return _in_words(args, service, jobs)
    print_json(jobs) if args.json else print_list(jobs)
    return 0


def shown(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.job_views import print_view
    from entrepot.cli.output import print_json

    found = service.job(args.job)
    if args.words is not None:
        return _in_words(args, service, (found.job,))
    print_json(found) if args.json else print_view(found)
    return 0


def _in_words(args: argparse.Namespace, service: Entrepot, jobs: tuple[JobRecord, ...]) -> int:
    """One that is shown is one document."""
    from entrepot.cli.job_views import print_words, words_of
    from entrepot.cli.output import print_json

    words = words_of(jobs, service.job_words(args.words, *(job.id for job in jobs)))
    if args.json:
        print_json(words if args.what == "list" else words[0])
    else:
        print_words(words)
    return 0


def watched(args: argparse.Namespace, service: Entrepot) -> int:
    """Ctrl-C ends the watching, never the job."""
    from entrepot.cli.job_views import Watcher, outcome

    watcher = Watcher(as_json=args.json)
    try:
        with args.stop.at_once():
            for told in service.follow(args.job, args.after):
                watcher.tell(told)
    except KeyboardInterrupt:
        raise CancelledError("stopped", "Stopped watching; the job goes on.") from None
    found = service.job(args.job)
    watcher.end(found)
    return outcome(found.job)


def logged(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.job_views import event_line
    from entrepot.cli.output import print_json, say

    events = service.job_events(args.job, args.after)
    if args.json:
        print_json(events)
    else:
        for event in events:
            say(event_line(event))
    return 0


def cancelled(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.output import print_json, say

    job = service.cancel_job(args.job)
    if args.json:
        print_json(job)
    else:
        say(f"{job.id} is cancelled." if job.status.final else f"{job.id} is asked to stop.")
    return 0


def retried(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.job_views import print_submitted

    print_submitted(service.retry_job(args.job), as_json=args.json)
    return 0


def downloaded(args: argparse.Namespace, service: Entrepot) -> int:
    from entrepot.cli.output import print_json, say

    if args.output is None:
        raise InputError("usage", "It is not said where the files go.", remedy="Name a file or a folder: -o PATH")
    files = (
        service.download(args.job, to=args.output)
        if args.link is None
        else service.download_link(args.link, to=args.output)
    )
    if args.json:
        print_json({"job": args.job, "files": files})
    else:
        for file in files:
            say(str(file))
    return 0


def linked(args: argparse.Namespace, service: Entrepot) -> int:
    """The names go beside: what programs take is the link alone."""
    from entrepot.cli.output import print_json, say
    from entrepot.config.durations import duration

    links = service.link(args.job, expires=duration(args.lasting, "--for"))
    if args.json:
        print_json(links)
        return 0
    for link in links:
        say(link.url or link.token)
        if sys.stderr.isatty():
            sys.stderr.write(f"{link.name}, until {link.until:%Y-%m-%d %H:%M} UTC\n")
    return 0


DOING: Mapping[str, Callable[[argparse.Namespace, Entrepot], int]] = {
    "list": listed,
    "show": shown,
    "watch": watched,
    "cancel": cancelled,
    "retry": retried,
    "logs": logged,
    "download": downloaded,
    "link": linked,
}
