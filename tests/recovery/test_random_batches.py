"""Two files of which one refers to the other, by one transaction and in batches: the same comes of every record, also
where parents have no ids in their file, and where a table refers to itself and is not cut.

But for one thing: a value that a row of a later batch gives up is still taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from entrepot import BundlePlan, BundleReceipt, BundleRequest, Entrepot, ImportRequest
from entrepot.model.errors import EntrepotError
from recovery.test_one_file_or_several import MEMBERS, Both, Case, both
from seeds import seeds

__all__ = ["both"]

ROUNDS = 2


@dataclass(frozen=True, kw_only=True)
class Told:
    """What came of an import, or why nothing did."""

    code: str = ""
    job: str = ""
    counts: Sequence[Mapping[str, int]] = ()
    taken: int = 0
    """Of how many records another row has a value."""


def test_the_same_comes_of_records_at_once_and_in_batches(both: Both) -> None:
    for seed in seeds(ROUNDS):
        try:
            compared(both, Case(Random(seed)))
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise


def compared(both: Both, case: Case) -> None:
    rows, by = list(case.rows()), case.random.choice(("boss_id", "boss_code", "lead"))
    bound, asked = case.random.random() < 0.4, case.request()
    heads, members = case.heads(), case.members(by)
    members = [{**row, "peer_id": case.random.choice(("", "", *map(str, MEMBERS)))} for row in members]
    of_heads = ("id", "code", "n") if case.random.random() < 0.6 else ("code", "n")
    of_members = ("id", "code", "n", by) if case.random.random() < 0.6 else ("id", "code", "n", by, "peer_id")
    files = [both.file("heads", heads, of_heads), both.file("members", members, of_members)]
    found = []
    for size in (None, case.random.randint(1, 3)):
        both.place.execute(*(f"DELETE FROM {table}" for table in ("members", "heads", "people")), *rows)
        before = kept(both)
        told = imported(both.entrepot(bound=bound), files, replace(asked, batch_size=size))
        found.append((told, kept(both)))
        if size is not None and kept(both) != before:
            both.entrepot(bound=False).undo(told.job)
            assert kept(both) == before
    (whole, then), (cut, now) = found
    if cut.taken <= whole.taken:
        assert (whole.code, whole.counts, then) == (cut.code, cut.counts, now), f"{asked}\n{bound}\n{heads}\n{members}"


def kept(both: Both) -> list[tuple[object, ...]]:
    peers = both.place.rows("SELECT id, peer_id FROM members ORDER BY id")
    return [*both.table("heads", "members"), *map(tuple, peers)]


def imported(entrepot: Entrepot, files: list[Path], asked: ImportRequest) -> Told:
    try:
        plan = entrepot.preview(files, BundleRequest(each=asked))
        assert isinstance(plan, BundlePlan)
        receipt = entrepot.apply(plan.plan_id)
    except EntrepotError as error:
        return Told(code=error.code)
    assert isinstance(receipt, BundleReceipt)
    taken = sum(found.code == "value_taken" for part in plan.parts for found in part.findings)
    return Told(job=receipt.job, counts=[dict(part.counts) for part in receipt.parts], taken=taken)
