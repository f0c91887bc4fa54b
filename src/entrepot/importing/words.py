"""Findings in words: what is wrong with a record, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from entrepot.importing.request import Prepared
from entrepot.model.brief import brief
from entrepot.model.drafts import Finding
from entrepot.model.problems import Category, Place, Problem, Severity

Words = tuple[Category, str, str]
TYPE, FORMAT, REFERENCE, INTEGRITY = Category.TYPE, Category.FORMAT, Category.REFERENCE, Category.INTEGRITY
MATCHING: Mapping[str, Words] = {
    "no_such_parent": (
        REFERENCE,
        "{field} refers to {value}, which does not exist.",
        "Import what it refers to first, or correct it.",
    ),
    "duplicate_in_file": (
        INTEGRITY,
        "{value} stands in the file more than once as {field}.",
        "Keep one of these records.",
    ),
    "row_exists": (
        INTEGRITY,
        "A row with {field} {value} exists.",
        "Use --mode upsert, or --on-conflict skip, overwrite or merge.",
    ),
    "no_such_row": (
        REFERENCE,
        "There is no row with {field} {value} to update.",
        "Use --mode upsert to create it.",
    ),
    "ambiguous_match": (
        INTEGRITY,
        "More than one row has {field} {value}.",
        "Choose fields that identify a row: --key.",
    ),
    "no_key": (INTEGRITY, "There is no {field}, so no row can be found.", "Fill it in."),
}
READING: Mapping[str, Words] = {
    "too_few_values": (
        FORMAT,
        "The record has fewer values than the table has columns: {value}.",
        "Look for a missing delimiter, or for a line break in a value that is not quoted.",
    ),
    "too_many_values": (
        FORMAT,
        "The record has more values than the table has columns: {value}.",
        "Quote values that hold the delimiter.",
    ),
    "text_after_quote": (FORMAT, "Text stands behind a closed quote: {value}.", "Double the quotes within a value."),
    "stray_quotes": (FORMAT, "A quote stands inside of a value that is not quoted: {value}.", "Write quotes twice."),
    "wrong_bytes": (
        FORMAT,
        "{value} has bytes that are not of the file's encoding.",
        "Name the encoding of the file, or correct the value.",
    ),
    "not_an_object": (FORMAT, "The record is no JSON object.", "Write it in braces."),
    "duplicate_key": (FORMAT, "A name stands twice in the object: {value}.", "Leave one of them out."),
    "lone_surrogate": (FORMAT, "There is half a character in it.", "Correct its escape."),
    "too_deep": (FORMAT, "It is nested too deeply.", "Simplify it."),
}
VALUES: Mapping[str, Words] = {
    "required": (TYPE, "{field} is missing.", "Fill it in, or map a column or a constant to it."),
    "not_an_integer": (TYPE, "{field}: {value} is no whole number.", "Write it like 42."),
    "not_a_number": (TYPE, "{field}: {value} is no number.", "Write it like 12.50; --clean number understands others."),
    "out_of_range": (TYPE, "{field}: {value} is beyond what the field can hold.", "Correct it."),
    "too_precise": (TYPE, "{field}: {value} has more digits than the field keeps.", "Round it: --clean round."),
    "too_long": (TYPE, "{field}: {value} is longer than the field.", "Shorten it: --clean truncate."),
    "too_small": (TYPE, "{field}: {value} is too small.", "Correct it."),
    "too_large": (TYPE, "{field}: {value} is too large.", "Correct it."),
    "wrong_length": (TYPE, "{field}: {value} has the wrong length.", "Correct it."),
    "nul_character": (TYPE, "{value} has a NUL character.", "Remove it."),
    "not_a_boolean": (TYPE, "{field}: {value} is neither true nor false.", "Write true or false, or --clean boolean."),
    "not_a_date": (TYPE, "{field}: {value} is no date.", "Write it like 2024-01-31, or --clean date."),
    "no_such_day": (TYPE, "{field}: {value} is a day that no calendar has.", "Correct it."),
    "not_a_time": (TYPE, "{field}: {value} is no time.", "Write it like 10:00:00."),
    "no_such_time": (TYPE, "{field}: {value} is a time that no clock shows.", "Correct it."),
    "not_a_timestamp": (TYPE, "{field}: {value} is no moment.", "Write it like 2024-01-31 10:00:00."),
    "no_time_zone": (
        TYPE,
        "{field}: {value} does not say its time zone.",
        "Write it with +00:00, or --clean timezone.",
    ),
    "not_an_interval": (TYPE, "{field}: {value} is no length of time.", "Write it like P1DT2H."),
    "not_a_uuid": (TYPE, "{field}: {value} is no UUID.", "Write 32 hexadecimal digits in five groups."),
    "not_bytes": (TYPE, "{field}: {value} is no bytes.", "Write them like \\xdeadbeef."),
    "not_json": (TYPE, "{field}: {value} is no JSON.", "Correct it."),
    "not_an_array": (TYPE, "{field}: {value} is no list.", 'Write it like ["a", "b"].'),
    "bad_item": (TYPE, "{field}: a value of the list does not fit: {value}.", "Correct it."),
    "unknown_label": (TYPE, "{field} cannot be {value}.", "Write one of the values that it may have."),
    "not_an_email": (FORMAT, "{field}: {value} is no e-mail address.", "Correct it."),
    "not_a_url": (FORMAT, "{field}: {value} is no web address.", "Correct it."),
    "not_a_phone": (FORMAT, "{field}: {value} is no telephone number.", "Correct it."),
    "not_blank": (FORMAT, "{field} is blank.", "Fill it in."),
    "not_allowed": (FORMAT, "{field} cannot be {value}.", "Write one of the values that it may have."),
    "not_past": (FORMAT, "{field}: {value} is not in the past.", "Correct it."),
    "not_future": (FORMAT, "{field}: {value} is not in the future.", "Correct it."),
    "pattern": (FORMAT, "{field}: {value} does not have the form that is asked for.", "Correct it."),
}
WORDS: Mapping[str, Words] = {**MATCHING, **READING, **VALUES}


def problem_of(finding: Finding, prepared: Prepared, places: Mapping[int, Place]) -> Problem:
    place = places.get(finding.record) or Place(file=prepared.draft.file.name)
    field = prepared.entity.field(finding.field).title if finding.field else None
    category, message, remedy = WORDS.get(finding.code, (TYPE, "{field}: " + plainly(finding.code), ""))
    return Problem(
        code=finding.code,
        message=message.format(field=field or "the record", value=shown(finding.value)),
        remedy=remedy,
        severity=Severity(finding.severity),
        category=category,
        place=replace(
            place, file=prepared.draft.file.name, entity=prepared.entity.title, record=finding.record, column=field
        ),
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
