"""`entrepot demo`: a sample database, its catalog, exports of it, and an import."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.exporting.inspect import Inspection
    from entrepot.service.entrepot import Entrepot, ExportOutcome

Say = Callable[[str], None]

EXPORTS = (
    ("orders.csv.gz", ("orders",)),
    ("shop.json", ("*",)),
    ("shop.xlsx", ("*",)),
    ("shop.pdf", ("tenants", "users", "products")),
    ("shop.sql", ("*",)),
    ("shop.zip", ("*",)),
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    parser = commands.add_parser("demo", help="make a sample shop, show its catalog, export it, import into it")
    parser.add_argument("--folder", default="demo", help="where the sample goes (default: ./demo)")
    return parser


def run(args: argparse.Namespace) -> int:
    from entrepot.cli.demo_import import show_import
    from entrepot.cli.inspect import exit_code, inspection_words
    from entrepot.cli.output import print_json, say

    folder = Path(args.folder)
    told: Say = _nothing if args.json else say
    service = _create(folder, told)
    _show_catalog(service, told)
    told("\n3. Exports, each from one snapshot, each with a receipt beside it:\n")
    tried = [_export(service, folder, name, entities, told) for name, entities in EXPORTS]
    outcomes = [outcome for outcome in tried if outcome]
    found = _check(service, folder / "exports" / "shop.zip", told)
    show_import(service, folder, told)
    _next_steps(folder, told)
    if args.json:
        print_json({"folder": folder, "exports": outcomes, "inspection": inspection_words(found)})
    return exit_code(found)


def _nothing(line: str) -> None:
    """With --json only the one document is printed."""


def _create(folder: Path, told: Say) -> Entrepot:
    from entrepot.sample.create import create_sample
    from entrepot.service.entrepot import Entrepot

    started = time.monotonic()
    create_sample(folder)
    told(f"1. A sample shop of five companies, made in {time.monotonic() - started:.1f} s: {folder / 'shop.db'}\n")
    return Entrepot(config=folder / "entrepot.toml", origin="cli")


def _show_catalog(service: Entrepot, told: Say) -> None:
    from entrepot.cli.catalog_views import table_lines

    told("2. What Entrepot understood of it:\n")
    for line in table_lines(service.catalog()):
        told(line)


def _export(service: Entrepot, folder: Path, name: str, entities: tuple[str, ...], told: Say) -> ExportOutcome | None:
    """None where an optional part is not installed: the rest of the demonstration does not need it."""
    from entrepot.cli.output import size_words
    from entrepot.model.errors import MissingExtraError
    from entrepot.service.entrepot import ExportOptions

    try:
        outcome = service.export(*entities, to=folder / "exports" / name, options=ExportOptions(overwrite=True))
    except MissingExtraError as error:
        told(f"   {name:<14} left out: {error.message}\n      {error.remedy}")
        return None
    receipt = outcome.receipt
    rows = sum(entity.rows for entity in receipt.entities)
    size = size_words(sum(file.bytes for file in receipt.files))
    told(f"   {name:<14} {rows:>7,} rows  {size:>8}  {receipt.seconds:5.2f} s")
    for problem in receipt.warnings:
        told(f"      {problem.severity}: {problem.message}")
    return outcome


def _check(service: Entrepot, package: Path, told: Say) -> Inspection:
    from entrepot.cli.inspect import verdict
    from entrepot.cli.output import describe

    found = service.inspect(package)
    told(f"\n4. Inspecting {package.name}: {len(found.checks)} checks, {verdict(found)}.")
    for problem in found.problems:
        told(f"   {problem.severity}: {describe(problem)}")
    return found


def _next_steps(folder: Path, told: Say) -> None:
    told("\nWhat to try next:\n")
    for words, command in (
        ("the whole schema", "entrepot catalog --tree"),
        ("big open orders", "entrepot export orders -o big.xlsx --where \"total > 5000 and status = 'open'\""),
        ("one company with all it needs", "entrepot export -o nordlicht.zip --tenant nordlicht --related parents"),
        ("verify it", "entrepot inspect nordlicht.zip"),
        ("compare contents", "entrepot fingerprint orders customers"),
        ("look before you import", "entrepot import prices.csv --into products --mode update --errors skip"),
    ):
        told(f"  {words + ':':<31} {command}")
    told(f"\n(run them in {folder}, where entrepot.toml is; after `make demo` the program is .venv/bin/entrepot)")
