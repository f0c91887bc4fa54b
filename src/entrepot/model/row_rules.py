"""Rules of whole rows, `end_date >= start_date`, as people write them: read by the grammar of filters, held against the
fields of an entity, and made into conditions on numbers of fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.filter_text import parse_text
from entrepot.model.filter_tree import (
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
    fields_named,
)
from entrepot.model.filters import ORDERED, PATTERNED, typed_pattern, typed_value, wrong_type
from entrepot.model.names import Names, field_names
from entrepot.model.predicates import Operator
from entrepot.model.rules import Condition, SaidRule, What
from entrepot.model.suggest import unknown
from entrepot.model.types import NUMBERS, Kind

KEYS = ("rule", "warning", "message")
EQUAL = frozenset({Operator.EQ, Operator.NE})
CALENDAR = frozenset({Kind.DATE, Kind.TIMESTAMP})
WORDS = PATTERNED | {Kind.UUID}
TOGETHER = (NUMBERS, CALENDAR, WORDS)
"""Kinds whose values can be compared with each other; of the others, only with their own."""
NOT_COMPARED = frozenset({Kind.INTERVAL, Kind.BYTES, Kind.JSON, Kind.ARRAY})


def read_row_rules(said: object, place: str, *, warning: bool = False) -> tuple[SaidRule, ...]:
    """As settings have them: a text, a table with `rule`, `warning` and `message`, or a list. `place` is for errors."""
    match said:
        case str():
            return (SaidRule(condition=said, warning=warning),)
        case list() | tuple():
            return tuple(rule for item in said for rule in read_row_rules(item, place, warning=warning))
        case Mapping():
            return (_table(said, place, warning),)
        case _:
            raise _wrong(said, place)


def _table(said: Mapping[object, object], place: str, warning: bool) -> SaidRule:
    for key in said:
        if key not in KEYS:
            raise unknown("key", str(key), KEYS, place)
    condition, message, softened = said.get("rule"), said.get("message", ""), said.get("warning", warning)
    if not (isinstance(condition, str) and isinstance(message, str) and isinstance(softened, bool)):
        raise _wrong(dict(said), place)
    return SaidRule(condition=condition, message=message, warning=softened)


def _wrong(said: object, place: str) -> InputError:
    return InputError(
        "bad_row_rule",
        f"{place} is {said!r:.80}, which is no rule.",
        remedy='Write "end_date >= start_date", or { rule = "…", warning = true, message = "…" }.',
    )


def parsed(text: str, place: str) -> Tree:
    try:
        return parse_text(text, rule=True)
    except InputError as error:
        words = error.message.replace("The filter", "The rule", 1)
        raise InputError("rule_syntax", f"{place}: {words}", remedy=error.remedy) from error


def named_fields(tree: Tree, entity: Entity) -> tuple[str, ...]:
    """By their names in the schema; an error for one that does not exist."""
    names = field_names(entity)
    return tuple(dict.fromkeys(names.find(word).name for word in fields_named(tree)))


def check_row_rule(rule: SaidRule, entity: Entity, place: str) -> None:
    """InputError if it says nothing that its fields understand."""
    condition_of(parsed(rule.condition, place), entity, {f.name: at for at, f in enumerate(entity.fields)})


def condition_of(tree: Tree, entity: Entity, numbers: Mapping[str, int]) -> Condition:
    """With every name found, in `numbers` too, and every value of its field's type."""
    return _Typing(field_names(entity), lambda field: numbers[field.name]).of(tree)


class _Typing:
    def __init__(self, names: Names[Field], number: Callable[[Field], int]) -> None:
        self.names, self.number = names, number

    def of(self, tree: Tree) -> Condition:
        match tree:
            case Every(items):
                return Condition(what=What.EVERY, items=tuple(map(self.of, items)))
            case Some(items):
                return Condition(what=What.SOME, items=tuple(map(self.of, items)))
            case Negation(item):
                return Condition(what=What.NOT, items=(self.of(item),))
            case Pair(name, operator, other):
                return self.pair(self.names.find(name), operator, self.names.find(other))
            case _:
                return self.single(self.names.find(tree.field), tree)

    def single(self, field: Field, tree: Comparison | Length | Membership | Missing) -> Condition:
        match tree:
            case Missing():
                return Condition(what=What.MISSING, field=self.number(field))
            case Length(_, operator, literal):
                return self.length(field, operator, literal)
            case Membership(_, literals):
                return self.among(field, literals)
            case Comparison(_, operator, literal):
                return self.compared(field, operator, literal)

    def compared(self, field: Field, operator: Operator, literal: Literal) -> Condition:
        at = self.number(field)
        if literal.sort is Sort.NULL:
            return _against_null(field, operator, Condition(what=What.MISSING, field=at))
        if operator is Operator.LIKE:
            return Condition(what=What.LIKE, field=at, values=(typed_pattern(field, literal).text,))
        _check_order(field, operator)
        return Condition(
            what=What.COMPARED, field=at, operator=operator.value, values=(typed_value(field, literal).text,)
        )

    def among(self, field: Field, literals: tuple[Literal, ...]) -> Condition:
        """A NULL in the list changes nothing: a field without a value breaks no rule."""
        _check_order(field, Operator.EQ)
        values = tuple(typed_value(field, literal).text for literal in literals if literal.sort is not Sort.NULL)
        return Condition(what=What.AMONG, field=self.number(field), values=values)

    def pair(self, field: Field, operator: Operator, other: Field) -> Condition:
        kinds = {field.type.kind, other.type.kind}
        if len(kinds) > 1 and not any(kinds <= some for some in TOGETHER):
            fact = f"it cannot be compared with '{other.title}', which is {other.type.describe()}"
            raise wrong_type(field, fact, "Compare numbers with numbers, days with days, texts with texts.")
        _check_order(field, operator)
        _check_order(other, operator)
        return Condition(
            what=What.COMPARED, field=self.number(field), operator=operator.value, other=self.number(other)
        )

    def length(self, field: Field, operator: Operator, literal: Literal) -> Condition:
        if field.type.kind not in PATTERNED:
            raise wrong_type(field, "only texts have a length", "Compare its values.")
        if not literal.text.isascii() or not literal.text.isdigit():
            raise wrong_type(field, f"{literal.text} is no length", "Write a whole number.")
        return Condition(
            what=What.LENGTH, field=self.number(field), operator=operator.value, values=(str(int(literal.text)),)
        )


def _against_null(field: Field, operator: Operator, missing: Condition) -> Condition:
    if operator is Operator.EQ:
        return missing
    if operator is Operator.NE:
        return Condition(what=What.NOT, items=(missing,))
    raise wrong_type(field, "nothing is more, less or like NULL", f"Write {field.name} is null or is not null.")


def _check_order(field: Field, operator: Operator) -> None:
    if field.type.kind in NOT_COMPARED:
        raise wrong_type(field, "such values cannot be compared", "Use is null or is not null.")
    if operator not in EQUAL and field.type.kind not in ORDERED:
        raise wrong_type(field, "its values have no order", "Use = or !=, in, or is null.")
