"""Findings in words: what is wrong with a record, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from entrepot.importing.finding_places import cell_of
from entrepot.importing.mirroring import words as mirroring
from entrepot.importing.request import Prepared
from entrepot.model.brief import brief
from entrepot.model.drafts import Finding, Mode, TargetField
from entrepot.model.failing import CLASH, WHOLE
from entrepot.model.own_ids import NO_OWN_ID, NO_SUCH_ID, SAME_ROW, SEVERAL_ROWS, TWICE
from entrepot.model.problems import Category, Cell, Place, Problem, Severity
from entrepot.model.references import AMBIGUOUS, DISAGREE, NOT_FOUND, NOT_YET
from entrepot.model.types import NUMBERS
from entrepot.model.value_words import VALUE_WORDS

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
    CLASH: (
        INTEGRITY,
        "{field} was changed to {value}, both since the export.",
        "Write the database's value into the cell to keep it, or take the workbook's: --rows, --on-conflict overwrite.",
    ),
    "row_gone": (
        INTEGRITY,
        "The row with {field} {value} was deleted since the export, and edited in the workbook.",
        "Leave the record out (--skip-rows); or have the row again, as it stands in the workbook: --baseline ignore.",
    ),
    "row_made_besides": (
        INTEGRITY,
        "A row with {field} {value} was made since the export, and this one was added to the workbook.",
        "Give it another key; or write over that row: --rows, or --on-conflict overwrite.",
    ),
    "database_refused": (INTEGRITY, "{value}.", "Correct the record as the database says, or leave it out."),
    "other_tenant": (INTEGRITY, "{field} {value} is not the tenant's own.", "Leave it empty, or correct it."),
    "no_tenant": (INTEGRITY, "Without {field} the row would belong to no tenant.", "Fill it in."),
    "key_unusable": (INTEGRITY, "{field} {value} cannot be used.", "Choose another one."),
    "waits_for_itself": (
        REFERENCE,
        "{field} refers to {value}, which another record brings that has to wait for this one.",
        "Bring it in by two imports, the first of which leaves it empty.",
    ),
    "version_conflict": (
        INTEGRITY,
        "The newest version of {field} {value} has the same number and other contents.",
        "Give it the next number, or decide about the record: --rows 5=version, or --skip-rows 5.",
    ),
    "no_key": (
        INTEGRITY,
        "There is no {field}, so no row can be found.",
        "Fill it in; --mode upsert with --key makes a new row of it.",
    ),
}
UNIQUE = "{value}, and no two rows may have the same {words}."
OTHERS: Mapping[str, Words] = {
    "duplicate_in_file": (INTEGRITY, UNIQUE, "Keep one of these records, or correct it."),
    "value_taken": (INTEGRITY, UNIQUE, "Correct it, or the row that has it."),
    "waits_for_itself": (
        INTEGRITY,
        UNIQUE,
        "Bring it in by two imports, the first of which gives the value up, for one that no row has.",
    ),
    "parent_failed": (
        REFERENCE,
        "{field} refers to {value} of {words}, which cannot be imported.",
        "Correct that record first.",
    ),
    "still_referred": (
        REFERENCE,
        "{field} cannot become {value}: {words} refers to what it is now, and would lead nowhere.",
        "Leave it as it is, or change first what refers to it.",
    ),
    NOT_FOUND: (
        REFERENCE,
        "{field}: there are no {words} {value}.",
        "Correct it, bring in first what it refers to, or say what else becomes of it: --missing.",
    ),
    AMBIGUOUS: (
        REFERENCE,
        "{field}: there are several {words} {value}.",
        "Name what only one of them has, or give the id besides.",
    ),
    DISAGREE: (
        REFERENCE,
        "{field} is told otherwise: {words} {value}.",
        "Correct one of the two, or bring in what it refers to by an import of its own, first.",
    ),
    NOT_YET: (
        REFERENCE,
        "{field}: {value} stands in this file alone, in a record that has no id yet.",
        "Give the records ids, or bring them in first, and what refers to them by a second import.",
    ),
    NO_OWN_ID: (INTEGRITY, "The record has no {field} of its own.", "Give every record an id, and each its own."),
    TWICE: (INTEGRITY, "{field} '{value}' stands in the file more than once.", "Give each record an id of its own."),
    SAME_ROW: (
        INTEGRITY,
        "{field} '{value}' is the same row of the database as another record of the file.",
        "Keep one of these records.",
    ),
    SEVERAL_ROWS: (
        INTEGRITY,
        "{field} '{value}': several rows of the database have what identifies it.",
        "Choose fields that identify a row: --key.",
    ),
    NO_SUCH_ID: (
        REFERENCE,
        "{field} refers to '{value}', an id of {words} that neither these files nor an import of their source had.",
        "Correct it, or bring in what it refers to: in the same import, or before, with the same --source.",
    ),
    "cut_text": (
        TYPE,
        "{field}: the text fills its cell, so it was cut when the workbook was written.",
        "Take it from a file without such a limit: export CSV, JSON or a package.",
    ),
    "error_value": (TYPE, "{field}: the cell holds the error {value}.", "Correct its formula, or write a value."),
    "no_cached_value": (
        TYPE,
        "{field}: the cell holds a formula that nobody has calculated yet: {value}.",
        "Open the workbook in a spreadsheet program and save it, or write a value.",
    ),
    "nul_character": (TYPE, "{field}: {value} holds a NUL character.", "Take it out; no database keeps it."),
    "not_given": (
        INTEGRITY,
        "Nothing in the file fills {words}, which a new row needs.",
        'Map a column to it, or give every row the same: --set "FIELD=VALUE".',
    ),
}
"""About several fields, or without words of their own: unique keys besides the one by which rows are found, what
nothing fills, and cells that have no value."""
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
    file = (place.file if prepared.draft.correction else None) or prepared.draft.given
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
        place=replace(place, file=file, entity=prepared.entity.title, record=finding.record, column=cell[1]),
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
