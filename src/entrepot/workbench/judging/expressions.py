"""The few pieces of SQL that all grammars, steps and rules are made of. Nobody's text becomes SQL but by `quoted`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from entrepot.model.errors import InputError
from entrepot.workbench.source import literal


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """What a text must be to be a value, as SQL about one text."""

    quick: str
    """True: the text is canonical as it stands. Cheap; anything else is looked at again."""
    slow: str
    """For the others: what `answer` or `refused` makes."""


def quoted(text: str) -> str:
    """Any text as a constant."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InputError(
            "bad_text",
            f"{text[:40]!r} holds a character that no text in a database has.",
            remedy="Leave out NUL characters and halves of surrogate pairs.",
        )
    return literal(text)


def quoted_all(texts: Iterable[str]) -> str:
    return ", ".join(quoted(text) for text in texts)


def answer(value: str, *, warning: str = "NULL") -> str:
    return f"{{'v': ({value})::VARCHAR, 'e': NULL::VARCHAR, 'w': ({warning})::VARCHAR}}"


def refused(code: str) -> str:
    """`code` is one of ours."""
    return f"{{'v': NULL::VARCHAR, 'e': {literal(code)}, 'w': NULL::VARCHAR}}"


def let(name: str, value: str, body: str) -> str:
    """`body` with `value`, calculated once, under `name`."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def when(*branches: tuple[str, str], otherwise: str) -> str:
    chosen = " ".join(f"WHEN {condition} THEN {result}" for condition, result in branches)
    return f"CASE {chosen} ELSE {otherwise} END"


def matches(text: str, pattern: str) -> str:
    """The whole of `text`; `pattern` is one of ours."""
    return f"regexp_full_match({text}, {literal(pattern)})"


def parts(text: str, pattern: str, names: Iterable[str]) -> str:
    """The groups of `pattern` by name; empty where one did not take part."""
    return f"regexp_extract({text}, {literal(f'^(?:{pattern})$')}, [{', '.join(map(literal, names))}])"
