"""The errors file of an import: every record that failed, as it stood in the file, with all that is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from entrepot.importing.request import Draft, Prepared, Work
from entrepot.importing.united import Share
from entrepot.importing.words import WORDS, told_here
from entrepot.model.brief import MOST
from entrepot.model.drafts import Decision, FieldCount, Reading, Staged
from entrepot.model.failing import ERROR, ROW, VALUE, ErrorsFile, FailedForm, KeepsErrors, Wording
from entrepot.model.matching import Decided, Span
from entrepot.model.packed import inner_list
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.shares import ShareCounts

AT_ONCE = 50_000
"""Records: their words are made in memory."""
NOT_IN_NAMES = str.maketrans("/\\\0:", "____")
CSV, LINES = ("csv", "text/csv"), ("ndjson", "application/x-ndjson")


def with_errors(work: Work, plan: ImportPlan, decided: Decided) -> ImportPlan:
    """The plan with the errors file kept, where records failed and somebody keeps it."""
    if not plan.failed or work.run.keep_errors is None:
        return plan
    if work.prepared.shares:
        return with_errors_of_each(work, plan, decided, work.run.keep_errors)
    return replace(plan, failed_rows=work.run.keep_errors(errors_file(work, decided)))


def with_errors_of_each(work: Work, plan: ImportPlan, decided: Decided, keep: KeepsErrors) -> ImportPlan:
    """Each of several files has one of its own, which can be corrected and given back like that file."""
    names, words = errors_names(work.prepared.draft, plan.request), list(wordings(work, decided))
    shares: list[ShareCounts] = []
    for name, share, counts in zip(names, work.prepared.shares, plan.shares, strict=True):
        kept = None
        if counts.counts.get(Decision.FAILED):
            form = form_of_share(share)
            ending, media_type = LINES if form.lines else CSV
            blocks = _blocks(work, form, words, head=True, whole=share.span)
            kept = keep(ErrorsFile(name=f"{name}.failed.{ending}", media_type=media_type, blocks=blocks))
        shares.append(replace(counts, failed_rows=kept))
    first = next((share.failed_rows for share in shares if share.failed_rows), None)
    return replace(plan, failed_rows=first, shares=tuple(shares))


def errors_of_batch(work: Work, plan: ImportPlan, decided: Decided) -> Iterator[tuple[int, Iterator[bytes]]]:
    """What failed of it, without names above; of several files that are one table by the number of each, from 1."""
    if plan.failed and not work.prepared.shares:
        yield 0, iter(errors_file(work, decided, head=False).blocks)
    words = list(wordings(work, decided)) if plan.failed else []
    for number, (share, counts) in enumerate(zip(work.prepared.shares, plan.shares, strict=True), start=1):
        if counts.counts.get(Decision.FAILED):
            yield number, _blocks(work, form_of_share(share), words, head=False, whole=share.span)


def form_of_share(share: Share) -> FailedForm:
    return replace(form_of(share.staged), places=share.columns, before=share.before)


def errors_file(work: Work, decided: Decided, *, head: bool = True) -> ErrorsFile:
    """Of what was decided last. What goes out is written piece by piece; `head` says whether names stand above it."""
    prepared = work.prepared
    form = form_of(prepared.staged)
    ending, media_type = LINES if form.lines else CSV
    return ErrorsFile(
        name=name_for(prepared, ending),
        media_type=media_type,
        blocks=_blocks(work, form, list(wordings(work, decided)), head=head),
    )


def name_for(prepared: Prepared, ending: str) -> str:
    """After the file, and after the table of it that somebody named."""
    return f"{errors_name(prepared.draft, prepared.request)}.failed.{ending}"


def errors_names(draft: Draft, request: ImportRequest) -> list[str]:
    """Of several files that are one table, of each; two that are called alike are numbered."""
    if not draft.shares:
        return [errors_name(draft, request)]
    found: list[str] = []
    for given in draft.shares:
        name = errors_name(given.draft, given.request)
        taken = {other.casefold() for other in found}
        numbered = (f"{name}.{number}" for number in count(2))
        found.append(name if name.casefold() not in taken else next(n for n in numbered if n.casefold() not in taken))
    return found


def errors_name(draft: Draft, request: ImportRequest) -> str:
    packed, table = draft.packed, request.reading.entity
    table = inner_list(packed.name, table) if packed else table
    table = (table or "").translate(NOT_IN_NAMES)[:MOST]
    return ".".join(filter(None, [Path(draft.given).name.partition(".")[0], table]))


def form_of(staged: Staged) -> FailedForm:
    """With the delimiter and the mark of NULL that the file has, so that programs treat it as they treated that one."""
    reading: Reading = staged.reading
    delimiter = reading.delimiter or ","
    return FailedForm(
        lines=reading.format in ("json", "ndjson"),
        columns=tuple(column.name for column in staged.columns),
        delimiter=delimiter if len(delimiter.encode()) == 1 and delimiter != '"' else ",",
        null=reading.null,
    )


def wordings(work: Work, decided: Decided) -> Iterator[Wording]:
    """For what was found; what kept records from being read is found without a field."""
    prepared, judged = work.prepared, work.judged
    counts: Iterable[FieldCount] = (*judged.errors, *judged.warnings, *decided.findings)
    found = {(count.code, count.field, count.words) for count in counts}
    for code, name, words in sorted(found | {(code, None, None) for code in WORDS}, key=str):
        field = prepared.entity.field(name).title if name else None
        _, message, remedy = told_here(code, name, words, prepared)
        text = message.format(field=field or "the record", value=VALUE, words=words)
        yield Wording(
            code=code,
            field=prepared.names.index(name) if name else None,
            words=words,
            text=f"{text[:1].upper()}{text[1:]} {remedy}".rstrip() if field is None else f"{text} {remedy}".rstrip(),
        )


def _blocks(
    work: Work, form: FailedForm, words: list[Wording], *, head: bool, whole: Span | None = None
) -> Iterator[bytes]:
    prepared = work.prepared
    if head and not form.lines:
        yield header(form)
    scope = prepared.matching.scope or Span(first=1, last=prepared.last)
    whole = Span(first=max(whole.first, scope.first), last=min(whole.last, scope.last)) if whole else scope
    for first in range(whole.first, whole.last + 1, AT_ONCE):
        span = Span(first=first, last=min(first + AT_ONCE - 1, whole.last))
        for block in work.bench.failed(prepared.fields, prepared.matching, words, form, span):
            work.run.cancel.check()
            yield block


def header(form: FailedForm) -> bytes:
    """
    >>> header(FailedForm(lines=False, columns=("a;b", "c"), delimiter=";"))
    b'"a;b";c;__row;__error\\n'
    """
    line = io.StringIO()
    names = [form.columns[at] for at in form.kept]
    csv.writer(line, delimiter=form.delimiter, lineterminator="\n").writerow([*names, ROW, ERROR])
    return line.getvalue().encode()
