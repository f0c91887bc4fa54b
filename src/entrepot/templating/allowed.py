"""The values that a field is held to: the labels of its type, a rule of the settings, a check of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.filter_tree import Every, Membership, Sort, Tree
from entrepot.model.types import Kind


def allowed_values(field: Field, entity: Entity, catalog: Catalog) -> tuple[str, ...]:
    """In their order; none where nothing lists them. What one list allows and another does not is left out."""
    lists = [values for values in _lists(field, entity, catalog) if values]
    if not lists:
        return ()
    return tuple(dict.fromkeys(value for value in lists[0] if all(value in others for others in lists[1:])))


def _lists(field: Field, entity: Entity, catalog: Catalog) -> Iterator[Sequence[str]]:
    if field.type.kind is Kind.BOOLEAN:
        yield ("true", "false")
    if field.type.kind is Kind.ENUM and not field.native.lower().startswith("set("):
        yield field.type.values
    for rule in field.rules:
        if rule.name == "one_of" and not rule.warning:
            from entrepot.workbench.judging.registry import words

            yield words(rule.argument)
    if field.type.kind in (Kind.TEXT, Kind.INTEGER):
        yield from _checked(field, entity, catalog)


def _checked(field: Field, entity: Entity, catalog: Catalog) -> Iterator[Sequence[str]]:
    from entrepot.databases.check_rules import rule_of

    for check in entity.checks:
        tree = rule_of(check, entity, catalog)
        for leaf in [] if tree is None else _all_of(tree):
            if isinstance(leaf, Membership) and leaf.field == field.name:
                yield [literal.text for literal in leaf.literals if literal.sort is not Sort.NULL]


def _all_of(tree: Tree) -> Iterator[Tree]:
    """The conditions that must all hold."""
    if isinstance(tree, Every):
        for item in tree.items:
            yield from _all_of(item)
    else:
        yield tree
