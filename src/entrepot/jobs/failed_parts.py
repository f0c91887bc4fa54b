"""Errors files of imports in batches: what failed in each batch, put together when all of them stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain

from entrepot.importing.failed_rows import CSV, LINES, errors_names, form_of, form_of_share, header
from entrepot.importing.notes import COUNTS, ENTITY, SHARES, Facts
from entrepot.importing.request import Work
from entrepot.model.drafts import Decision
from entrepot.model.failing import ErrorsFile, FailedForm
from entrepot.model.plans import ImportPlan
from entrepot.model.records import JobRecord
from entrepot.model.shares import ShareCounts
from entrepot.state import State

PART = "failed_part"
BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class FailedParts:
    """Of one job."""

    state: State
    job: JobRecord
    lasting: timedelta

    def keep(self, blocks: Iterator[bytes], unit: int, share: int) -> None:
        with self.state.artifacts.receive(PART, _name(unit, share)) as incoming:
            for block in blocks:
                incoming.write(block)
        self.state.record(incoming.stored, CSV[1], lasting=self.lasting, job=self.job)

    def whole(self, plan: ImportPlan, work: Work) -> ImportPlan:
        """The plan with the errors file of its table kept; of several files that are one table with that of each."""
        if not plan.failed or work.run.keep_errors is None:
            return plan
        if not plan.shares:
            return replace(plan, failed_rows=self._file(plan, work, form_of(work.prepared.staged), 0))
        shares = tuple(self._share(plan, work, number) for number in range(1, len(plan.shares) + 1))
        first = next((share.failed_rows for share in shares if share.failed_rows), None)
        return replace(plan, failed_rows=first, shares=shares)

    def _share(self, plan: ImportPlan, work: Work, number: int) -> ShareCounts:
        counts = plan.shares[number - 1]
        if not counts.counts.get(Decision.FAILED):
            return counts
        form = form_of_share(work.prepared.shares[number - 1])
        return replace(counts, failed_rows=self._file(plan, work, form, number))

    def _file(self, plan: ImportPlan, work: Work, form: FailedForm, share: int) -> str:
        assert work.run.keep_errors is not None
        ending, media_type = LINES if form.lines else CSV
        name = errors_names(work.prepared.draft, plan.request)[max(share - 1, 0)]
        head = [] if form.lines else [header(form)]
        blocks = chain(head, self._blocks(work.prepared.entity.name, share))
        return work.run.keep_errors(ErrorsFile(name=f"{name}.failed.{ending}", media_type=media_type, blocks=blocks))

    def _blocks(self, entity: str, share: int) -> Iterator[bytes]:
        """In the order of the batches; of one that was tried again, what came last."""
        found = {part.name: part for part in self.state.ledger.artifacts.of_job(self.job.id, PART)}
        units = [unit for unit in self.state.ledger.units.of_job(self.job.id) if unit.facts.get(ENTITY) == entity]
        for unit in [unit.unit for unit in units if _failed(unit.facts, share)]:
            with self.state.artifacts.verify(found[_name(unit, share)]).open("rb") as file:
                while block := file.read(BLOCK):
                    yield block


def _name(unit: int, share: int) -> str:
    """
    >>> _name(3, 0), _name(3, 2)
    ('3', '3.2')
    """
    return f"{unit}.{share}" if share else f"{unit}"


def _failed(facts: Facts, share: int) -> int:
    counts: Sequence[dict[str, int]] = [facts[COUNTS], *facts.get(SHARES, ())]
    return counts[share][Decision.FAILED]
