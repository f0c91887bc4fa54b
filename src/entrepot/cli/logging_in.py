"""The log of commands and of the worker, on standard error."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time

from entrepot.config.log_settings import log_settings
from entrepot.logs.begin import write_log
from entrepot.logs.lines import FACTS
from entrepot.logs.redacting import Redacting
from entrepot.model.errors import EntrepotError

LOG = logging.getLogger("entrepot.commands")


def begin_log() -> None:
    wanted = log_settings(os.environ)
    write_log(sys.stderr, Redacting(os.environ), as_json=wanted.as_json, level=wanted.level)


def logged(args: argparse.Namespace) -> int:
    """The command, with a line about its end beside what it prints."""
    begin_log()
    began = time.monotonic()
    try:
        code = int(args.run(args))
    except BaseException as error:
        own = isinstance(error, EntrepotError)
        LOG.error("%s: %s", args.command, error, extra=_facts(args, began, error.code if own else type(error).__name__))
        raise
    LOG.info("%s: ended with %d", args.command, code, extra=_facts(args, began))
    return code


def _facts(args: argparse.Namespace, began: float, error: str | None = None) -> dict[str, object]:
    said = {"command": args.command, "seconds": round(time.monotonic() - began, 3)}
    return {FACTS: said if error is None else {**said, "error": error}}
