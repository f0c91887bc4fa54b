"""The text form of a filter: `amount > 100 and (region = 'eu' or not name like 'A%') and deleted_at is not null`.

    any       = every { "or" every }
    every     = one { "and" one }
    one       = "not" one | "(" any ")" | field condition
    condition = ( "=" | "!=" | "<>" | ">" | ">=" | "<" | "<=" ) value
              | [ "not" ] ( "like" value | "in" "(" value { "," value } ")" | "between" value "and" value )
              | "is" [ "not" ] "null"

Rules of rows may also say `length(field)` for a field, and another field for a value that is compared.
It is read into data; no part of it ever becomes SQL.
"""

from __future__ import annotations

from collections.abc import Callable

from entrepot.model.errors import InputError
from entrepot.model.filter_tokens import KEYWORDS, Token, TokenKind, syntax_error, tokens
from entrepot.model.filter_tree import (
    DEEPEST,
    Comparison,
    Every,
    Length,
    Literal,
    Membership,
    Missing,
    Negation,
    Pair,
    Some,
    Sort,
    Tree,
)
from entrepot.model.predicates import Operator

OPERATORS = {
    "=": Operator.EQ,
    "!=": Operator.NE,
    "<>": Operator.NE,
    ">": Operator.GT,
    ">=": Operator.GTE,
    "<": Operator.LT,
    "<=": Operator.LTE,
}


def parse_text(text: str, *, rule: bool = False) -> Tree:
    """The filter, or the rule, that `text` says; InputError `filter_syntax` with a caret if it says none."""
    if not text.strip():
        raise InputError("filter_syntax", "The filter is empty.", remedy="Write a condition, such as amount > 100.")
    parser = _Parser(text, rule=rule)
    tree = parser.some()
    if parser.token.kind is not TokenKind.END:
        raise parser.expected("'and', 'or' or the end", "Put texts and dates in single quotes.")
    return tree


class _Parser:
    def __init__(self, text: str, *, rule: bool) -> None:
        self._text = text
        self._rule = rule
        self._tokens = tuple(tokens(text))
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def expected(self, what: str, remedy: str) -> InputError:
        return syntax_error(self._text, self.token.at, f"{what} is expected here, not {self.token.shown}", remedy)

    def _next(self) -> Token:
        token = self.token
        self._at += 1
        return token

    def _accept(self, *words: str) -> bool:
        if not self.token.is_word(*words):
            return False
        self._at += 1
        return True

    def _require_mark(self, mark: str, remedy: str) -> None:
        if not self.token.is_mark(mark):
            raise self.expected(f"'{mark}'", remedy)
        self._at += 1

    def some(self) -> Tree:
        items = self._chain("or", self._every)
        return items[0] if len(items) == 1 else Some(items)

    def _every(self) -> Tree:
        items = self._chain("and", self._one)
        return items[0] if len(items) == 1 else Every(items)

    def _chain(self, word: str, part: Callable[[], Tree]) -> tuple[Tree, ...]:
        items = [part()]
        while self._accept(word):
            items.append(part())
        return tuple(items)

    def _one(self) -> Tree:
        if self._accept("not"):
            return Negation(self._deeper(self._one))
        if not self.token.is_mark("("):
            return self._length() if self._measures() else self._condition(self._field())
        self._next()
        tree = self._deeper(self.some)
        self._require_mark(")", "Close the parenthesis.")
        return tree

    def _deeper(self, part: Callable[[], Tree]) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise syntax_error(self._text, self.token.at, "conditions are nested too deeply", "Write a flatter filter.")
        tree = part()
        self._depth -= 1
        return tree

    def _measures(self) -> bool:
        return self._rule and self.token.is_word("length") and self._tokens[self._at + 1].is_mark("(")

    def _length(self) -> Tree:
        self._at += 2
        field = self._field()
        self._require_mark(")", "Write length(name) <= 40.")
        if self.token.kind is not TokenKind.OPERATOR:
            raise self.expected("an operator", "Write length(name) <= 40.")
        operator = OPERATORS[self._next().text]
        if self.token.kind is not TokenKind.NUMBER:
            raise self.expected("a number", "Write length(name) <= 40.")
        return Length(field, operator, self._value())

    def _is_field(self) -> bool:
        word = self.token.kind is TokenKind.WORD and self.token.text.lower() not in KEYWORDS
        return word or self.token.kind is TokenKind.NAME

    def _field(self) -> str:
        if self._is_field():
            return self._next().text
        raise self.expected("a field", 'Write field, operator, value; a field named like a keyword goes in "quotes".')

    def _condition(self, field: str) -> Tree:
        if self.token.kind is TokenKind.OPERATOR:
            return self._compared(field, OPERATORS[self._next().text])
        if self._accept("is"):
            return self._nullness(field)
        if self._accept("not"):
            return Negation(self._worded(field))
        return self._worded(field)

    def _compared(self, field: str, operator: Operator) -> Tree:
        if self._rule and self._is_field():
            return Pair(field, operator, self._field())
        return Comparison(field, operator, self._value())

    def _nullness(self, field: str) -> Tree:
        negated = self._accept("not")
        if not self._accept("null"):
            raise self.expected("'null'", "Write is null or is not null; compare other values with =.")
        return Negation(Missing(field)) if negated else Missing(field)

    def _worded(self, field: str) -> Tree:
        if self._accept("like"):
            return Comparison(field, Operator.LIKE, self._value())
        if self._accept("in"):
            return Membership(field, self._list())
        if self._accept("between"):
            return self._between(field)
        raise self.expected("an operator", "Use = != < <= > >=, like, in (…), is null or between … and ….")

    def _list(self) -> tuple[Literal, ...]:
        self._require_mark("(", "Write the values as in (1, 2, 3).")
        values = [self._value()]
        while self.token.is_mark(","):
            self._next()
            values.append(self._value())
        self._require_mark(")", "Separate values by commas and close the parenthesis.")
        return tuple(values)

    def _between(self, field: str) -> Tree:
        low = self._compared(field, Operator.GTE)
        if not self._accept("and"):
            raise self.expected("'and'", "Write between 1 and 9.")
        return Every((low, self._compared(field, Operator.LTE)))

    def _value(self) -> Literal:
        if self.token.kind in (TokenKind.NUMBER, TokenKind.TEXT):
            token = self._next()
            return Literal(token.text, Sort(token.kind.value))
        if self.token.is_word("true", "false"):
            return Literal(self._next().text.lower(), Sort.BOOLEAN)
        if self._accept("null"):
            return Literal("null", Sort.NULL)
        if self.token.kind is TokenKind.OPERATOR:
            raise self.expected("a value", "Write one operator, such as = for equal, and a value behind it.")
        raise self.expected("a value", "Put texts and dates in single quotes: 'blue', '2024-01-31'.")
