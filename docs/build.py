"""Writes the generated pages of docs/reference: `python docs/build.py`. A test fails if they are out of date."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from entrepot.cli.parser import build_parser
from entrepot.formats.registry import describe_options, formats
from entrepot.model import errors

REFERENCE = Path(__file__).parent / "reference"


def command_line() -> str:
    """Every command with its options, as `--help` prints them."""
    os.environ["COLUMNS"] = "110"
    parser = build_parser()
    subparsers = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    parts = ["# The command line\n", "Generated from the program: `python docs/build.py`.\n", _block(parser)]
    parts += [f"## entrepot {name}\n\n{_block(command)}" for name, command in subparsers.choices.items()]
    return "\n".join(parts)


def _block(parser: argparse.ArgumentParser) -> str:
    return f"```\n{parser.format_help()}```\n"


def error_table() -> str:
    """The classes of errors, by what to do about them."""
    lines = [
        "# Errors\n",
        "Generated from `entrepot.model.errors`: `python docs/build.py`. Each error also has a stable code (shown in",
        'brackets), a sentence and a remedy; with `--json` it is one document, `{"error": {"code": …}}`.\n',
        "| class | exit code | HTTP status | what to do | meaning |",
        "|---|--:|--:|---|---|",
    ]
    for kind in _classes(errors.EntrepotError):
        what = " ".join((kind.__doc__ or "").split())
        lines.append(f"| `{kind.__name__}` | {kind.exit_code} | {kind.http_status} | {kind.means} | {what} |")
    return "\n".join(lines) + "\n"


def _classes(root: type[errors.EntrepotError]) -> list[type[errors.EntrepotError]]:
    return [kind for child in root.__subclasses__() for kind in (child, *_classes(child))]


def format_options() -> str:
    """Every format with what survives and its options."""
    lines = [
        "# Options of the formats\n",
        "Generated from the formats: `python docs/build.py`. On the command line: `--option name=value`.",
    ]
    for each in formats():
        lines += [
            f"\n## {each.name}\n",
            f"{each.survives}\n",
            "| option | type | default | what it does |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{o.name}` | {o.type} | `{o.default!r}` | {o.words} |" for o in describe_options(each)]
    return "\n".join(lines) + "\n"


PAGES = {"command-line.md": command_line, "errors.md": error_table, "format-options.md": format_options}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
