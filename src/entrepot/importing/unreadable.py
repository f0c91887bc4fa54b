"""A file without columns: it holds no records, or none that could be read, and then the first one says why."""

from __future__ import annotations

from dataclasses import replace

from entrepot.importing.corrections import name_of
from entrepot.importing.request import Draft
from entrepot.importing.words import told, value_of
from entrepot.model.bench import Bench
from entrepot.model.drafts import Finding, Staged
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.matching import Matching
from entrepot.model.problems import Place, Problem


def check_readable(staged: Staged, draft: Draft, bench: Bench) -> None:
    if staged.columns:
        return
    if not staged.rejected:
        fact = f"{name_of(draft)} holds no records, so nobody can say which columns it has."
        raise InputError("no_records", fact, remedy="There is nothing to import; or get the whole file.")
    bench.judge((), ())
    found, _ = bench.shown((), Matching(), 1)
    first = found[0]
    places = bench.places(draft.path, staged.reading, [first.record])
    problem = _problem(first, replace(places.get(first.record, Place(record=first.record)), file=name_of(draft)))
    raise InputError(
        "nothing_readable",
        f"None of the {how_many(staged.records, 'record')} of {name_of(draft)} can be read as {staged.reading.format}. "
        f"The first one (line {problem.place.line or '?'}): {problem.message}",
        remedy="Correct the file; or say what it is, such as --format csv.",
        problems=(problem,),
    )


def _problem(finding: Finding, place: Place) -> Problem:
    category, words, remedy = told(finding.code)
    message = words.format(field="the record", value=value_of(finding))
    return Problem(
        code=finding.code, message=message, remedy=remedy, category=category, place=place, value=finding.value
    )
