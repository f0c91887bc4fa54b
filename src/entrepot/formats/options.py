"""Options of a format from what people type, and back into words for help and documentation."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import Enum
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin, get_type_hints

from entrepot.formats.port import Format
from entrepot.model.errors import InputError
from entrepot.model.suggest import unknown

SPOKEN = {"yes": True, "on": True, "no": False, "off": False}


@dataclass(frozen=True, kw_only=True)
class Option:
    """One choice, in words."""

    name: str
    type: str
    default: object
    words: str
    """What it does."""


def parse_options(format: Format, given: Mapping[str, object]) -> Any:
    """The options value of `format`; texts are understood as the type the option has.

    >>> from entrepot.formats.registry import format_for
    >>> parse_options(format_for("csv"), {"delimiter": ";", "bom": "yes"}).bom
    True
    """
    hints = get_type_hints(format.options)
    names = [field.name for field in fields(format.options)]
    values: dict[str, Any] = {}
    for word, value in given.items():
        name = word.replace("-", "_")
        if name not in names:
            raise unknown(f"{format.name} option", word, names)
        values[name] = converted(format.name, name, value, hints[name])
    return format.options(**values)


def converted(format_name: str, name: str, value: object, hint: Any) -> Any:
    if hint is bool and isinstance(value, str):
        value = SPOKEN.get(value.lower(), value)
    if get_origin(hint) is tuple and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    import msgspec  # not needed to know the names of formats

    try:
        return msgspec.convert(value, hint, strict=not isinstance(value, str))
    except msgspec.ValidationError as error:
        message = f"The {format_name} option '{name}' is {describe_type(hint)}, not {value!r}."
        raise InputError("bad_option", message, remedy=f"Give {describe_type(hint)}.") from error


def describe_type(hint: Any) -> str:
    """A type in words.

    >>> describe_type(Literal["lf", "crlf"]), describe_type(bool), describe_type(int | None)
    ("'lf' or 'crlf'", 'yes or no', 'a whole number or nothing')
    """
    if get_origin(hint) is Literal:
        return " or ".join(repr(choice) for choice in get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " or ".join(repr(member.value) for member in hint)
    if get_origin(hint) is tuple:
        return "a list, separated by commas"
    if get_args(hint):
        return " or ".join(describe_type(part) for part in get_args(hint))
    words = {bool: "yes or no", int: "a whole number", float: "a number", str: "a text", type(None): "nothing"}
    return words.get(hint, getattr(hint, "__name__", str(hint)))


def describe_options(format: Format) -> tuple[Option, ...]:
    """Every option with its default and the line of documentation that stands under it in the source."""
    hints, meanings = get_type_hints(format.options), attribute_lines(format.options)
    return tuple(
        Option(
            name=field.name,
            type=describe_type(hints[field.name]),
            default=field.default,
            words=meanings.get(field.name, ""),
        )
        for field in fields(format.options)
    )


def attribute_lines(owner: type) -> dict[str, str]:
    """Attribute → the text right below it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0]
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    return {
        above.target.id: " ".join(str(below.value.value).split())
        for above, below in pairwise(body)
        if isinstance(above, ast.AnnAssign)
        and isinstance(above.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
    }
