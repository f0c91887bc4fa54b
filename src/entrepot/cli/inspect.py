"""`entrepot inspect`: is this file still what its receipt or manifest says?"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.exporting.inspect import Inspection


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = commands.add_parser("inspect", help="verify an export: counts, checksums, fingerprints")
    parser.add_argument("file", metavar="FILE", help="an exported file, a package, or a folder of an export")
    parser.add_argument("--receipt", metavar="FILE", help="its receipt, if it does not lie beside it")
    parser.add_argument("--passphrase-file", metavar="FILE", help="to read an encrypted file")
    parser.add_argument("--identity-file", metavar="FILE", help="the age secret key to read an encrypted file")
    parser.add_argument("--config", metavar="FILE", help="the settings file (default: ./entrepot.toml)")
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.output import print_json
    from entrepot.cli.secrets import read_secret
    from entrepot.service.entrepot import Entrepot

    service = Entrepot(config=args.config, origin="cli")
    found = service.inspect(
        Path(args.file),
        receipt=args.receipt,
        passphrase=read_secret(args.passphrase_file),
        identity=read_secret(args.identity_file),
    )
    if args.json:
        print_json(inspection_words(found))
        return exit_code(found)
    print_found(found, args.file)
    return exit_code(found)


def print_found(found: Inspection, name: str) -> None:
    from entrepot.cli.output import describe, say

    for line in found.checks:
        say(f"ok       {line}")
    for problem in found.problems:
        say(f"{problem.severity.value:<8} {describe(problem)} [{problem.code}]")
    say(f"\n{name}: {verdict(found)}.")


def inspection_words(found: Inspection) -> dict[str, object]:
    return {"ok": found.ok, "verified": found.verified, **asdict(found)}


def verdict(found: Inspection) -> str:
    if not found.ok:
        return "NOT what it should be"
    if found.verified:
        return "everything agrees"
    return f"not verifiable, because nothing says what it should hold: {', '.join(found.unverified)}"


def exit_code(found: Inspection) -> int:
    from entrepot.model.errors import DamagedError, UnverifiedError

    if not found.ok:
        return DamagedError.exit_code
    return 0 if found.verified else UnverifiedError.exit_code
