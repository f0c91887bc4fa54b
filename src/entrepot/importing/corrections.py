"""Corrected records in the place of those that failed: the same import, with the same request, and better values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from entrepot.importing.request import Draft
from entrepot.importing.words import READING
from entrepot.model.bench import Bench
from entrepot.model.correcting import Correction, Patched, Wrong
from entrepot.model.drafts import SourceColumn, Staged
from entrepot.model.errors import InputError
from entrepot.model.failing import ROW
from entrepot.model.matching import Matching
from entrepot.model.problems import Category, Place, Problem

WORDS: Mapping[str, tuple[str, str]] = {
    "no_record_number": ("'{value}' in __row is no number of a record.", "Take it over from the errors file."),
    "record_twice": ("The record {value} is given back more than once.", "Leave one of them out."),
    "record_did_not_fail": ("The record {value} did not fail in that import.", "Leave it out, or correct its __row."),
}


def with_corrections(staged: Staged, draft: Draft, bench: Bench) -> tuple[Staged, Patched]:
    """The original as it was staged, as if it had held what was corrected."""
    correction = draft.correction
    if correction is None:
        return staged, Patched(last=staged.records)
    patched = bench.patch(correction, [column.name for column in staged.columns])
    if patched.missing:
        raise InputError(
            "column_missing",
            f"{correction.name} lacks columns of {correction.original}: {', '.join(patched.missing)}.",
            remedy="Give the errors file back with all of its columns; without them, their values would be lost.",
        )
    if patched.wrong:
        raise _bad(correction, patched.wrong, bench)
    columns = (*staged.columns, *(SourceColumn(name=name) for name in patched.columns))
    return replace(staged, columns=columns, records=patched.records, rejected=patched.rejected), patched


def restricted(matching: Matching, draft: Draft) -> Matching:
    """To the records that were given back, where the others are in the database by now."""
    if draft.correction is None:
        return matching
    return replace(matching, patched=not draft.correction.whole, leaves_out=True)


def _bad(correction: Correction, wrong: Sequence[Wrong], bench: Bench) -> InputError:
    lines = bench.places(correction.path, correction.reading, [each.at for each in wrong])
    problems = tuple(_problem(each, lines.get(each.at) or Place(), correction.name) for each in wrong)
    return InputError(
        "bad_corrections",
        f"{correction.name} cannot be used: {problems[0].message} Nothing was written.",
        remedy=f"Give the errors file back as it is, but for the values that you correct; {ROW} says which is which.",
        problems=problems,
    )


def _problem(wrong: Wrong, place: Place, name: str) -> Problem:
    message, remedy = WORDS.get(wrong.code) or READING[wrong.code][1:]
    return Problem(
        code=wrong.code,
        message=message.format(value=wrong.value or ""),
        remedy=remedy,
        category=Category.FORMAT,
        place=replace(place, file=name, record=wrong.at),
        value=wrong.value,
    )


def name_of(draft: Draft) -> str:
    """Of the file that is staged."""
    return Path(draft.staged).name
