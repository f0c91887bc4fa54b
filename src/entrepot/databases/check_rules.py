"""Which checks of a table can be held against a file before its rows are loaded, as the rules that say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entrepot.databases.check_reader import read_check
from entrepot.databases.check_tokens import UntranslatedError
from entrepot.model.catalog import Catalog, Check, Entity, Field
from entrepot.model.filter_tree import Comparison, Every, Length, Membership, Missing, Negation, Pair, Some, Tree
from entrepot.model.predicates import Operator
from entrepot.model.types import MOMENTS, NUMBERS, Kind

LENGTHS = {
    "postgres": frozenset({"length", "char_length", "character_length"}),
    "sqlite": frozenset({"length"}),
    "mysql": frozenset({"char_length", "character_length"}),
}
"""What counts characters rather than bytes."""
UNENFORCED = re.compile("NOT (VALID|ENFORCED)$")
EXACT_TEXTS = re.compile("character varying.*|varchar.*|text|clob", re.IGNORECASE)
"""Types that keep a text as it is; `char(n)` does not mind blanks."""
TEXTS = frozenset({Kind.TEXT, Kind.ENUM})
EQUAL = frozenset({Operator.EQ, Operator.NE})
VALUES = NUMBERS | {Kind.BOOLEAN, Kind.DATE, Kind.TIMESTAMP}


def rule_of(check: Check, entity: Entity, catalog: Catalog) -> Tree | None:
    """None: only the database itself can say. MySQL does not tell which of its checks it minds."""
    engine = catalog.engine
    unsure = engine == "mysql" and "mariadb" not in catalog.version.lower()
    if unsure or engine not in LENGTHS or UNENFORCED.search(check.ddl or ""):
        return None
    try:
        tree = read_check(check.expression, LENGTHS[engine], lambda name, into: _harmless(entity, name, into))
    except UntranslatedError:
        return None
    return tree if all(_means_the_same(leaf, entity, engine) for leaf in _leaves(tree)) else None


def _harmless(entity: Entity, name: str, into: str) -> bool:
    """PostgreSQL writes casts where none is needed."""
    field = entity.by_field.get(name)
    if field is None:
        return False
    if into == "numeric":
        return field.type.kind in (Kind.INTEGER, Kind.DECIMAL)
    return into in ("text", "character varying") and field.type.kind is Kind.TEXT


def _leaves(tree: Tree) -> Iterator[Comparison | Pair | Length | Membership | Missing]:
    match tree:
        case Every(items) | Some(items):
            for item in items:
                yield from _leaves(item)
        case Negation(item):
            yield from _leaves(item)
        case _:
            yield tree


def _means_the_same(leaf: Comparison | Pair | Length | Membership | Missing, entity: Entity, engine: str) -> bool:
    """Whether the workbench compares such values as the database does, down to the last blank."""
    names = (leaf.field, leaf.other) if isinstance(leaf, Pair) else (leaf.field,)
    if not all(name in entity.by_field for name in names):
        return False
    fields = [entity.field(name) for name in names]
    match leaf:
        case Missing():
            return True
        case Length():
            return all(field.type.kind is Kind.TEXT and EXACT_TEXTS.fullmatch(field.native) for field in fields)
        case Membership():
            return all(_exact(field, Operator.EQ, engine) for field in fields) and _plain(leaf, fields[0], engine)
        case Pair() if engine == "sqlite" and fields[0].type.kind is not fields[1].type.kind:
            return False
        case Pair() | Comparison():
            return all(_exact(field, leaf.operator, engine) for field in fields) and _plain(leaf, fields[0], engine)


def _exact(field: Field, operator: Operator, engine: str) -> bool:
    kind = field.type.kind
    if kind not in TEXTS:
        return (kind in VALUES and field.type.bits != 32) or kind is Kind.INTEGER
    if engine == "mysql" or field.collation not in (None, "BINARY"):
        return False
    if operator is Operator.LIKE:
        return engine == "postgres"
    return operator in EQUAL and (kind is Kind.ENUM or EXACT_TEXTS.fullmatch(field.native) is not None)


def _plain(leaf: Comparison | Pair | Membership, field: Field, engine: str) -> bool:
    """SQLite compares days and moments letter by letter, so they must be written as the rows have them."""
    if engine != "sqlite" or field.type.kind not in MOMENTS or isinstance(leaf, Pair):
        return True
    literals = leaf.literals if isinstance(leaf, Membership) else (leaf.literal,)
    shape = r"\d{4}-\d\d-\d\d" + ("" if field.type.kind is Kind.DATE else r" \d\d:\d\d:\d\d")
    return all(re.fullmatch(shape, literal.text) for literal in literals)
