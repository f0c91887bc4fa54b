"""The operands of a check: fields, values, lengths, in brackets and under casts that change nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from entrepot.databases.check_tokens import Token, UntranslatedError
from entrepot.model.filter_tree import Literal, Sort

TEXTS = frozenset({"text", "character varying"})
WHOLE = frozenset({"smallint", "integer", "bigint"})
NUMBERS = WHOLE | {"numeric", "double precision"}
MOMENTS = frozenset(
    {"date", "timestamp without time zone", "timestamp with time zone", "time without time zone", "boolean"}
)
TYPE_WORDS = frozenset(word for name in TEXTS | NUMBERS | MOMENTS for word in name.split())
RESERVED = frozenset({"NULL", "NOT", "AND", "OR", "IS", "IN", "CASE", "BETWEEN", "LIKE"})


@dataclass(frozen=True)
class FieldSaid:
    name: str
    length: bool = False
    casts: frozenset[str] = frozenset()


Operand = FieldSaid | Literal


@dataclass
class Operands:
    """The words of one check, read one after the other. `lengths` are the functions that count characters; `cast` says
    whether a field of that name stays the same under a cast."""

    items: tuple[Token, ...]
    lengths: frozenset[str]
    cast: Callable[[str, str], bool]
    at: int = 0
    depth: int = 0

    @property
    def token(self) -> Token:
        return self.items[self.at]

    def next(self) -> Token:
        self.at += 1
        return self.items[self.at - 1]

    def accept(self, *words: str) -> bool:
        """All of these, words or marks, one after the other."""
        here = self.items[self.at : self.at + len(words)]
        fits = [token.word == word or token.is_mark(word) for token, word in zip(here, words, strict=False)]
        if len(here) < len(words) or not all(fits):
            return False
        self.at += len(words)
        return True

    def require(self, *words: str) -> None:
        if not self.accept(*words):
            raise UntranslatedError

    def operand(self) -> Operand:
        if self.accept("("):
            found: Operand = self.operand()
            self.require(")")
        else:
            found = self.single()
        while self.accept("::"):
            found = self.as_type(found, self.type_name())
        return found

    def single(self) -> Operand:
        token = self.next()
        match token.kind:
            case "number":
                return Literal(token.text, Sort.NUMBER)
            case "text":
                return Literal(token.text, Sort.TEXT)
            case "name":
                return FieldSaid(token.text)
            case "word":
                return self.named(token)
            case _:
                if token.is_mark("-") and self.token.kind == "number":
                    return Literal(f"-{self.next().text}", Sort.NUMBER)
                raise UntranslatedError

    def named(self, token: Token) -> Operand:
        if token.word in ("TRUE", "FALSE"):
            return Literal(token.text.lower(), Sort.BOOLEAN)
        if token.word in RESERVED:
            raise UntranslatedError
        if not self.accept("("):
            return FieldSaid(token.text)
        inner = self.operand()
        self.require(")")
        if token.text.lower() not in self.lengths or not isinstance(inner, FieldSaid) or inner.length:
            raise UntranslatedError
        return FieldSaid(inner.name, length=True)

    def type_name(self) -> str:
        words = []
        while self.token.kind == "word" and self.token.text.lower() in TYPE_WORDS:
            words.append(self.next().text.lower())
        name = " ".join(words)
        if name not in TEXTS | NUMBERS | MOMENTS or self.token.is_mark("(") or self.token.is_mark("["):
            raise UntranslatedError
        return name

    def as_type(self, operand: Operand, type: str) -> Operand:
        if isinstance(operand, FieldSaid):
            if operand.length or not self.cast(operand.name, type):
                raise UntranslatedError
            return operand
        if type in NUMBERS:
            if type in WHOLE and not re.fullmatch("-?[0-9]+", operand.text):
                raise UntranslatedError
            return Literal(operand.text, Sort.NUMBER)
        return Literal(operand.text, Sort.TEXT) if type != "boolean" else operand
