"""What is wrong with records of a mirror, in words: they are not of the scope that the file is to be equal to."""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.model.problems import Category

Words = tuple[Category, str, str]
PARENT: Words = (
    Category.REFERENCE,
    "{field} refers to {value}, which does not exist, or is deleted because the file does not name it.",
    "Import what it refers to first, correct it, or add a record that names it.",
)
ROWS: Mapping[str, Words] = {
    "row_outside_scope": (
        Category.INTEGRITY,
        "The row with {field} {value} is none of those that the file is to be equal to.",
        "Leave the record out, choose another --where, or change the row by an import of its own first.",
    ),
}
RULES: Mapping[str, Words] = {
    "outside_scope": (
        Category.INTEGRITY,
        "The record is none of those that the file is to be equal to, {words}: {value}.",
        "Leave it out, or choose another --where.",
    ),
}
