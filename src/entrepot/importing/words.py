"""Findings in words: what is wrong with a record, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from entrepot.importing.finding_places import cell_of
from entrepot.importing.matching_words import MATCHING, OTHERS, Words
from entrepot.importing.mirroring import words as mirroring
from entrepot.importing.request import Prepared
from entrepot.model.brief import brief
from entrepot.model.drafts import Finding, Mode, TargetField
from entrepot.model.failing import WHOLE
from entrepot.model.problems import Category, Cell, Place, Problem, Severity
from entrepot.model.types import NUMBERS
from entrepot.model.value_words import VALUE_WORDS

TYPE, FORMAT, INTEGRITY = Category.TYPE, Category.FORMAT, Category.INTEGRITY
READING: Mapping[str, Words] = {
    "too_few_values": (
        FORMAT,
        "The record has fewer values ({value}) than the table has columns.",
        "Look for a missing delimiter, or for a line break in a value that is not quoted.",
    ),
    "too_many_values": (
        FORMAT,
        "The record has more values ({value}) than the table has columns.",
        "Quote values that hold the delimiter.",
    ),
    "text_after_quote": (FORMAT, "Text stands behind a closed quote: {value}.", "Double the quotes within a value."),
    "stray_quotes": (FORMAT, "A quote stands inside of a value that is not quoted: {value}.", "Write quotes twice."),
    "wrong_bytes": (
        FORMAT,
        "{value} has bytes that are not of the file's encoding.",
        "Name the encoding of the file (--encoding), or correct the value.",
    ),
    "broken_json": (FORMAT, "The line is no JSON at {value}.", "Correct that line."),
    "not_an_object": (FORMAT, "The record is no JSON object.", "Write it in braces."),
    "duplicate_key": (FORMAT, "A name stands twice in the object: {value}.", "Leave one of them out."),
    "lone_surrogate": (FORMAT, "There is half a character in it.", "Correct its escape."),
    "too_deep": (FORMAT, "It is nested too deeply.", "Simplify it."),
    "no_literal": (
        FORMAT,
        "{value} is an expression, and nothing in a file is ever run.",
        "Write the value that it stands for.",
    ),
    "default_asked": (
        FORMAT,
        "{value} is what the database would give, and stands nowhere in the file.",
        "Write the value; or leave the column out of the statement.",
    ),
    "too_many_bits": (FORMAT, "{value} has more bits than any number there has: 64.", "Correct the value."),
    "no_shape": (FORMAT, "{value} is no shape that can be read.", "Write it as ST_GeomFromText('…')."),
    "broken_row": (FORMAT, "The line holds a bare carriage return.", "Write it as \\r, or correct the line ends."),
}
RULES: Mapping[str, Words] = {
    "row_rule": (INTEGRITY, "{words}: {value}.", "Correct the record."),
    "database_check": (INTEGRITY, "{words}: {value}.", "Correct the record, or change the check."),
    **mirroring.RULES,
}
VALUES: Mapping[str, Words] = {code: (TYPE, told.message, told.remedy) for code, told in VALUE_WORDS.items()}
LIMITS = {
    "too_small": ("min", "small", "early", "less", "earlier"),
    "too_large": ("max", "large", "late", "more", "later"),
}
"""The rule, and what is said of numbers and of moments: where the limit is not known, and where it is."""
WORDS: Mapping[str, Words] = {**MATCHING, **READING, **RULES, **VALUES, **mirroring.ROWS}


def problem_of(finding: Finding, prepared: Prepared, places: Mapping[Cell, Place]) -> Problem:
    cell = cell_of(finding, prepared)
    place = places.get(cell) or Place()
    file = (place.file if prepared.draft.correction or prepared.shares else None) or prepared.draft.given
    record = (place.record if prepared.shares else None) or finding.record
    field = prepared.entity.field(finding.field).title if finding.field else None
    category, message, remedy = told_here(finding.code, finding.field, finding.words, prepared)
    return Problem(
        code=finding.code,
        message=message.format(
            field=field or "the record",
            value=value_of(finding),
            words=finding.words,
        ),
        remedy=remedy,
        severity=Severity(finding.severity),
        category=category,
        place=replace(place, file=file, entity=prepared.entity.title, record=record, column=cell[1]),
        value=finding.value,
    )


def told_here(code: str, field: str | None, words: str | None, prepared: Prepared) -> Words:
    """As people asked for it: with the limit that they have set, and with what they can still ask for instead."""
    if code == "row_exists" and words is None and prepared.request.mode is not Mode.CREATE:
        return INTEGRITY, WORDS[code][1], "Use --on-conflict overwrite or merge, or skip."
    if code == "no_such_parent" and prepared.request.mode is Mode.MIRROR:
        return mirroring.PARENT
    target = next((target for target in prepared.fields if target.name == field), None)
    if code in LIMITS and words is None and target is not None:
        return beyond(code, target)
    return told(code, words)


def beyond(code: str, target: TargetField) -> Words:
    """Of two limits nobody knows which one it was: one of them may only warn."""
    name, of_number, of_moment, by_number, by_moment = LIMITS[code]
    number = target.type.kind in NUMBERS
    limits = {rule.argument for rule in target.rules if rule.name == name}
    if len(limits) != 1:
        return TYPE, f"{{field}}: {{value}} is too {of_number if number else of_moment}.", "Correct it."
    limit = limits.pop().replace("{", "{{").replace("}", "}}")
    return TYPE, f"{{field}}: {{value}} is {by_number if number else by_moment} than {limit}.", "Correct it."


def value_of(finding: Finding) -> str | None:
    """As the sentence has room for it."""
    return finding.value if finding.code in WHOLE or finding.words else shown(finding.value)


def told(code: str, words: str | None = None) -> Words:
    """The code of a rule in Python may be anything; its words say all."""
    if words is not None and code not in RULES:
        return OTHERS.get(code, (INTEGRITY, "{words}.", "Correct the record."))
    return WORDS.get(code, (TYPE, "{field}: " + plainly(code), ""))


def plainly(code: str) -> str:
    """
    >>> plainly("too_long")
    'too long ({value}).'
    """
    return code.replace("_", " ") + " ({value})."


def shown(value: str | None) -> str:
    return "nothing" if value is None else f"'{brief(value)}'"
