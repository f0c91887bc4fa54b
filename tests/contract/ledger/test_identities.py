"""What became of the ids of a source counts once its job is known to have happened, until its rows are taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from entrepot.ledger.identities import Scope
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import ChangedError, StorageError, UnavailableError
from entrepot.model.records import JobRecord, Status

CRM = Scope(database="d", source="crm", tenant="", entity="people")


def begun(ledger: Ledger, undoes: str | None = None) -> JobRecord:
    return ledger.jobs.begin("undo" if undoes else "import", owner="x", database="d", undoes=undoes)


def done(ledger: Ledger, *pairs: tuple[str, str], scope: Scope = CRM) -> JobRecord:
    job = begun(ledger)
    ledger.identities.remember(job, scope, pairs, ledger.identities.contributors(scope))
    return ledger.jobs.finish(job, Status.COMPLETED)


def undone(ledger: Ledger, job: JobRecord, *keys: str, back: tuple[str, ...] = ()) -> JobRecord:
    undo = begun(ledger, undoes=job.id)
    ledger.identities.take_away(undo, "people", keys)
    ledger.identities.bring_back(undo, "people", back)
    return ledger.jobs.finish(undo, Status.COMPLETED)


def known(ledger: Ledger, scope: Scope = CRM) -> dict[str, str]:
    return dict(ledger.identities.all(scope))


def test_what_is_remembered_counts_from_the_end_of_its_job(ledger: Ledger) -> None:
    job = begun(ledger)
    ledger.identities.remember(job, CRM, [("a", "1")], frozenset())
    assert known(ledger) == {}
    ledger.jobs.finish(job, Status.PARTIAL)
    assert known(ledger) == {"a": "1"}


def test_ids_of_a_source_stay_its_own_when_its_rows_are_taken_back(ledger: Ledger) -> None:
    def entities() -> frozenset[str]:
        return ledger.identities.entities("d", "crm", "")

    job = begun(ledger)
    ledger.identities.remember(job, CRM, [("a", "1")], frozenset())
    assert entities() == {"people"}
    ledger.jobs.finish(job, Status.FAILED)
    assert entities() == frozenset()
    undone(ledger, done(ledger, ("a", "1")), "1")
    assert (known(ledger), entities()) == ({}, {"people"})


def test_what_a_failed_job_would_have_remembered_never_counts(ledger: Ledger) -> None:
    job = begun(ledger)
    ledger.identities.remember(job, CRM, [("a", "1")], frozenset())
    ledger.jobs.finish(job, Status.FAILED)
    assert known(ledger) == {}
    done(ledger, ("a", "2"))
    assert known(ledger) == {"a": "2"}


def test_the_newest_counts_of_many(ledger: Ledger) -> None:
    done(ledger, *((f"s{n}", f"t{n}") for n in range(12_000)))
    done(ledger, ("s7", "other"))
    found = known(ledger)
    assert (len(found), found["s7"], found["s11999"]) == (12_000, "other", "t11999")


def test_databases_sources_tenants_and_entities_know_nothing_of_each_other(ledger: Ledger) -> None:
    done(ledger, ("a", "1"))
    others = [{"database": "e"}, {"source": "erp"}, {"tenant": "tenants:1"}, {"entity": "pets"}]
    for number, other in enumerate(others):
        scope = replace(CRM, **other)
        assert known(ledger, scope) == {}
        done(ledger, ("a", f"other {number}"), scope=scope)
    assert known(ledger) == {"a": "1"}


def test_an_attempt_that_is_made_again_takes_the_place_of_the_first(ledger: Ledger) -> None:
    job = begun(ledger)
    ledger.identities.remember(job, CRM, [("a", "1"), ("b", "2")], frozenset())
    ledger.identities.remember(job, CRM, [("a", "3")], frozenset())
    ledger.jobs.finish(job, Status.COMPLETED)
    assert known(ledger) == {"a": "3"}


def test_all_pairs_are_remembered_or_none(ledger: Ledger) -> None:
    job = begun(ledger)

    def broken() -> Iterator[tuple[str, str]]:
        yield from ((f"s{n}", "t") for n in range(15_000))
        raise BrokenPipeError

    with pytest.raises(StorageError):
        ledger.identities.remember(job, CRM, broken(), frozenset())
    ledger.jobs.finish(job, Status.COMPLETED)
    assert known(ledger) == {}


def test_of_two_imports_of_one_source_the_second_one_writes_nothing(ledger: Ledger) -> None:
    seen = ledger.identities.contributors(CRM)
    first, second = begun(ledger), begun(ledger)
    ledger.identities.remember(first, CRM, [("a", "1")], seen)
    with pytest.raises(UnavailableError, match="at work") as caught:
        ledger.identities.remember(second, CRM, [("a", "2")], seen)
    assert caught.value.code == "source_in_use"
    ledger.jobs.finish(first, Status.COMPLETED)
    with pytest.raises(ChangedError, match="another import of 'crm'"):
        ledger.identities.remember(second, CRM, [("a", "2")], seen)
    assert known(ledger) == {"a": "1"}


def test_rows_that_an_undo_takes_away_are_known_no_more_until_they_are_brought_back(ledger: Ledger) -> None:
    job = done(ledger, ("a", "1"), ("b", "2"))
    undo = begun(ledger, undoes=job.id)
    ledger.identities.take_away(undo, "people", ["1"])
    assert known(ledger) == {"a": "1", "b": "2"}
    undo = ledger.jobs.finish(undo, Status.COMPLETED)
    assert known(ledger) == {"b": "2"}
    again = undone(ledger, undo, back=("1",))
    assert known(ledger) == {"a": "1", "b": "2"}
    undone(ledger, again, "1", "2")
    assert known(ledger) == {}


def test_an_undo_of_an_undo_brings_back_only_what_that_undo_ended(ledger: Ledger) -> None:
    """Where the number of a row that went was given out again."""
    undone(ledger, done(ledger, ("a", "1")), "1")
    second = undone(ledger, done(ledger, ("b", "1")), "1")
    undone(ledger, second, back=("1",))
    assert known(ledger) == {"b": "1"}


def test_rows_that_did_not_come_back_stay_unknown(ledger: Ledger) -> None:
    undo = undone(ledger, done(ledger, ("a", "1"), ("b", "2")), "1", "2")
    undone(ledger, undo, back=("2",))
    assert known(ledger) == {"b": "2"}
    undone(ledger, undo, back=("1",))
    assert known(ledger) == {"a": "1", "b": "2"}


def test_what_comes_back_counts_from_the_end_of_its_undo(ledger: Ledger) -> None:
    undo = undone(ledger, done(ledger, ("a", "1")), "1")
    for ended, expected in ((Status.FAILED, dict[str, str]()), (Status.COMPLETED, {"a": "1"})):
        again = begun(ledger, undoes=undo.id)
        for _ in range(2):  # an attempt that is made again
            ledger.identities.bring_back(again, "people", ["1"])
        assert known(ledger) == {}
        ledger.jobs.finish(again, ended)
        assert known(ledger) == expected


def test_of_two_rows_of_one_id_that_come_back_the_newer_one_counts(ledger: Ledger) -> None:
    done(ledger, ("a", "1"))
    gone = undone(ledger, done(ledger, ("a", "2")), "1", "2")
    undone(ledger, gone, back=("1", "2"))
    assert known(ledger) == {"a": "2"}


def test_an_undo_that_came_to_nothing_takes_nothing_away(ledger: Ledger) -> None:
    job = done(ledger, ("a", "1"))
    undo = begun(ledger, undoes=job.id)
    ledger.identities.take_away(undo, "people", ["1"])
    ledger.jobs.finish(undo, Status.FAILED)
    assert known(ledger) == {"a": "1"}
