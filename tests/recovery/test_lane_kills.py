"""Kill -9 just before a step of an import that takes the file's bytes as they stand, with the tables for itself or not:
all of it happened or nothing, the foreign keys are there again, and an undo gives the first state back."""

from __future__ import annotations

import pytest

from contract.databases import postgres_case
from entrepot.model.plans import ImportRequest
from recovery.killing import around_the_commit, killed, yard
from recovery.yard import Yard

__all__ = ["yard"]

TEAMS = "CREATE TABLE teams (id integer PRIMARY KEY)"
MEMBERS = """CREATE TABLE members (id integer PRIMARY KEY, team_id integer NOT NULL REFERENCES teams ON DELETE CASCADE,
    boss_id integer CONSTRAINT boss REFERENCES members DEFERRABLE, name varchar(20))"""
REMARK = "COMMENT ON CONSTRAINT boss ON members IS 'who decides'"
WORDS = ["import", "members.csv", "--into", "members", "--yes"]
KEYS = """SELECT conname, pg_get_constraintdef(oid), obj_description(oid) FROM pg_constraint
    WHERE contype = 'f' ORDER BY conname"""
LEFT = """SELECT relname FROM pg_class WHERE relpersistence = 't' UNION ALL SELECT locktype FROM pg_locks
    WHERE pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.parametrize("yard", [postgres_case.CASE], indirect=True),
]


@pytest.mark.parametrize("words", [(), ("--exclusive",)], ids=["raw", "raw, exclusive"])
def test_a_kill_before_a_step_leaves_all_or_nothing_and_the_foreign_keys(yard: Yard, words: tuple[str, ...]) -> None:
    yard.place.execute(TEAMS, MEMBERS, REMARK, "INSERT INTO teams VALUES (1), (2)")
    rows = [f"{number},{number % 2 + 1},{number - 1 if number > 1 else ''},member {number}" for number in range(1, 301)]
    (yard.folder / "members.csv").write_text("\n".join(["id,team_id,boss_id,name", *rows, ""]), encoding="utf-8")
    first, keys = fingerprint(yard), yard.place.rows(KEYS)
    assert len(keys) == 2
    steps = killed(yard, 0, *WORDS, *words)
    assert steps is not None
    receipt = yard.jobs()[0].receipt
    assert receipt is not None
    assert receipt["lane"] == ", ".join(["raw", *(word.strip("-") for word in words)])
    full = fingerprint(yard)
    yard.entrepot().undo(yard.jobs()[0].id)
    seen = set()
    for fatal in around_the_commit(steps):
        assert killed(yard, fatal, *WORDS, *words) is None
        assert yard.place.rows(KEYS) == keys, fatal
        assert [row[0] for row in yard.place.rows(LEFT)] == [], fatal
        seen.add(check(yard, first, full, *words))
    assert seen == {"failed", "completed"}
    assert [path.name for path in (yard.folder / "tmp").iterdir()] == []


def check(yard: Yard, first: str, full: str, *words: str) -> str:
    """What was not done can be done, and what was done, undone."""
    found, latest = fingerprint(yard), yard.jobs()[0]
    assert found in (first, full)
    status = str(latest.status) if latest.kind == "import" else "failed"  # it died before it was a job
    assert status == ("completed" if found == full else "failed")
    job = latest.id
    if found == first:
        wanted = ImportRequest(entity="members", exclusive="--exclusive" in words)
        job = yard.entrepot().bring_in(yard.folder / "members.csv", wanted).job
        assert fingerprint(yard) == full
    yard.entrepot().undo(job)
    assert fingerprint(yard) == first
    return status


def fingerprint(yard: Yard) -> str:
    return str(yard.entrepot().fingerprint())
