"""The log of commands and of the worker, on standard error."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext

from entrepot.config.log_settings import FORM, log_settings
from entrepot.logs.begin import log_written
from entrepot.logs.lines import FACTS
from entrepot.logs.redacting import Redacting
from entrepot.model.errors import EntrepotError

LOG = logging.getLogger("entrepot.commands")


def log_in_standard_error() -> AbstractContextManager[None]:
    wanted = log_settings(os.environ)
    return log_written(sys.stderr, Redacting(os.environ), as_json=wanted.as_json, level=wanted.level)


def log_of_worker() -> AbstractContextManager[None]:
    """It has one, whatever the variables say; where they ask for one, every command has it already."""
    return nullcontext() if os.environ.get(FORM) else log_in_standard_error()


def logged(args: argparse.Namespace) -> int:
    """The command, with a line about its end beside what it prints."""
    began = time.monotonic()
    with log_in_standard_error():
        try:
            code = int(args.run(args))
        except BaseException as error:
            own = error.code if isinstance(error, EntrepotError) else type(error).__name__
            LOG.error("%s: %s", args.command, error, extra=_facts(args, began, own))
            raise
        LOG.info("%s: ended with %d", args.command, code, extra=_facts(args, began))
        return code


def _facts(args: argparse.Namespace, began: float, error: str | None = None) -> dict[str, object]:
    said = {"command": args.command, "seconds": round(time.monotonic() - began, 3)}
    return {FACTS: said if error is None else {**said, "error": error}}
