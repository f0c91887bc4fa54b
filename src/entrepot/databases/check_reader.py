"""A check of a database as a rule of rows, where the grammar of rules can say all of it. What it cannot say is left to
the database, and so is what it could only nearly say: a record must never be refused that the database would take.

    any      = every { OR every }                 operand  = field | value | length(field) | ( operand ) | operand::type
    every    = one { AND one }                    one      = NOT one | operand condition | ( any )
    condition = sign operand | sign ANY (ARRAY[…]) | IS [NOT] NULL
              | [NOT] ( IN (…) | BETWEEN operand AND operand | LIKE '…' )
"""

from __future__ import annotations

from collections.abc import Callable

from entrepot.databases.check_operands import FieldSaid, Operand, Operands
from entrepot.databases.check_tokens import UntranslatedError, tokens
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
    Tree,
)
from entrepot.model.predicates import Operator

SIGNS = {
    "=": Operator.EQ,
    "==": Operator.EQ,
    "<>": Operator.NE,
    "!=": Operator.NE,
    ">": Operator.GT,
    ">=": Operator.GTE,
    "<": Operator.LT,
    "<=": Operator.LTE,
    "~~": Operator.LIKE,
}
FLIPPED = {Operator.GT: Operator.LT, Operator.GTE: Operator.LTE, Operator.LT: Operator.GT, Operator.LTE: Operator.GTE}


class CheckReader(Operands):
    """One check."""

    def whole(self) -> Tree:
        tree = self.some()
        if self.token.kind != "end":
            raise UntranslatedError
        return tree

    def some(self) -> Tree:
        items = [self.every()]
        while self.accept("OR"):
            items.append(self.every())
        return items[0] if len(items) == 1 else Some(tuple(items))

    def every(self) -> Tree:
        items = [self.one()]
        while self.accept("AND"):
            items.append(self.one())
        return items[0] if len(items) == 1 else Every(tuple(items))

    def one(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise UntranslatedError
        tree = Negation(self.one()) if self.accept("NOT") else self.condition_or_brackets()
        self.depth -= 1
        return tree

    def condition_or_brackets(self) -> Tree:
        """A bracket may hold a condition or a single operand; only what follows tells."""
        start, depth = self.at, self.depth
        try:
            return self.condition(self.operand())
        except UntranslatedError:
            self.at, self.depth = start, depth
        self.require("(")
        tree = self.some()
        self.require(")")
        return tree

    def condition(self, left: Operand) -> Tree:
        if self.token.kind == "operator":
            return self.signed(left, self.next().text)
        if not isinstance(left, FieldSaid) or left.length:
            return self.between(left) if self.accept("BETWEEN") else self.none()
        if self.accept("IS", "NOT", "NULL"):
            return Negation(Missing(left.name))
        if self.accept("IS", "NULL"):
            return Missing(left.name)
        negated = self.accept("NOT")
        tree = self.worded(left)
        return Negation(tree) if negated else tree

    def none(self) -> Tree:
        raise UntranslatedError

    def worded(self, left: FieldSaid) -> Tree:
        if self.accept("IN", "("):
            return Membership(left.name, self.list(")"))
        if self.accept("BETWEEN"):
            return self.between(left)
        if self.accept("LIKE"):
            return compared(left, Operator.LIKE, self.operand())
        raise UntranslatedError

    def between(self, left: Operand) -> Tree:
        low = self.operand()
        self.require("AND")
        return Every((compared(left, Operator.GTE, low), compared(left, Operator.LTE, self.operand())))

    def signed(self, left: Operand, sign: str) -> Tree:
        if sign == "!~~":
            return Negation(compared(left, Operator.LIKE, self.operand()))
        operator = SIGNS[sign]
        for word, wanted in (("ANY", Operator.EQ), ("ALL", Operator.NE)):
            if operator is wanted and isinstance(left, FieldSaid) and not left.length and self.accept(word, "("):
                tree = Membership(left.name, self.array())
                self.require(")")
                return tree if wanted is Operator.EQ else Negation(tree)
        return compared(left, operator, self.operand())

    def array(self) -> tuple[Literal, ...]:
        """`ARRAY['a'::character varying]`, or the same in brackets with `::text[]` behind."""
        if self.accept("("):
            values = self.array()
            self.require(")")
        else:
            self.require("ARRAY", "[")
            values = self.list("]")
        if self.accept("::"):
            if self.next().text.lower() != "text":
                raise UntranslatedError
            self.require("[", "]")
        return values

    def list(self, end: str) -> tuple[Literal, ...]:
        values = [self.operand()]
        while self.accept(","):
            values.append(self.operand())
        self.require(end)
        literals = tuple(value for value in values if isinstance(value, Literal))
        if len(literals) < len(values):
            raise UntranslatedError
        return literals


def compared(left: Operand, operator: Operator, right: Operand) -> Tree:
    if isinstance(left, Literal):
        if isinstance(right, Literal) or operator is Operator.LIKE:
            raise UntranslatedError
        return compared(right, FLIPPED.get(operator, operator), left)
    if isinstance(right, Literal):
        return Length(left.name, operator, right) if left.length else Comparison(left.name, operator, right)
    if left.length or right.length or operator is Operator.LIKE:
        raise UntranslatedError
    return Pair(left.name, operator, right.name)


def read_check(expression: str, lengths: frozenset[str], cast: Callable[[str, str], bool]) -> Tree:
    """UntranslatedError if it says more than a rule can."""
    return CheckReader(tuple(tokens(expression)), lengths, cast).whole()
