"""Writes the generated pages of docs/reference: `python docs/build.py`. A test fails if they are out of date."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from entrepot.cli.parser import build_parser
from entrepot.formats.registry import describe_options, formats
from entrepot.model import errors
from entrepot.model.spoken import STAGES, SYSTEMS, Point
from entrepot.model.value_words import VALUE_WORDS
from entrepot.workbench.judging.rules import rules
from entrepot.workbench.judging.steps import steps

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
    """Those of that module; others are nobody's to see, and there only if somebody imported them."""
    own = [child for child in root.__subclasses__() if child.__module__ == errors.__name__]
    return [kind for child in own for kind in (child, *_classes(child))]


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


def cleaning() -> str:
    """Every cleaning step with its arguments."""
    parts = [(REFERENCE / "parts" / "cleaning.part").read_text(encoding="utf-8")]
    for kind in steps().entries.values():
        parts.append(f"\n### {kind.name}\n\n{kind.words}{_fails(kind.fails)}\n")
        if kind.arguments:
            parts.append("\n| argument | default | what it is |\n|---|---|---|\n")
            parts += [f"| `{a.name}` | {_default(a.default)} | {a.words} |\n" for a in kind.arguments]
    return "".join(parts)


def _fails(code: str | None) -> str:
    return f" What it cannot read is an error, `{code}`." if code else ""


def _default(value: str | None) -> str:
    return "must be given" if value is None else "nothing" if not value else f"`{value}`"


def checks() -> str:
    """Every rule, and every code of a finding about a value."""
    lines = [(REFERENCE / "parts" / "checks.part").read_text(encoding="utf-8")]
    lines += ["## Rules\n", "| rule | argument | what it asks for | fields | code |", "|---|---|---|---|---|"]
    for kind in rules().entries.values():
        kinds = "all" if kind.kinds is None else ", ".join(sorted(kind.kinds))
        argument = kind.argument.words if kind.argument else ""
        lines.append(f"| `{kind.name}` | {argument} | {kind.words} | {kinds} | `{kind.code}` |")
    lines += ["\n## What is told about a value\n", "| code | in words | what to do |", "|---|---|---|"]
    lines += [
        f"| `{code}` | {told.message.format(field='The field', value='…')} | {told.remedy} |"
        for code, told in VALUE_WORDS.items()
    ]
    return "\n".join(lines) + "\n"


def statuses() -> str:
    """Every point a job can be at, in the words of each system, and what phases are told by."""
    lines = [(REFERENCE / "parts" / "statuses.part").read_text(encoding="utf-8")]
    lines += [f"| a job | {' | '.join(f'`{name}`' for name in SYSTEMS)} |", "|---|" + "---|" * len(SYSTEMS)]
    for point in Point:
        words = " | ".join(f"`{system.words[point]}`" for system in SYSTEMS.values())
        lines.append(f"| {point.value} | {words} |")
    lines += ["", f"{(REFERENCE / 'parts' / 'phases.part').read_text(encoding='utf-8')}"]
    lines += ["| phases that begin with | `currentPhase` of `housef3` |", "|---|---|"]
    for stage, word in SYSTEMS["housef3"].stages.items():
        begins = ", ".join(f"`{words}`" for words, of in STAGES if of is stage)
        lines.append(f"| {begins or 'nothing yet'} | `{word.format(entity='<entity>')}` |")
    lines.append(f"| (done) | `{SYSTEMS['housef3'].last}` |")
    return "\n".join(lines) + "\n"


PAGES = {
    "command-line.md": command_line,
    "errors.md": error_table,
    "format-options.md": format_options,
    "cleaning.md": cleaning,
    "checks.md": checks,
    "statuses.md": statuses,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
