"""`entrepot worker`: carries out what was submitted."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        "worker", help="carry out submitted jobs; one is started by itself where a job needs it"
    )
    parser.add_argument("--once", action="store_true", help="do what there is, and go")
    parser.add_argument("--idle-exit", type=float, metavar="SECONDS", help="go after so long without anything to do")
    parser.add_argument("--concurrency", type=int, default=2, metavar="N", help="jobs at once (default: 2)")
    parser.add_argument("--queues", metavar="NAME,…", default="", help="listen only to these (default: to all)")
    parser.add_argument(
        "--metrics", metavar="ADDRESS", help="also serve what `entrepot metrics` prints: 127.0.0.1:9464"
    )
    parser.add_argument("--config", metavar="FILE", help="the settings file (default: ./entrepot.toml)")
    return parser


def run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from entrepot.cli.logging_in import log_of_worker
    from entrepot.model.errors import InputError
    from entrepot.workers import run_worker

    if args.concurrency < 1:
        raise InputError("usage", "--concurrency counts the jobs that run at once.", remedy="Give it 1 or more.")
    idle = 0.0 if args.once else args.idle_exit
    queues = [name.strip() for name in args.queues.split(",") if name.strip()]
    config = Path(args.config) if args.config else None
    with log_of_worker(), _stopped_by_signals() as told:
        run_worker(config, args.concurrency, idle, told, metrics=args.metrics, queues=queues)
    return 0


@contextmanager
def _stopped_by_signals() -> Iterator[Callable[[Callable[[], None]], None]]:
    """The first signal asks: jobs are given back, which takes its time. The second one has the system's way."""
    asked: list[Callable[[], None]] = []

    def hear(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        for ask in asked:
            ask()

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.append
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
