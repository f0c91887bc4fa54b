"""Steps and rules of other packages, and that everything that can be told has words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from entrepot.model.errors import InputError
from entrepot.model.rules import Rule
from entrepot.model.value_words import VALUE_WORDS
from entrepot.workbench import judging
from entrepot.workbench.judging import rules, steps
from entrepot.workbench.judging.kinds import RuleKind, StepKind
from entrepot.workbench.source import Database
from unit.workbench.judging.tables import TEXT, field, step, values

HERE = "unit.workbench.judging.test_registry"
SHOUT = StepKind(name="shout", words="Loudly.", sql=lambda x, given, _: f"{x} || '!'")
LOUD = RuleKind(name="loud", words="Ends loudly.", sql=lambda f, argument, _: f"NOT suffix({f}, '!')", code="silent")
TAKEN = StepKind(name="trim", words="Ours.", sql=lambda x, given, _: x)


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[EntryPoint]]]:
    """What other packages bring, by group."""
    found: dict[str, list[EntryPoint]] = {"entrepot.steps": [], "entrepot.rules": []}

    def brought(*, group: str) -> list[EntryPoint]:
        return found[group]

    for module in (steps, rules):
        monkeypatch.setattr(module, "entry_points", brought)
    steps.steps.cache_clear()
    rules.rules.cache_clear()
    yield found
    steps.steps.cache_clear()
    rules.rules.cache_clear()


def point(name: str, kind: str = "steps") -> EntryPoint:
    return EntryPoint(name=name.lower(), value=f"{HERE}:{name}", group=f"entrepot.{kind}")


def test_another_package_brings_steps_and_rules(database: Database, strangers: dict[str, list[EntryPoint]]) -> None:
    strangers["entrepot.steps"] = [point("SHOUT")]
    strangers["entrepot.rules"] = [point("LOUD", "rules")]
    target = field(TEXT, step("shout"), rules=[Rule(name="loud")])
    assert values(database, target, ["hey", None]) == ["hey!", None]
    assert values(database, field(rules=[Rule(name="loud")]), ["hey"]) == ["<silent>"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("TAKEN", "the name 'trim' is taken"),
        ("LOUD", "it is a RuleKind, not a StepKind"),
        ("NOWHERE", "AttributeError"),
    ],
)
def test_a_broken_step_of_another_package_is_named(
    strangers: dict[str, list[EntryPoint]], name: str, said: str
) -> None:
    strangers["entrepot.steps"] = [point(name)]
    with pytest.raises(InputError, match=said) as caught:
        steps.steps()
    assert caught.value.code == "broken_step"


def test_everything_that_can_be_told_has_words_and_nothing_else() -> None:
    source = "".join(path.read_text() for path in Path(judging.__path__[0]).glob("*.py"))
    told = set(re.findall(r'refused\("([a-z_]+)"\)', source))
    told |= {"required", "not_given", "leading_zeros", "time_zone_dropped"}
    told |= {kind.fails for kind in steps.steps().entries.values() if kind.fails}
    told |= {kind.code for kind in rules.rules().entries.values()}
    assert told == set(VALUE_WORDS)


@pytest.mark.parametrize("code", VALUE_WORDS)
def test_the_words_name_the_field_and_end_in_a_full_stop(code: str) -> None:
    message = VALUE_WORDS[code].message.format(field="{Age}", value="'x'")
    assert "{Age}" in message
    assert message.endswith(".")
    assert VALUE_WORDS[code].remedy.endswith(".")
