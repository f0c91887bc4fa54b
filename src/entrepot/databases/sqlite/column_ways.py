"""The ways of each column of a template, quickest first (see `blocks`), as SQL.

A quick way takes values as they are stored, and leaves to the block what the escape would have asked of each: the
characters that would need care must not occur in any, what is replaced is replaced in all, brackets stand around all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from entrepot.databases.compile import ROWS
from entrepot.databases.escapes import occurs, possible
from entrepot.databases.sqlite.blocks import Blocks, Slotted
from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import LINE_BREAKS, QuickDialect
from entrepot.databases.sqlite.literals import LITERALS
from entrepot.databases.sqlite.pieces import ABSENT, SEPARATOR, STRANGE, Way, literal
from entrepot.databases.sqlite.plain import Plain, plain
from entrepot.databases.sqlite.values import NESTED
from entrepot.model.catalog import Entity
from entrepot.model.selection import Column, Query
from entrepot.model.templates import Escape, RowTemplate, Slot

MOST_COLUMNS = 500
"""SQLite takes 2,000 in a statement; of so many, a block would be cut into very small pieces."""


def blocks_of(compiler: SqliteCompiler, query: Query, template: RowTemplate, rowid: str) -> Blocks | None:
    """None where a template has no columns, or too many."""
    columns = {column.name: column for column in query.columns}
    parts = [
        part if isinstance(part, str) else Slotted(ways=list(ways(compiler, query.entity, columns[part.column], part)))
        for part in template.parts
    ]
    if not 0 < sum(isinstance(part, Slotted) for part in parts) <= MOST_COLUMNS:
        return None
    ordered = query.where is not None
    source = f"{compiler.between(query, rowid)} ORDER BY {rowid}" if ordered else walk(compiler, query, rowid)
    return Blocks(source=source, ordered=ordered, parts=parts)


def walk(compiler: SqliteCompiler, query: Query, rowid: str) -> str:
    """All rows between two rowids: the table's own tree is walked from one to the other, as long as no index may be
    used. To ask for the order would cost a copy of every value."""
    return f" FROM {compiler.dialect.table(query.entity)} AS {ROWS} NOT INDEXED WHERE {rowid} BETWEEN ? AND ?"


def ways(compiler: SqliteCompiler, entity: Entity, column: Column, slot: Slot) -> Iterator[Way]:
    """As it is stored; with each value's own tests, but none for line breaks; with all of them."""
    if column.keep_when is None and not column.transforms and slot.escape not in LITERALS:
        found = plain(compiler.field(column.field.name), column.field, slot)
        if found is not None:
            yield from stored_ways(found, column.field.nullable)
    quick = replace(compiler, dialect=QuickDialect())
    yield Way(sql=quick.slot(entity, column, slot), without=tuple(LINE_BREAKS))
    yield Way(sql=compiler.slot(entity, column, slot))


def stored_ways(found: Plain, nullable: bool) -> Iterator[Way]:
    escape = found.escape
    if possible(escape.guard_first, found.letters):
        return
    if escape.wrap_when is None:
        yield from enclosed(found, nullable)
    elif found.kind in NESTED and found.letters is None:
        yield from wrapped(found, escape.wrap_when, nullable)
    else:
        yield from bare(found, escape.wrap_when, nullable)


def bare(found: Plain, wrap_when: str, nullable: bool) -> Iterator[Way]:
    """Where nothing needs to be wrapped. A value that looks like NULL would, so none may be able to."""
    null = found.escape.null
    if null and occurs(null, found.letters):
        return
    yield Way(
        sql=stated(found, nullable),
        without=(STRANGE, ABSENT, *possible(wrap_when, found.letters)),
        longest=longest(found.escape, found.letters),
        null=null if null and nullable else None,
        filled=not nullable,
    )


def wrapped(found: Plain, wrap_when: str, nullable: bool) -> Iterator[Way]:
    """Where everything is wrapped, as JSON is: it has quotes or commas. Its line breaks do no harm."""
    tests = QuickDialect().contains_any(found.sql, wrap_when)
    narrowed = replace(found, fits=f"{found.fits} AND {tests}")
    if found.escape.limit is None and not rare(found.escape, None):
        yield in_brackets(narrowed, nullable, found.escape.replace, ())


def enclosed(found: Plain, nullable: bool) -> Iterator[Way]:
    """Where everything stands in brackets."""
    escape = found.escape
    wanted = tuple((old, new) for old, new in escape.replace if occurs(old, found.letters))
    care = rare(escape, found.letters)
    touched = "".join(old + new for old, new in wanted)
    if not any(character in touched for text in care for character in text):
        yield in_brackets(found, nullable, wanted, care)


def in_brackets(found: Plain, nullable: bool, pairs: tuple[tuple[str, str], ...], care: tuple[str, ...]) -> Way:
    escape = found.escape
    return Way(
        sql=stated(found, nullable),
        before=escape.open,
        after=escape.close,
        replace=pairs,
        without=(STRANGE, ABSENT, *care),
        longest=longest(escape, found.letters),
        null=escape.null if nullable else None,
    )


def stated(found: Plain, nullable: bool) -> str:
    """The value as it is; nothing for NULL, which no value that fits is."""
    null = f"WHEN {found.sql} IS NULL THEN '' " if nullable else ""
    return f"CASE WHEN {found.fits} THEN {found.text} {null}ELSE {literal(STRANGE)} END"


def rare(escape: Escape, letters: str | None) -> tuple[str, ...]:
    """What would need more care than a quick way takes. The separator is none: it is noticed anyway."""
    characters = possible(escape.rare_characters, letters).replace(SEPARATOR, "")
    return (*characters, *(text for text in escape.rare_texts if occurs(text, letters)))


def longest(escape: Escape, letters: str | None) -> int | None:
    """Bytes are at least as many as characters."""
    return escape.limit if letters is None else None
