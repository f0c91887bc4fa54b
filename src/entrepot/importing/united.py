"""Several files that are one table: their records stand one behind the other, and columns of one name are one column.
Whatever looks at records sees one table; only places, errors files and counts know which file a record came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.fields import CELLS
from entrepot.importing.request import Draft, GivenFile, Run, Work
from entrepot.model.baselines import BaselineUse
from entrepot.model.bench import Bench
from entrepot.model.drafts import SourceColumn, Staged
from entrepot.model.errors import InputError
from entrepot.model.matching import Span
from entrepot.model.plans import ImportRequest
from entrepot.model.problems import Problem
from entrepot.model.shares import ShareCounts

ASIDE = 1_000_000
"""The part of the workbench where a file is read before its records go behind those of others."""
SAMPLES = 3

ReadFile = Callable[[Draft, ImportRequest, Run, Bench], Staged]


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one of the files has in the table."""

    draft: Draft
    request: ImportRequest
    staged: Staged
    """As it was read."""
    columns: tuple[int, ...]
    """Where each of its columns stands in the table."""
    before: int
    """How many records stand in front of its own."""

    @property
    def span(self) -> Span:
        return Span(first=self.before + 1, last=self.before + self.staged.records)

    @property
    def title(self) -> str:
        return self.draft.title_of(self.request)


def united(given: Sequence[GivenFile], run: Run, bench: Bench, read: ReadFile) -> tuple[Staged, tuple[Share, ...]]:
    """All of them read. What a file lacks, its records lack, as records of JSON do: rows keep it."""
    whole: Staged | None = None
    shares: list[Share] = []
    for one in given:
        staged = read(one.draft, one.request, run, bench if whole is None else bench.part(ASIDE))
        columns = _columns(whole, staged)
        if whole is not None:
            bench.put_behind(ASIDE, columns, had=len(whole.columns), before=whole.records)
        before = whole.records if whole else 0
        share = Share(draft=one.draft, request=one.request, staged=staged, columns=columns, before=before)
        shares.append(share)
        whole = _together(whole, share)
    assert whole is not None
    return whole, tuple(shares)


def _columns(whole: Staged | None, staged: Staged) -> tuple[int, ...]:
    """New ones behind those that are there."""
    names = {column.name: at for at, column in enumerate(whole.columns if whole else ())}
    return tuple(names.setdefault(column.name, len(names)) for column in staged.columns)


def _together(whole: Staged | None, share: Share) -> Staged:
    staged = replace(share.staged, problems=tuple(_placed(share)))
    if whole is None:
        return staged
    columns = list(whole.columns)
    for at, column in zip(share.columns, staged.columns, strict=True):
        columns[at:] = [_column(columns[at], column), *columns[at + 1 :]] if at < len(columns) else [column]
    cells = staged.reading.format in CELLS
    return replace(
        whole,
        reading=whole.reading if cells else staged.reading,
        columns=tuple(columns),
        records=whole.records + staged.records,
        rejected=whole.rejected + staged.rejected,
        problems=(*whole.problems, *staged.problems),
        examples=(*whole.examples, *(share.before + record for record in staged.examples)),
    )


def _column(one: SourceColumn, other: SourceColumn) -> SourceColumn:
    samples = tuple(dict.fromkeys((*one.samples, *other.samples)))[:SAMPLES]
    return replace(one, filled=one.filled + other.filled, samples=samples)


def _placed(share: Share) -> Iterator[Problem]:
    """What is wrong with a file says which one it is."""
    for problem in share.staged.problems:
        yield problem if problem.place.file else replace(problem, place=replace(problem.place, file=share.title))


def check_baselines(shares: Sequence[Share], entity: str, bench: Bench) -> None:
    """A workbook that says what its cells were is compared with that by itself."""
    for share in shares:
        asked = share.request.baseline
        if asked is BaselineUse.IGNORE or share.staged.reading.format != "xlsx":
            continue
        if asked is BaselineUse.REQUIRE or bench.read_baseline(share.draft.path, entity) is not None:
            raise InputError(
                "not_together",
                f"{share.title} has a baseline, which tells what was changed in it; it cannot be one table with"
                " other files.",
                remedy="Import it by itself; or without regard to what it was: --baseline ignore.",
            )


def counted_shares(work: Work) -> tuple[ShareCounts, ...]:
    """What becomes of the records of each file, as it was decided last."""
    prepared = work.prepared
    if not prepared.shares:
        return ()
    spans = [share.span for share in prepared.shares]
    counts = work.bench.counts_in(prepared.fields, prepared.matching, spans)
    return tuple(
        ShareCounts(title=share.title, sha256=share.draft.file.sha256, records=share.staged.records, counts=some)
        for share, some in zip(prepared.shares, counts, strict=True)
    )
