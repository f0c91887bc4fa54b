"""Which rules of rows a file can be held against: those of the settings, those of the request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from entrepot.databases.check_rules import rule_of
from entrepot.model.catalog import Catalog, Check, Entity
from entrepot.model.drafts import OnConflict
from entrepot.model.errors import InputError
from entrepot.model.filter_tree import Tree, fields_named
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.row_rules import condition_of, named_fields, parsed
from entrepot.model.rules import RowRule, SaidRule
from entrepot.model.triggers import Event, Timing, Trigger


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


def check_rules(catalog: Catalog, entity: Entity, filled: Sequence[str], conflicts: OnConflict) -> Iterator[RowRule]:
    """The database's own checks, as far as they are about the file alone. Where rows are merged or numbered, or a
    trigger changes them first, what the database will check is not what the file has."""
    apart = conflicts in (OnConflict.MERGE, OnConflict.VERSION)
    if apart or any(_changes_rows(trigger) for trigger in entity.triggers):
        return
    numbers = {name: at for at, name in enumerate(filled)}
    for check in entity.checks:
        tree = rule_of(check, entity, catalog)
        if tree is None or any(name not in numbers for name in fields_named(tree)):
            continue
        with suppress(InputError):
            condition = condition_of(tree, entity, numbers)
            yield RowRule(condition=condition, words=_check_words(check), code="database_check")


def _changes_rows(trigger: Trigger) -> bool:
    return trigger.rule or (trigger.timing is not Timing.AFTER and trigger.events != (Event.DELETE,))


def _check_words(check: Check) -> str:
    return f"'{check.expression}', the database's check {check.name}, does not hold"


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
