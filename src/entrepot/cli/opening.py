"""The service as a command uses it: it tells how far it is, and listens to Ctrl-C."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.service.entrepot import Entrepot


@contextmanager
def opened(args: argparse.Namespace) -> Iterator[Entrepot]:
    """While the block runs, standard error belongs to the progress: ask nobody anything."""
    from entrepot.cli.progress import reporter
    from entrepot.service.entrepot import Entrepot

    with reporter(as_json=args.json) as told:
        yield Entrepot(args.db, config=args.config, reporter=told, cancel=args.stop.switch(), origin="cli")


def is_terminal() -> bool:
    """Whether somebody sees a question, and can answer it."""
    return sys.stdin.isatty() and sys.stdout.isatty()
