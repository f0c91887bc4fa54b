"""What is said of records that do not fit the rows of the database, or each other; and of what they lack."""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.model.failing import CLASH
from entrepot.model.own_ids import NO_OWN_ID, NO_SUCH_ID, SAME_ROW, SEVERAL_ROWS, TWICE
from entrepot.model.problems import Category
from entrepot.model.references import AMBIGUOUS, DISAGREE, NOT_FOUND, NOT_YET

Words = tuple[Category, str, str]
TYPE, REFERENCE, INTEGRITY = Category.TYPE, Category.REFERENCE, Category.INTEGRITY
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
    "row_not_found_again": (
        INTEGRITY,
        "The record was edited in the workbook, and its key ({field}) is not whole: its row cannot be found.",
        "Change the row in the database; here, undo the edit, or leave the record out (--skip-rows).",
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
    "parents_differ": (
        INTEGRITY,
        "{field} is {value}, of one and the same record.",
        "Correct one of the lines: they must say the same of it.",
    ),
    "no_parent_key": (
        INTEGRITY,
        "{field} is missing, and the line has other values of the record that it should name.",
        "Fill it in, or clear the others.",
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
