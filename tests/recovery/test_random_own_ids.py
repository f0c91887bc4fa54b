"""Random files with ids of their own, one import after the other, against a model in plain Python that knows rows by
these ids alone: right links, the same rows again, nothing of others, and undos that take all of it back."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from acceptance.bazaar import Bazaar
from contract.databases import sqlite_case
from entrepot import BundleRequest, Entrepot, Errors, ImportRequest, Mode
from entrepot.model.bundles import BundlePlan

TABLES = (
    "CREATE TABLE teams (id integer PRIMARY KEY, title text NOT NULL, lead integer REFERENCES people (id))",
    """CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL, boss integer REFERENCES people (id),
       team integer REFERENCES teams (id))""",
    "INSERT INTO people (id, name) VALUES (1, 'old'), (2, 'older'), (900, 'oldest')",
    "INSERT INTO teams VALUES (3, 'ancient', 1)",
)
IDS = [str(number) for number in range(1, 9)]
EACH = ImportRequest(entity="", mode=Mode.UPSERT, errors=Errors.SKIP, source="crm", own_ids=("all",))
Record = tuple[str, str, str]
"""A name and two references, by ids of the file: for a team to a person, and nothing."""
Rows = dict[tuple[str, str], Record]
"""By entity and id."""
REFERS = {"people": ("people", "teams"), "teams": ("people", "teams")}


@pytest.fixture
def bazaar(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bazaar]:
    with sqlite_case.CASE.place(request, tmp_path) as place:
        place.execute(*TABLES)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Bazaar(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def parents(entity: str, record: Record) -> list[tuple[str, str]]:
    return [(of, to) for of, to in zip(REFERS[entity], record[1:], strict=True) if to]


def some(chance: random.Random, turn: int) -> Rows:
    """Some records, of which few refer to what nobody has."""
    found: Rows = {}
    for entity in REFERS:
        for own in chance.sample(IDS, chance.randrange(1, len(IDS))):
            name = f"{entity} {own} {chance.randrange(3)}"
            first, second = (chance.choice(["", "", *IDS[:6], "99" if not turn else ""]) for _ in range(2))
            found[entity, own] = (name, first, second if entity == "people" else "")
    return found


def coming_in(file: Rows, known: Rows) -> Rows:
    """Without those that refer to what is nowhere, or to a new row that does not come in."""
    good = dict(file)
    while lost := [
        (entity, own)
        for (entity, own), record in good.items()
        if any(parent not in good and parent not in known for parent in parents(entity, record))
    ]:
        for key in lost:
            del good[key]
    return good


def there(bazaar: Bazaar) -> set[tuple[str, ...]]:
    """By names, without the strangers, who must be as they were."""
    people = bazaar.place.rows(
        "SELECT p.name, b.name, t.title FROM people p LEFT JOIN people b ON b.id = p.boss"
        " LEFT JOIN teams t ON t.id = p.team"
    )
    teams = bazaar.place.rows("SELECT t.title, p.name, NULL FROM teams t LEFT JOIN people p ON p.id = t.lead")
    found = [tuple(str(value or "") for value in row) for row in (*people, *teams)]
    strangers = [row for row in found if " " not in row[0]]
    assert sorted(strangers) == [("ancient", "old", ""), ("old", "", ""), ("older", "", ""), ("oldest", "", "")]
    assert len(set(found)) == len(found)
    return {row for row in found if row not in strangers}


def meant(known: Rows) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for (entity, _), (name, *references) in known.items():
        named = [known[of, to][0] if to else "" for of, to in zip(REFERS[entity], references, strict=True)]
        found.add((name, *named))
    return found


def written(bazaar: Bazaar, file: Rows) -> list[Path]:
    heads: Mapping[str, str] = {"people": "id,name,boss,team\n", "teams": "id,title,lead\n"}
    for entity, head in heads.items():
        width = head.count(",")
        records = [(own, *record)[: width + 1] for (of, own), record in file.items() if of == entity]
        text = head + "".join(f"{','.join(record)}\n" for record in records)
        (bazaar.folder / f"{entity}.csv").write_text(text, encoding="utf-8")
    return [bazaar.folder / f"{entity}.csv" for entity in heads]


@pytest.mark.parametrize("seed", range(1))
def test_imports_of_one_source_are_what_its_ids_say(bazaar: Bazaar, seed: int) -> None:
    chance, known = random.Random(seed), Rows()
    for turn in range(4):
        file = some(chance, turn)
        plan = bazaar.entrepot.preview(written(bazaar, file), BundleRequest(each=EACH))
        assert isinstance(plan, BundlePlan)
        good, before = coming_in(file, known), dict(known)
        known.update(good)
        expected = {
            "created": len(good.keys() - before.keys()),
            "unchanged": sum(before.get(key) == record for key, record in good.items()),
            "failed": len(file) - len(good),
        }
        assert {name: plan.counts[name] for name in expected} == expected, (seed, turn)
        receipt = bazaar.entrepot.apply(plan.plan_id)
        assert (receipt.counts, receipt.digest) == (plan.counts, plan.digest)
        assert there(bazaar) == meant(known), (seed, turn)
        if turn % 2:
            undo = bazaar.entrepot.undo(receipt.job)
            assert not undo.left
            known = before
            assert there(bazaar) == meant(known), (seed, turn)
