"""Golden SQL: what the shared compiler makes of queries, for a dialect that deviates from nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.databases.compile import Compiler
from entrepot.databases.conditions import Conditions
from entrepot.model.catalog import Catalog, Entity, Field, Key
from entrepot.model.errors import InputError
from entrepot.model.predicates import (
    And,
    Compare,
    In,
    InRowSet,
    IsNull,
    Not,
    Operator,
    Or,
    Predicate,
    Related,
    Value,
)
from entrepot.model.selection import Column, Order, Query
from entrepot.model.templates import Escape, Form, RowTemplate, Slot
from entrepot.model.types import Kind, LogicalType
from unit.databases.plain_dialect import PlainDialect


def field(name: str, kind: Kind = Kind.TEXT, *, nullable: bool = True) -> Field:
    return Field(name=name, type=LogicalType(kind=kind), native=kind.value, nullable=nullable)


ORDERS = Entity(
    name="orders",
    table="orders",
    fields=(field("id", Kind.INTEGER, nullable=False), field('we"ird'), field("customer", Kind.INTEGER)),
    primary_key=("id",),
)
CUSTOMERS = Entity(name="customers", table="customers", fields=(field("id", Kind.INTEGER), field("name")))
CATALOG = Catalog(engine="plain", version="1", database="shop", entities=(ORDERS, CUSTOMERS))
COMPILER = Compiler(PlainDialect(), CATALOG)


def column(name: str, transforms: tuple[str, ...] = (), keep_when: Predicate | None = None) -> Column:
    return Column(field=ORDERS.field(name), name=name, transforms=transforms, keep_when=keep_when)


def query(
    *columns: Column, where: Predicate | None = None, order: Order = Order.STORAGE, limit: int | None = None
) -> Query:
    return Query(entity=ORDERS, columns=columns, where=where, order=order, limit=limit)


def value(text: str, kind: Kind = Kind.TEXT) -> Value:
    return Value(text, LogicalType(kind=kind))


def condition(predicate: Predicate) -> str:
    return Conditions(PlainDialect(), CATALOG).of(predicate, ORDERS, "t")


def test_a_query_is_one_statement() -> None:
    where = Compare("customer", Operator.GT, value("5", Kind.INTEGER))
    assert COMPILER.texts(query(column("id"), column('we"ird'), where=where)) == (
        'SELECT text(t."id") AS "c0", text(t."we""ird") AS "c1" FROM "orders" AS t WHERE t."customer" > 5'
    )
    assert COMPILER.count(query(where=where)) == 'SELECT count(*) FROM "orders" AS t WHERE t."customer" > 5'


def test_rows_are_ordered_where_the_choice_depends_on_it() -> None:
    assert COMPILER.texts(query(column("id"))) == 'SELECT text(t."id") AS "c0" FROM "orders" AS t'
    assert COMPILER.texts(query(column("id"), order=Order.KEY)).endswith(' AS t ORDER BY t."id"')
    assert COMPILER.texts(query(column("id"), limit=3)).endswith(' AS t ORDER BY t."id" LIMIT 3')
    assert COMPILER.count(query(limit=3)) == 'SELECT count(*) FROM (SELECT 1 FROM "orders" AS t LIMIT 3) AS counted'


def test_without_a_primary_key_rows_are_ordered_by_a_key_without_nulls_or_by_all_fields() -> None:
    dialect = PlainDialect()
    keyless = replace(ORDERS, primary_key=(), keys=(Key(name="k", fields=('we"ird',)),))
    assert dialect.key_order(keyless) == ["id", 'we"ird', "customer"]
    assert dialect.key_order(replace(keyless, keys=(Key(name="k", fields=("id",)),))) == ("id",)


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (Compare('we"ird', Operator.EQ, value("it's \\")), """t."we""ird" = 'it''s \\'"""),
        (Compare('we"ird', Operator.LIKE, value("a%")), """text(t."we""ird") LIKE 'a%' ESCAPE ''"""),
        (Compare("customer", Operator.NE, value("1 OR 1=1", Kind.INTEGER)), """t."customer" <> '1 OR 1=1'"""),
        (Compare("customer", Operator.LT, value("-1.5e3", Kind.DECIMAL)), 't."customer" < -1.5e3'),
        (Compare("customer", Operator.EQ, value("NaN", Kind.FLOAT)), """t."customer" = 'NaN'"""),
        (Compare("customer", Operator.EQ, value("true", Kind.BOOLEAN)), 't."customer" = TRUE'),
        (Compare("customer", Operator.EQ, value("1)--", Kind.BOOLEAN)), """t."customer" = '1)--'"""),
        (Compare("customer", Operator.EQ, value("1\n", Kind.INTEGER)), """t."customer" = '1\n'"""),
        (In("customer", (value("1", Kind.INTEGER), value("2", Kind.INTEGER))), 't."customer" IN (1, 2)'),
        (In("customer", ()), "FALSE"),
        (IsNull("customer"), 't."customer" IS NULL'),
        (And(()), "TRUE"),
        (Or(()), "FALSE"),
        (And((IsNull("id"), Or((IsNull("id"), IsNull("customer"))))),
         '(t."id" IS NULL AND (t."id" IS NULL OR t."customer" IS NULL))'),
        (Not(IsNull("id")), 'NOT coalesce(t."id" IS NULL, FALSE)'),
        (Related(("customer",), "customers", ("id",), IsNull("name")),
         'EXISTS (SELECT 1 FROM "customers" AS tx WHERE tx."id" = t."customer" AND tx."name" IS NULL)'),
        (Related(("customer",), "customers", ("id",), Related(("id",), "orders", ("customer",))),
         ('EXISTS (SELECT 1 FROM "customers" AS tx WHERE tx."id" = t."customer" AND '
          'EXISTS (SELECT 1 FROM "orders" AS txx WHERE txx."customer" = tx."id"))')),
        (InRowSet("chosen"),
         'EXISTS (SELECT 1 FROM "entrepot_rows_e337486faf80dc72" AS tr WHERE tr."k0" = t."id")'),
    ],
)  # fmt: skip
def test_a_predicate_is_a_condition(predicate: Predicate, expected: str) -> None:
    assert condition(predicate) == expected


def test_the_names_of_row_sets_never_reach_sql() -> None:
    for name in ("x", "a\"b'; DROP TABLE orders", "long" * 100):
        assert name not in PlainDialect().rowset(name)
        assert len(PlainDialect().rowset(name)) == 32


def test_a_nul_is_refused_where_a_statement_cannot_hold_it() -> None:
    with pytest.raises(InputError, match="NUL"):
        PlainDialect().quote("a\0b")
    with pytest.raises(InputError, match="NUL"):
        PlainDialect().literal(value("a\0b"))


def row(*parts: str | Slot, columns: tuple[Column, ...]) -> str:
    return COMPILER.row(query(*columns), RowTemplate(parts=parts))


BARE = Escape(name="bare", null="-")


def slot(name: str, escape: Escape = BARE, form: Form = Form.TEXT, otherwise: Slot | None = None) -> Slot:
    return Slot(column=name, form=form, escape=escape, otherwise=otherwise)


def test_a_row_is_one_expression_and_neighbouring_literals_are_one() -> None:
    assert row("{", "'", slot("id"), "}", columns=(column("id"),)) == """'{''' || coalesce(text(t."id"), '-') || '}'"""
    assert row("x", columns=()) == "'x'"
    assert row(columns=()) == "''"


def test_a_slot_is_read_by_the_name_that_goes_out() -> None:
    assert row(slot("out"), columns=(replace(column("id"), name="out"),)) == """coalesce(text(t."id"), '-')"""


def test_texts_that_cannot_need_it_are_not_tested() -> None:
    csv = Escape(name="csv", null="", open='"', close='"', replace=(('"', '""'),), wrap_when=',"\n')
    assert row(slot("id", csv), columns=(column("id"),)) == """coalesce(text(t."id"), '')"""
    text = 'text(t."we""ird")'
    found = row(slot('we"ird', csv), columns=(column('we"ird'),))
    assert f"CASE WHEN {text} = '' OR (strpos({text}, ',') > 0 OR " in found
    assert f"""'"' || (replace({text}, '"', '""')) || '"'""" in found


def test_a_native_escape_is_used_for_any_text() -> None:
    json = Escape(name="json", null="null", open='"', close='"')
    assert row(slot('we"ird', json), columns=(column('we"ird'),)) == (
        """coalesce(to_json(text(t."we""ird")), 'null')"""
    )


def test_keep_when_is_asked_once_per_slot() -> None:
    kept = column("customer", keep_when=Related(("customer",), "customers", ("id",)))
    other = slot("customer", Escape(name="other", null="never"))
    sql = row(slot("customer", form=Form.NUMBER, otherwise=other), columns=(kept,))
    assert sql.count("EXISTS") == 1
    assert sql == (
        'coalesce(CASE WHEN EXISTS (SELECT 1 FROM "customers" AS tx WHERE tx."id" = t."customer") '
        """THEN coalesce(number(t."customer"), text(t."customer")) END, '-')"""
    )


def test_transforms_apply_in_their_order() -> None:
    changed = column('we"ird', transforms=("trim", "lowercase"))
    assert COMPILER.value(ORDERS, changed, Form.TEXT) == 'lower(trim(text(t."we""ird")))'
    timed = column('we"ird', transforms=("timestamp",))
    text = 'text(t."we""ird")'
    assert COMPILER.value(ORDERS, timed, Form.TEXT) == f"CASE WHEN numeric({text}) THEN float({text}) ELSE {text} END"


def test_many_parts_make_a_shallow_tree() -> None:
    """Engines limit how deep an expression may be."""
    sql = PlainDialect().concat([f"p{number}" for number in range(4000)])
    depth = deepest = 0
    for character in sql:
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)
    assert deepest < 10
    assert sql.replace("(", "").replace(")", "") == " || ".join(f"p{number}" for number in range(4000))
