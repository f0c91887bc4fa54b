"""All commands, found by name. Nothing heavy is imported before a command runs (docs/decisions/0003)."""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn, Protocol

from entrepot.cli.leaving import Leaving
from entrepot.cli.output import report_error
from entrepot.cli.plainly import speak_plainly
from entrepot.cli.stopping import Stop, listening
from entrepot.model.errors import BugError, CancelledError, EntrepotError, InputError, StorageError
from entrepot.version import VERSION

WAY_IN = ("import", "plan", "mapping", "undo", "resume", "changes", "versions")
COMMANDS = (
    "demo",
    "catalog",
    "export",
    "copy",
    *WAY_IN,
    "inspect",
    "verify",
    "fingerprint",
    "template",
    "types",
    "formats",
    "jobs",
    "schedule",
    "worker",
    "metrics",
    "cleanup",
    "audit",
    "notifications",
    "doctor",
)
MODULES = {"import": "bring_in", "plan": "plans", "mapping": "mappings"}
"""Where a module cannot have the name of its command, or should not."""


LOG = "ENTREPOT_LOG"
"""Whether commands write a log; without it, nothing of it is imported."""

COLLECT_AFTER = 100_000
"""Looking for cycles among what was imported, again and again, takes a quarter of the start-up."""

SWITCH_SECONDS = 0.02
"""Threads that hand rows on wait for each other anyway; to interrupt them more often costs a few per cent."""


class Command(Protocol):
    """What each module of this package offers."""

    def add(self, commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser: ...

    def run(self, args: argparse.Namespace) -> int: ...


class Parser(argparse.ArgumentParser):
    """argparse, but a wrong command line ends like every other wrong input: code, remedy, exit code 2."""

    def error(self, message: str) -> NoReturn:
        remedy = f"{_guess(message, self)}See: {self.prog} --help"
        raise InputError("usage", f"{message[0].upper()}{message[1:]}.", remedy=remedy)


def _guess(message: str, parser: argparse.ArgumentParser) -> str:
    """What was probably meant, as far as argparse says what it met and what it would have taken."""
    from entrepot.model.suggest import nearest

    strange = re.match(r"unrecognized arguments: (-[\w-]+)?", message)
    if strange is not None and strange[1] is None:
        return "What belongs together goes in quotes, such as --where 'total > 100'. "
    if strange is not None:
        wrong, known = strange[1], _option_names(parser)
    elif choice := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)", message):
        wrong, known = choice[1], re.findall(r"[\w-]+", choice[2])
    else:
        return ""
    meant = nearest(wrong, known)
    first = "The command comes first, as in: entrepot export orders. " if "COMMAND" in message else ""
    return f"Did you mean '{meant}'? {first}" if meant else first


def _option_names(parser: argparse.ArgumentParser) -> list[str]:
    """Of all commands: argparse does not say in which of them it stood."""
    subparsers = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    commands = [command for action in subparsers for command in action.choices.values()]
    return [option for each in (parser, *commands) for action in each._actions for option in action.option_strings]


def build_parser(commands_wanted: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Of all commands; whoever wants one need not wait until argparse has heard of all options of the others."""
    parser: argparse.ArgumentParser = Parser(
        prog="entrepot",
        description="Carries the data behind any application out of its database, whole and proven.",
        epilog="Exit codes: 0 done · 1 something to mend (doctor) · 2 fix the input · 3 no access · "
        "4 unavailable, try again · 5 changed meanwhile · "
        "6 storage · 7 damaged · 8 nothing to verify it by · 9 some records left out · 70 our bug · 130 stopped.",
    )
    parser.allow_abbrev = False  # what is abbreviated today may mean something else with the next option
    parser.add_argument("--version", action="version", version=f"entrepot {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in commands_wanted:
        module: Command = import_module(f"entrepot.cli.{MODULES.get(name, name)}")  # type: ignore[assignment]
        command = module.add(commands)
        command.allow_abbrev = False
        command.set_defaults(run=module.run)
        command.add_argument("--json", action="store_true", help="print one JSON document, whatever happens")
    return parser


def add_database_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--db", metavar="NAME|URL", help="a database of entrepot.toml or a URL (default: ENTREPOT_DB)")
    parser.add_argument("--config", metavar="FILE", help="the settings file (default: ./entrepot.toml)")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; every outcome becomes an exit code, none a traceback. What comes behind it is the caller's."""
    return _outcome(sys.argv[1:] if argv is None else argv, last=False)


def program() -> int:
    """`main` as a program of its own: nothing comes behind it but its end, with its exit code."""
    leaving = Leaving()
    gc.set_threshold(COLLECT_AFTER)
    sys.setswitchinterval(SWITCH_SECONDS)
    leaving.code = _outcome(sys.argv[1:], last=True)
    return leaving.code


def _outcome(given: Sequence[str], *, last: bool) -> int:
    speak_plainly()
    with listening(last=last) as stop:
        try:
            return _run(given, stop)
        except BrokenPipeError:  # the reader of our output went away (`| head`); that is its right, and no error
            _drop_output()
            return 0
        except (Exception, KeyboardInterrupt) as error:
            if os.environ.get("ENTREPOT_TRACE"):
                raise
            told = _as_ours(error)
            _tell(told, as_json=_wants_json(given))
            return told.exit_code


def _wants_json(given: Sequence[str]) -> bool:
    """Also where the command line cannot be understood."""
    options = given[: given.index("--")] if "--" in given else given
    return "--json" in options


def _run(given: Sequence[str], stop: Stop) -> int:
    args = _understood(build_parser(_named(given)), given, stop)
    if os.environ.get(LOG):
        from entrepot.cli.logging_in import logged

        code = logged(args)
    else:
        code = int(args.run(args))
    sys.stdout.flush()  # here a reader that went away, or a full disk, is still told like everything else
    return code


def _named(given: Sequence[str]) -> Sequence[str]:
    """The command that stands first, where commands stand; if none does, what is said of it is about all."""
    return given[:1] if given and given[0] in COMMANDS else COMMANDS


def _understood(parser: argparse.ArgumentParser, given: Sequence[str], stop: Stop) -> argparse.Namespace:
    """Entities may stand behind the options, too, where another name has to stand before them: argparse takes names
    from one place alone."""
    args, left = parser.parse_known_args(given, argparse.Namespace(stop=stop))
    if getattr(args, "entities", None) == [] and not any(word.startswith("-") for word in left):
        vars(args)["entities"] = left
    elif left:
        parser.error(f"unrecognized arguments: {' '.join(left)}")
    return args


def _as_ours(error: BaseException) -> EntrepotError:
    if isinstance(error, EntrepotError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return CancelledError("stopped", "Stopped.", remedy="Nothing was left behind.")
    if isinstance(error, OSError):
        return _storage_error(error)
    return BugError(  # the last line of defence: a person gets a sentence, the trace is kept on request
        "unexpected",
        f"Something unexpected happened: {type(error).__name__}: {error}",
        remedy="Run again with ENTREPOT_TRACE=1 and report what it prints.",
    )


def _storage_error(error: OSError) -> StorageError:
    """One that no adapter has expected; what it is about is what the system names."""
    from pathlib import Path

    from entrepot.storage.faults import storage_error

    return storage_error(error, Path(str(error.filename or "the output")))


def _tell(error: EntrepotError, *, as_json: bool) -> None:
    try:
        report_error(error, as_json=as_json)
        sys.stdout.flush()
    except OSError:  # nothing more can be said there, perhaps that is the very error
        _drop_output()
        report_error(error, as_json=False)


def _drop_output() -> None:
    """What is still held back for standard output would fail once more when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
