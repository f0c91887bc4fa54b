"""Tables of a TOML file into frozen dataclasses: unknown keys and wrong types are errors with a suggestion."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import timedelta
from typing import Any, Union, get_args, get_origin, get_type_hints

from entrepot.config.durations import duration
from entrepot.config.sizes import Size, size
from entrepot.model.errors import InputError
from entrepot.model.suggest import nearest

PLAIN: dict[type, str] = {str: "text", int: "a whole number", bool: "true or false"}

WRITTEN: dict[Any, Callable[[object, str], object]] = {timedelta: duration, Size: size}
"""What is a text in the file."""


def decode(kind: Any, value: object, where: str) -> Any:
    """`value` as a `kind`; `where` is the path that messages name, such as `entities.users`."""
    if is_dataclass(kind):
        return _decode_dataclass(kind, value, where)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return decode(next(part for part in get_args(kind) if part is not type(None)), value, where)
    if origin is tuple:
        return _decode_tuple(get_args(kind)[0], value, where)
    if origin is Mapping:
        return _decode_mapping(get_args(kind)[1], value, where)
    if kind in WRITTEN:
        return WRITTEN[kind](value, where)
    return _decode_plain(kind, value, where)


def _decode_plain(kind: Any, value: object, where: str) -> object:
    if kind is object:
        return value
    if type(value) is not kind:
        raise _wrong(where, PLAIN[kind], value)
    return value


def _decode_tuple(item: Any, value: object, where: str) -> tuple[Any, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise _wrong(where, "a list", value)
    return tuple(decode(item, part, f"{where}[{index}]") for index, part in enumerate(value))


def _decode_mapping(item: Any, value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(where, "a table", value)
    return {str(key): decode(item, part, f"{where}.{key}") for key, part in value.items()}


def _decode_dataclass(kind: Any, value: object, where: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(where, "a table", value)
    known = {f.name: f for f in fields(kind)}
    for key in value:
        if key not in known:
            raise _unknown_key(where, str(key), known)
    for name, declared in known.items():
        if declared.default is MISSING and declared.default_factory is MISSING and name not in value:
            raise InputError("missing_key", f"{where} needs the key '{name}'.", remedy=f"Add {name} = … there.")
    hints = get_type_hints(kind)
    return kind(**{key: decode(hints[key], part, f"{where}.{key}".lstrip(".")) for key, part in value.items()})


def _unknown_key(where: str, key: str, known: Mapping[str, object]) -> InputError:
    guess = nearest(key, known)
    question = f"Did you mean '{guess}'? " if guess else ""
    return InputError(
        "unknown_key",
        f"{where or 'The file'} has the unknown key '{key}'.",
        remedy=f"{question}Known there: {', '.join(sorted(known))}.",
    )


def _wrong(where: str, wanted: str, value: object) -> InputError:
    return InputError("wrong_type", f"{where} must be {wanted}, but is {value!r}.", remedy="Correct it there.")
