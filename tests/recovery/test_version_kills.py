"""Kill -9 around the commit of new versions: row, flag and references are all there or none, and an undo finds them."""

from __future__ import annotations

import pytest

from contract.databases.case import EngineCase
from entrepot.model.types import Kind
from recovery.killing import killed, yard
from recovery.yard import Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow
SETTINGS = """[entities.pages]
version = { field = "version", of = ["slug"], current = "is_current", references = "follow" }
"""
WORDS = ["import", "pages.csv", "--into", "pages", "--on-conflict", "version", "--yes"]
STATE = """SELECT slug, version, is_current, (SELECT count(*) FROM quotes q WHERE q.page_id = pages.id) FROM pages
    ORDER BY slug, version"""
BEFORE = [("a", 1, True, 2), ("b", 1, True, 0)]
AFTER = [("a", 1, False, 0), ("a", 2, True, 2), ("b", 1, True, 0)]


def prepare(yard: Yard, case: EngineCase) -> None:
    yard.place.execute(
        f"""CREATE TABLE pages (id {case.counter}, slug varchar(9) NOT NULL, version integer NOT NULL,
        words varchar(9), is_current {case.types[Kind.BOOLEAN]}, CONSTRAINT one_number UNIQUE (slug, version))""",
        f"""CREATE TABLE quotes (id integer PRIMARY KEY, page_id {case.types[Kind.INTEGER]},
        FOREIGN KEY (page_id) REFERENCES pages (id))""",
    )
    (yard.folder / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    (yard.folder / "pages.csv").write_text("slug,words\na,new\nb,old\n", encoding="utf-8")


def reset(yard: Yard) -> None:
    yard.place.execute(
        "DELETE FROM quotes",
        "DELETE FROM pages",
        "INSERT INTO pages (slug, version, words, is_current) VALUES ('a', 1, 'old', true), ('b', 1, 'old', true)",
        "INSERT INTO quotes SELECT 1, id FROM pages WHERE slug = 'a'",
        "INSERT INTO quotes SELECT 2, id FROM pages WHERE slug = 'a'",
    )


def state(yard: Yard) -> list[tuple[object, ...]]:
    return [(slug, version, bool(flag), count) for slug, version, flag, count in yard.place.rows(STATE)]


def test_a_kill_around_the_commit_leaves_versions_flags_and_references_as_one(yard: Yard) -> None:
    prepare(yard, yard.case)
    reset(yard)
    steps = killed(yard, 0, *WORDS)
    assert steps is not None
    assert state(yard) == AFTER
    seen = set()
    for fatal in (steps - 2, steps - 1):
        reset(yard)
        assert killed(yard, fatal, *WORDS) is None
        done = state(yard) == AFTER
        assert done or state(yard) == BEFORE, fatal
        seen.add(done)
        latest = yard.jobs()[0]
        assert latest.status.final
        if done:
            assert yard.entrepot().undo(latest.id).left == 0
            assert state(yard) == BEFORE, fatal
    assert seen == {True, False}
