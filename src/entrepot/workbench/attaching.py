"""Which file of a package a record points to, and the key that it has for it.

What a file is, the package says of the texts in it, so records are compared with it as they stand, not as they were
cleaned; the key is what the row holds in the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.model.drafts import Decision
from entrepot.model.rowfiles import Filed
from entrepot.workbench.bands import update
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.emit import copy
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_attaching import ListFiles, NameFiles
from entrepot.workbench.source import Database


def name_files(database: Database, request: NameFiles) -> Done:
    filed = request.filed
    named = f"v{filed.column} = packed.key FROM {filed.table} AS packed"
    there = f"packed.key IS NOT NULL AND staged.v{filed.column} <> '' AND {linked(filed)}"
    return Done(rows=update(database.connection, "staged", named, there))


def list_files(database: Database, request: ListFiles) -> Done:
    """Of a row that exists only if it has the key of the record, or gets it."""
    filed = request.filed
    deciding = Deciding(database.connection, request.fields, request.matching)
    rows = " UNION ALL ".join(pointing(deciding, filed))
    select = (
        f"SELECT mine.record, mine.what, mine.key, staged.v{filed.id}, {called(filed)}, packed.number"
        f" FROM ({rows}) AS mine JOIN staged USING (record) LEFT JOIN {filed.table} AS packed ON {linked(filed)}"
        " ORDER BY mine.record"
    )
    return Done(rows=copy(database.connection, select, request.path, ""))


def linked(filed: Filed) -> str:
    """SQL of whether a file of the package is what a record of `staged` means. One that has its new key has been found
    before."""
    named = f"packed.name IS NULL OR packed.name = {called(filed)} OR packed.key = staged.v{filed.column}"
    return f"staged.v{filed.id} = packed.id AND ({named})"


def called(filed: Filed) -> str:
    """SQL of the name that a record gives its file."""
    last = f"regexp_extract(staged.v{filed.column}, '[^/]*$')"
    return last if filed.name is None else f"coalesce(nullif(staged.v{filed.name}, ''), {last})"


def pointing(deciding: Deciding, filed: Filed) -> Iterator[str]:
    """A row that keeps another key than its record has, points to nothing of the package; an empty key to nothing."""
    given, compared = f"judged.f{filed.field}", deciding.matching.compared
    yield (
        f"SELECT judged.record, 'created' AS what, {given} AS key FROM {deciding.chosen(Decision.CREATED)}"
        f" WHERE {given} <> ''"
    )
    if not deciding.matching.key:
        return
    met = then = given
    if filed.field in compared:
        place = compared.index(filed.field)
        met, then = f"met.b{place}", deciding.after(place)
    word = f"CASE WHEN {met} = {given} THEN 'has' ELSE 'gets' END"
    there, same = f"SELECT judged.record, {word}, {given} FROM", f"{given} <> '' AND {given} ="
    yield f"{there} {deciding.chosen(deciding.changing)} WHERE {same} {then}"
    yield f"{there} {deciding.chosen(Decision.UNCHANGED)} WHERE {same} {met}"
