"""The preview: the whole import but its changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import msgspec

from entrepot.importing.attachments.looking import Shelf, with_files
from entrepot.importing.estimate import Taken, estimated
from entrepot.importing.example_rows import told as examples_told
from entrepot.importing.failed_rows import with_errors
from entrepot.importing.finding_places import cell_of, places_of
from entrepot.importing.grouping import grouped
from entrepot.importing.keyless import keyless, with_nulls
from entrepot.importing.lanes import MAPPED, RAW, locks, named
from entrepot.importing.looking_up import with_ids
from entrepot.importing.making.telling import nearly_the_same
from entrepot.importing.match import match
from entrepot.importing.mirroring.guards import guarded
from entrepot.importing.own_ids.hint import perhaps_of_parents, perhaps_own
from entrepot.importing.prepare import working
from entrepot.importing.raw import Raw, is_admitted, raw_import
from entrepot.importing.raw_loading import checked
from entrepot.importing.raw_meeting import goes_beside, met
from entrepot.importing.request import Draft, Prepared, Run, Work
from entrepot.importing.rules import unchecked
from entrepot.importing.triggers import set_off, set_off_by
from entrepot.importing.uncut import uncut
from entrepot.importing.unindexed import unindexed
from entrepot.importing.united import counted_shares
from entrepot.importing.words import problem_of
from entrepot.model.bench import Bench
from entrepot.model.brief import brief
from entrepot.model.changes import Target
from entrepot.model.drafts import Decision, Finding
from entrepot.model.matching import Decided, Difference
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.stretches import OddError

SHOWN = 100
"""Findings and differences in a plan; counts are always of all."""
SHOWN_COLUMNS = 30


def look(draft: Draft, request: ImportRequest, run: Run) -> ImportPlan:
    """Nothing is written and nobody is locked out."""
    with run.bench() as bench:
        raw = raw_import(draft, request, run, bench)
        plan = _as_it_stands(raw) if raw else None
        return plan or _the_long_way(working(draft, request, run, bench))


def _as_it_stands(raw: Raw) -> ImportPlan | None:
    """Nothing is wrong with such a file, so there is less to be looked at."""
    try:
        with _looking(raw.work) as target:
            if goes_beside(raw, target):
                return _beside(raw, target)
            work, was_empty = checked(raw, target)
            read = work.run.clock.monotonic()
            decided = raw.decided(work, target, was_empty=was_empty)
            locked = locks(work, decided.counts, target)
            rows = RAW if is_admitted(raw) and target.loads(raw.work.prepared.entity, raw.names) else MAPPED
    except OddError:
        return None
    plan = explained(planned(work, decided), work, _taken(work, read), streamed=rows == RAW)
    return replace(plan, locks=locked, lane=named(rows, exclusive=plan.request.exclusive and bool(locked)))


def _beside(raw: Raw, target: Target) -> ImportPlan:
    sent = met(raw, target)
    read = raw.work.run.clock.monotonic()
    work, decided = sent.judged, sent.decided(target)
    locked = locks(work, decided.counts, target)
    plan = explained(planned(work, decided), work, _taken(work, read))
    lane = named(RAW, exclusive=plan.request.exclusive and bool(locked))
    shown = min(SHOWN, decided.counts[Decision.UPDATED])
    return replace(plan, locks=locked, lane=lane, differences=sent.differences(shown) if shown else ())


def _the_long_way(work: Work) -> ImportPlan:
    read = work.run.clock.monotonic()
    with _looking(work) as target:
        decided = match(work, target)
        locked = locks(work, decided.counts, target)
    plan = replace(explained(planned(work, decided), work, _taken(work, read)), references=with_ids(work))
    lane = named(MAPPED, exclusive=plan.request.exclusive and bool(locked))
    plan = with_files(work, replace(plan, locks=locked, lane=lane), Shelf(stores=work.run.file_stores))
    return with_errors(work, plan, decided)


def _taken(work: Work, read: float) -> Taken:
    return Taken(reading=read - work.started, comparing=work.run.clock.monotonic() - read)


def _looking(work: Work) -> AbstractContextManager[Target]:
    return work.run.engine.change(work.run.catalog, work.entities, work.run.work, write=False)


def explained(plan: ImportPlan, work: Work, taken: Taken, *, streamed: bool = False) -> ImportPlan:
    """With what only people look at, so that an import does without it."""
    return replace(
        plan,
        groups=grouped(work),
        changes=() if work.prepared.matching.patched else tuple(work.bench.changes(work.prepared.fields)),
        estimate=estimated(plan, taken, work.run.engine.writing, streamed=streamed),
    )


def planned(work: Work, decided: Decided) -> ImportPlan:
    prepared, run, judged = work.prepared, work.run, work.judged
    findings, differences = shown(work)
    radius = guarded(decided.radius, prepared, decided.counts) if decided.radius else None
    refusals = radius.refusals if radius else ()
    return ImportPlan(
        digest=plan_digest(prepared, decided, run),
        file=prepared.draft.taken,
        engine=run.catalog.engine,
        database=run.catalog.database,
        entity=prepared.entity.title,
        request=prepared.request,
        staged=prepared.staged,
        mapping=prepared.mapping,
        key=prepared.named(prepared.matching.key),
        fields=prepared.names,
        types=tuple(prepared.entity.field(name).native for name in prepared.names),
        compared=prepared.named(prepared.matching.compared),
        counts=decided.counts,
        defaulted=tuple(prepared.named(some) for some in decided.defaulted),
        turns=decided.turns,
        radius=radius,
        versions=decided.versions,
        references=prepared.references,
        errors=prepared.staged.rejected + sum(count.records for count in (*judged.errors, *decided.findings)),
        warnings=sum(count.records for count in judged.warnings),
        findings=findings,
        problems=(*refusals, *problems(prepared, findings, work.bench), *besides(prepared, decided, run)),
        differences=differences,
        seconds=run.clock.monotonic() - work.started,
        shares=counted_shares(work),
    )


def besides(prepared: Prepared, decided: Decided, run: Run) -> Iterator[Problem]:
    """What happens in the database, and is no fault of the file."""
    yield from perhaps_of_parents(prepared, run.catalog)
    yield from set_off(prepared.entity, decided.counts)
    yield from set_off_by(decided.radius, run.catalog)
    yield from keyless(prepared.entity, decided.counts)
    yield from with_nulls(prepared.entity, prepared.named(prepared.matching.key), decided.unkeyed)
    yield from uncut(prepared)
    yield from unindexed(prepared.entity, prepared.named(prepared.matching.key), run.catalog)


def shown(work: Work) -> tuple[tuple[Finding, ...], tuple[Difference, ...]]:
    """The first of each, in the order of the records."""
    fields, matching = work.prepared.fields, work.prepared.matching
    matched, differences = work.bench.shown(fields, matching, SHOWN)
    findings = sorted((*work.bench.findings(fields, 0, SHOWN), *matched), key=lambda finding: finding.record)
    return tuple(findings[:SHOWN]), tuple(differences)


def plan_digest(prepared: Prepared, decided: Decided, run: Run) -> str:
    """Of the file, what is asked for, and what would come of it on the rows as they are."""
    asked: tuple[object, ...] = (prepared.fields, prepared.rules, prepared.matching)
    if prepared.references:
        asked = (*asked, [reference.parents.digest for reference in prepared.references])
    parts = (prepared.draft.file.sha256, asked, run.catalog.database, decided.digest)
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def problems(prepared: Prepared, findings: Sequence[Finding], bench: Bench) -> list[Problem]:
    """With their places in the file, which are looked up only now."""
    places = places_of(prepared, bench, [cell_of(finding, prepared) for finding in findings])
    told = [problem_of(finding, prepared, places) for finding in findings]
    about_file = [*prepared.staged.problems, *_about_records(prepared), *examples_told(prepared)]
    about_file += [*_about_mapping(prepared), *perhaps_own(prepared), *nearly_the_same(prepared)]
    return [*about_file, *unchecked(prepared.entity, prepared.names), *told]


def _about_records(prepared: Prepared) -> Iterator[Problem]:
    """Where somebody says that there are none, that is as it should be."""
    if not prepared.staged.records and prepared.request.declared != 0:
        yield Problem(
            code="no_records",
            message="The file has names of columns, and no record.",
            remedy="If it should have some, look whether it was cut off, or read otherwise: --no-header.",
            severity=Severity.WARNING,
            category=Category.COUNT,
            place=Place(file=prepared.draft.given),
        )


def _about_mapping(prepared: Prepared) -> list[Problem]:
    """Columns that resemble a field first, and not hundreds of them."""
    told = {s.column: f" Did you mean {s.field} ({s.confidence} %)?" for s in prepared.mapping.suggestions}
    ignored = [c for c in prepared.mapping.unmapped if c not in prepared.request.mapping.ignored]
    ignored.sort(key=lambda column: column not in told)
    words = [f"The column '{brief(column)}' goes nowhere.{told.get(column, '')}" for column in ignored[:SHOWN_COLUMNS]]
    if more := ignored[SHOWN_COLUMNS:]:
        words.append(f"{len(more):,} more columns go nowhere.")
    return [
        Problem(
            code="column_ignored",
            message=message,
            remedy="Map it to a field (--map), or say that it is to be ignored (--ignore).",
            severity=Severity.WARNING,
        )
        for message in words
    ]
