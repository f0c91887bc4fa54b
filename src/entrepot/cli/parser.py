"""All commands, found by name. Nothing heavy is imported before a command runs (docs/decisions/0003)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from entrepot.cli.output import report_error
from entrepot.model.errors import BugError, CancelledError, EntrepotError, StorageError
from entrepot.version import VERSION

COMMANDS = ("demo", "catalog", "export", "inspect", "fingerprint", "formats", "doctor")


class Command(Protocol):
    """What each module of this package offers."""

    def add(self, commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser: ...

    def run(self, args: argparse.Namespace) -> int: ...


class Parser(argparse.ArgumentParser):
    """argparse, but a wrong command line ends like every other wrong input: code, remedy, exit code 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        report_error(_usage_error(self.prog, message), as_json="--json" in sys.argv)
        sys.exit(2)


def _usage_error(program: str, message: str) -> EntrepotError:
    from entrepot.model.errors import InputError

    return InputError("usage", f"{message[0].upper()}{message[1:]}.", remedy=f"See: {program} --help")


def build_parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Parser(
        prog="entrepot",
        description="Carries the data behind an application out, in and into safety.",
        epilog="Exit codes: 0 done · 2 fix the input · 3 no access · 4 unavailable, try again · 5 changed meanwhile · "
        "6 storage · 7 damaged · 70 our bug · 130 stopped.",
    )
    parser.add_argument("--version", action="version", version=f"entrepot {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module: Command = import_module(f"entrepot.cli.{name}")  # type: ignore[assignment]
        command = module.add(commands)
        command.set_defaults(run=module.run)
        command.add_argument("--json", action="store_true", help="print one JSON document, whatever happens")
    return parser


def add_database_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--db", metavar="NAME|URL", help="a database of entrepot.toml or a URL (default: ENTREPOT_DB)")
    parser.add_argument("--config", metavar="FILE", help="the settings file (default: ./entrepot.toml)")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; every outcome becomes an exit code, none a traceback."""
    args = build_parser().parse_args(argv)
    try:
        return int(args.run(args))
    except EntrepotError as error:
        report_error(error, as_json=args.json)
        return error.exit_code
    except KeyboardInterrupt:
        stopped = CancelledError("stopped", "Stopped.", remedy="Nothing was left behind.")
        report_error(stopped, as_json=args.json)
        return stopped.exit_code
    except BrokenPipeError:
        return _closed_pipe()
    except OSError as error:
        report_error(_storage_error(error), as_json=args.json)
        return StorageError.exit_code
    except Exception as error:  # the last line of defence: a person gets a sentence, the trace is kept on request
        if os.environ.get("ENTREPOT_TRACE"):
            raise
        bug = BugError(
            "unexpected",
            f"Something unexpected happened: {type(error).__name__}: {error}",
            remedy="Run again with ENTREPOT_TRACE=1 and report what it prints.",
        )
        report_error(bug, as_json=args.json)
        return bug.exit_code


def _storage_error(error: OSError) -> StorageError:
    place = f" ({error.filename})" if error.filename else ""
    return StorageError("file_error", f"{error.strerror or error}{place}.", remedy="Check the path, rights and room.")


def _closed_pipe() -> int:
    """The reader of our output went away (`| head`); that is its right, and no error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
