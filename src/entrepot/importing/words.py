"""Findings in words: what is wrong with a record, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from entrepot.importing.request import Prepared
from entrepot.model.brief import brief
from entrepot.model.drafts import Finding
from entrepot.model.problems import Category, Place, Problem, Severity

WORDS: Mapping[str, tuple[Category, str, str]] = {
    "too_few_values": (
        Category.FORMAT,
        "The record has fewer values than the table has columns: {value}.",
        "Look for a missing delimiter, or for a line break in a value that is not quoted.",
    ),
    "too_many_values": (
        Category.FORMAT,
        "The record has more values than the table has columns: {value}.",
        "Quote values that hold the delimiter.",
    ),
    "text_after_quote": (
        Category.FORMAT,
        "Text stands behind a closed quote: {value}.",
        "Double the quotes within a quoted value.",
    ),
    "wrong_bytes": (
        Category.FORMAT,
        "{value} has bytes that are not of the file's encoding.",
        "Name the encoding of the file, or correct the value.",
    ),
    "nul_character": (Category.FORMAT, "{value} has a NUL character.", "Remove it."),
    "no_such_parent": (
        Category.REFERENCE,
        "{field} refers to {value}, which does not exist.",
        "Import what it refers to first, or correct it.",
    ),
    "duplicate_in_file": (
        Category.INTEGRITY,
        "{value} stands in the file more than once as {field}.",
        "Keep one of these records.",
    ),
    "row_exists": (
        Category.INTEGRITY,
        "A row with {field} {value} exists.",
        "Use --mode upsert, or --on-conflict skip, overwrite or merge.",
    ),
    "no_such_row": (
        Category.REFERENCE,
        "There is no row with {field} {value} to update.",
        "Use --mode upsert to create it.",
    ),
    "ambiguous_match": (
        Category.INTEGRITY,
        "More than one row has {field} {value}.",
        "Choose fields that identify a row: --key.",
    ),
    "no_key": (Category.INTEGRITY, "There is no {field}, so no row can be found.", "Fill it in."),
}


def problem_of(finding: Finding, prepared: Prepared, places: Mapping[int, Place]) -> Problem:
    place = places.get(finding.record) or Place(file=prepared.draft.file.name)
    field = prepared.entity.field(finding.field).title if finding.field else None
    category, message, remedy = WORDS.get(finding.code, (Category.TYPE, "{field}: " + plainly(finding.code), ""))
    return Problem(
        code=finding.code,
        message=message.format(field=field or "the record", value=shown(finding.value)),
        remedy=remedy,
        severity=Severity(finding.severity),
        category=category,
        place=replace(place, entity=prepared.entity.title, record=finding.record, column=field),
        value=finding.value,
    )


def plainly(code: str) -> str:
    """
    >>> plainly("too_long")
    'too long ({value}).'
    """
    return code.replace("_", " ") + " ({value})."


def shown(value: str | None) -> str:
    return "nothing" if value is None else f"'{brief(value)}'"
