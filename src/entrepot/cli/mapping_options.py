"""The options of `entrepot import` that say where values go, how they are cleaned and what they must be."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.model.finding import Missing
    from entrepot.model.mappings import MappingRequest, SavedMapping
    from entrepot.model.rules import Rule, SaidRule, Step


def add_options(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("where values go")
    where.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help="where a column goes; FIELD by PARENTS_FIELD: it names what FIELD refers to (… ignore case)",
    )
    where.add_argument(
        "--missing",
        action="append",
        default=[],
        metavar="FIELD=WAY",
        help="where no parent is found for it: error, skip (leave the record out), empty or create (make it)",
    )
    where.add_argument("--ignore", action="append", default=[], metavar="COLUMN", help="it goes nowhere")
    where.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="the same value in every row")
    where.add_argument("--mapping", metavar="NAME|FILE", help="as it was saved, by its name or as a .json file")
    where.add_argument("--save-mapping", metavar="NAME", default="", help="keep it for other files, once this is done")
    add_value_options(where)


def add_value_options(where: argparse._ArgumentGroup) -> None:
    where.add_argument("--default", action="append", default=[], metavar="FIELD=VALUE", help="where the file has none")
    where.add_argument(
        "--clean",
        action="append",
        default=[],
        metavar="FIELD=STEP,…",
        help="steps, the last with its argument: email=trim,lowercase, born=date:DD.MM.YYYY (repeated: one by one)",
    )
    where.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="FIELD=RULE",
        help="what a value must be: email=email, name=length:2..40",
    )
    where.add_argument(
        "--warn", action="append", default=[], metavar="FIELD=RULE", help="the same, but others only get a warning"
    )
    where.add_argument(
        "--rule",
        action="append",
        default=[],
        metavar="CONDITION",
        help="what every record must satisfy, such as: end_date >= start_date",
    )
    where.add_argument(
        "--warn-rule", action="append", default=[], metavar="CONDITION", help="the same, but others only get a warning"
    )


def rules_of(args: argparse.Namespace) -> tuple[SaidRule, ...]:
    from entrepot.model.rules import SaidRule

    return (
        *(SaidRule(condition=text) for text in args.rule),
        *(SaidRule(condition=text, warning=True) for text in args.warn_rule),
    )


def mapping_of(args: argparse.Namespace) -> MappingRequest:
    """Several columns that go to one field are joined, in the order in which they were given."""
    from entrepot.cli.selecting import pairs
    from entrepot.model.mappings import FieldMapping, MappingRequest, combined
    from entrepot.model.references import read_by

    columns, constants, defaults = pairs(args.map, "--map"), pairs(args.set, "--set"), pairs(args.default, "--default")
    steps, rules, missing = _steps(args.clean), _rules(args), _missing(args.missing)
    goes = {column: read_by(text) for column, text in columns.items()}
    fields = [field for field, _, _ in goes.values()]
    names = dict.fromkeys((*fields, *constants, *defaults, *steps, *rules, *missing))

    def said(name: str) -> FieldMapping:
        here = {column: (by, ignoring) for column, (field, by, ignoring) in goes.items() if field == name}
        by = tuple(by for by, _ in here.values())
        return FieldMapping(
            columns=tuple(here),
            find_by=by if any(by) else (),
            ignore_case=any(ignoring for _, ignoring in here.values()),
            missing=missing.get(name),
            constant=constants.get(name),
            default=defaults.get(name),
            steps=steps.get(name, ()),
            rules=rules.get(name, ()),
        )

    asked = MappingRequest(fields={name: said(name) for name in names}, ignored=tuple(args.ignore))
    return combined(asked, _read_mapping(args.mapping).mapping) if _is_file(args.mapping) else asked


def used_mapping(args: argparse.Namespace) -> str:
    """The name of a saved one."""
    return "" if args.mapping is None or _is_file(args.mapping) else args.mapping


def _is_file(name: str | None) -> bool:
    return name is not None and name.endswith(".json")


def _read_mapping(name: str) -> SavedMapping:
    import msgspec

    from entrepot.model.mappings import SavedMapping

    try:
        return msgspec.json.decode(Path(name).read_bytes(), type=SavedMapping)
    except FileNotFoundError as error:
        raise InputError("no_such_file", f"There is no file {name}.", remedy="Check the path.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(
            "bad_mapping",
            f"{name} is no mapping: {error}.",
            remedy="Write one by: entrepot mapping show NAME --json > mapping.json",
        ) from error


def _missing(items: Sequence[str]) -> dict[str, Missing]:
    from entrepot.cli.selecting import pairs
    from entrepot.model.finding import Missing
    from entrepot.model.suggest import unknown

    said = pairs(items, "--missing")
    for name, way in said.items():
        if way not in [*Missing]:
            raise unknown("way", way, [*Missing], f"--missing {name}")
    return {name: Missing(way) for name, way in said.items()}


def _steps(items: Sequence[str]) -> dict[str, tuple[Step, ...]]:
    from entrepot.model.rule_text import read_steps

    found: dict[str, tuple[Step, ...]] = {}
    for name, said in _said(items, "--clean"):
        found[name] = (*found.get(name, ()), *read_steps(said, f"--clean {name}"))
    return found


def _rules(args: argparse.Namespace) -> dict[str, tuple[Rule, ...]]:
    from entrepot.model.rule_text import read_rules

    found: dict[str, tuple[Rule, ...]] = {}
    for option, items, warning in (("--check", args.check, False), ("--warn", args.warn, True)):
        for name, said in _said(items, option):
            found[name] = (*found.get(name, ()), *read_rules(said, f"{option} {name}", warning=warning))
    return found


def _said(items: Sequence[str], option: str) -> Iterator[tuple[str, object]]:
    """`FIELD=TEXT`, repeated; a text in brackets or braces is JSON, as the settings would say it."""
    for item in items:
        name, equals, text = item.partition("=")
        if not equals or not name or not text.strip():
            raise InputError("usage", f"{option} {item!r} is not FIELD=NAME.", remedy=f"Write {option} email=email.")
        yield name, _decoded(text, option) if text.lstrip()[:1] in ("[", "{") else text


def _decoded(text: str, option: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(
            "usage", f"{option} {text:.80} is no JSON: {error}.", remedy='Write {"name": "replace", "from": "a", …}.'
        ) from error
