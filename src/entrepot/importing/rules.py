"""Which rules of rows a file can be held against: those of the settings, those of the request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError
from entrepot.model.filter_tree import Tree
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.row_rules import condition_of, named_fields, parsed
from entrepot.model.rules import RowRule, SaidRule


def row_rules(entity: Entity, filled: Sequence[str], asked: Sequence[SaidRule]) -> tuple[RowRule, ...]:
    """`filled` are the fields that the file has. A standing rule about others waits for a file that has all of them;
    one that somebody asked for cannot."""
    said = [(rule, tree) for rule, tree in _standing(entity) if not _missing(tree, entity, filled)]
    for rule in asked:
        tree = parsed(rule.condition, "--rule")
        if missing := _missing(tree, entity, filled):
            raise InputError(
                "nothing_fills",
                f"The rule '{rule.condition}' is about {', '.join(missing)}, which nothing in the file fills.",
                remedy="Map a column to it, or leave the rule out.",
            )
        said.append((rule, tree))
    numbers = {name: at for at, name in enumerate(filled)}
    return tuple(
        RowRule(condition=condition_of(tree, entity, numbers), words=words(rule), warning=rule.warning)
        for rule, tree in said
    )


def words(rule: SaidRule) -> str:
    return rule.message.rstrip(".") or f"'{rule.condition}' does not hold"


def unchecked(entity: Entity, filled: Sequence[str]) -> Iterator[Problem]:
    """The standing rules that are about fields of the file and others: nobody can say whether they will hold."""
    for rule, tree in _standing(entity):
        missing = _missing(tree, entity, filled)
        if missing and len(missing) < len(named_fields(tree, entity)):
            yield Problem(
                code="rule_not_checked",
                message=f"The rule '{rule.condition}' is not checked: nothing fills {', '.join(missing)}.",
                remedy="Add that to the file, if rows may break the rule.",
                severity=Severity.WARNING,
                category=Category.INTEGRITY,
                place=Place(entity=entity.title),
            )


def _standing(entity: Entity) -> Iterator[tuple[SaidRule, Tree]]:
    return ((rule, parsed(rule.condition, f"[entities.{entity.name}] rules")) for rule in entity.rules)


def _missing(tree: Tree, entity: Entity, filled: Sequence[str]) -> list[str]:
    return [name for name in named_fields(tree, entity) if name not in filled]
