"""How people write cleaning steps and rules, in the settings and on the command line.

trim                                        a step or rule by its name; of steps also several: trim,lowercase
date:DD.MM.YYYY                             the last of them with its first argument, which goes on to the end
{"name": "replace", "from": "a", "to": "b"}   with all arguments by name, as a table
[...]                                       several of either
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, time

from entrepot.model.errors import InputError
from entrepot.model.rules import Rule, Step
from entrepot.model.suggest import unknown

RULE_KEYS = ("name", "argument", "warning")


def read_steps(said: object, place: str) -> tuple[Step, ...]:
    """`place` is what errors name."""
    match said:
        case str():
            names, _, argument = said.partition(":")
            return _steps([name.strip() for name in names.split(",")], argument if ":" in said else None, place)
        case Mapping():
            given = {str(key): argument_text(value, place) for key, value in said.items()}
            return (Step(name=_name(given, place), arguments={k: v for k, v in given.items() if k != "name"}),)
        case list() | tuple():
            return tuple(step for item in said for step in read_steps(item, place))
        case _:
            raise _wrong(said, place)


def _steps(names: Sequence[str], argument: str | None, place: str) -> tuple[Step, ...]:
    if not all(names):
        raise _wrong(",".join(names), place)
    last = Step(name=names[-1], arguments={} if argument is None else {"": argument})
    return (*(Step(name=name) for name in names[:-1]), last)


def read_rules(said: object, place: str, *, warning: bool = False) -> tuple[Rule, ...]:
    match said:
        case str():
            name, _, argument = said.partition(":")
            if not name.strip():
                raise _wrong(said, place)
            return (Rule(name=name.strip(), argument=argument, warning=warning),)
        case Mapping():
            return (_rule(said, place, warning),)
        case list() | tuple():
            return tuple(rule for item in said for rule in read_rules(item, place, warning=warning))
        case _:
            raise _wrong(said, place)


def _rule(said: Mapping[object, object], place: str, warning: bool) -> Rule:
    for key in said:
        if key not in RULE_KEYS:
            raise unknown("key", str(key), RULE_KEYS, place)
    given = {str(key): argument_text(value, place) for key, value in said.items()}
    softened = said.get("warning", warning)
    if not isinstance(softened, bool):
        raise _wrong(softened, f"{place}: warning")
    return Rule(name=_name(given, place), argument=given.get("argument", ""), warning=softened)


def _name(given: Mapping[str, str], place: str) -> str:
    if not given.get("name"):
        raise InputError("missing_key", f"{place} needs the key 'name'.", remedy="Say which step or rule it is.")
    return given["name"]


def argument_text(value: object, place: str) -> str:
    """Arguments are texts; lists and tables as the steps and rules read them.

    >>> argument_text(["a", "b, c"], ""), argument_text({"m": "male", "-": None}, ""), argument_text(0.5, "")
    ('"a","b, c"', '{"m": "male", "-": null}', '0.5')
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return value
        case int() | float():
            return str(value)
        case date() | time():
            return value.isoformat()
        case list():
            return ",".join('"' + argument_text(item, place).replace('"', '""') + '"' for item in value)
        case Mapping():
            return json.dumps(value, ensure_ascii=False, default=str)
        case _:
            raise _wrong(value, place)


def _wrong(said: object, place: str) -> InputError:
    return InputError(
        "bad_step_or_rule",
        f"{place} is {said!r:.80}, which names no step and no rule.",
        remedy='Write "trim", "length:2..40", or a table: { name = "replace", from = "a", to = "b" }.',
    )
