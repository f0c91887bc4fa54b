"""What is known of a dump, as far as it was read: its settings, its tables, and what is not applied."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from entrepot.model.problems import Place
from entrepot.workbench.reading.sql.dialect import POSTGRES
from entrepot.workbench.reading.sql.kinds import brings_rows, changed_tables, kind_of, plain_words
from entrepot.workbench.reading.sql.names import Column, TableName, created, given_without_names, parts, table_name
from entrepot.workbench.reading.sql.refusals import DUMP_ROWS, TAKE_OUT, cut_off, refusal
from entrepot.workbench.reading.sql.settings import Settings
from entrepot.workbench.reading.sql.shape import Shape, Table

BEGIN = re.compile(rb"\s*(?:BEGIN\b|START\s+TRANSACTION\b)", re.IGNORECASE)
END = re.compile(rb"\s*(?:COMMIT|END)\b", re.IGNORECASE)
ROLLBACK = re.compile(rb"\s*ROLLBACK\b(?!\s+TO\b)", re.IGNORECASE)
OWN_TABLES = re.compile(rb"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|DELETE\s+FROM)\s+[\"`]?sqlite_\w+", re.IGNORECASE)
"""Those that SQLite keeps for itself."""
MOST_HEADS = 10
NO_SCHEMA = (None, "public", "main")


@dataclass(kw_only=True)
class Found:
    settings: Settings
    tables: dict[TableName, Table] = field(default_factory=dict)
    not_applied: Counter[str] = field(default_factory=Counter)
    first: dict[str, Place] = field(default_factory=dict)
    """Of each kind of statement that was not applied."""
    layout: bytes = b""
    """What our own scripts say of their rows."""
    complete: bool = False
    """The last line was seen, by which a tool says that nothing is missing."""
    opened: Place | None = None
    """Of the transaction that is open."""
    rows_since: bool = False

    def note(self, kind: str, place: Place) -> None:
        self.not_applied[kind] += 1
        self.first.setdefault(kind, place)

    def comment(self, text: bytes) -> None:
        """Some say something."""
        ending = self.settings.dialect.ending
        if text.startswith(b"-- layout: "):
            self.layout = text.removeprefix(b"-- layout: ").strip()
        if ending and text.startswith(ending):
            self.complete = True

    def statement(self, text: bytes, place: Place) -> None:
        """It is not applied, if the rows are the same without it; else it is refused."""
        words = plain_words(text)
        self.note(kind_of(words), place)
        if OWN_TABLES.match(words):
            return
        if reason := brings_rows(words):
            raise refusal("refused_statement", place, f"{kind_of(words)} is not read: {reason}", DUMP_ROWS)
        self.check_changes(words, place)
        self.transaction(words, place)
        self.create(text)
        self.settings = self.settings.after(words, place)

    def under_delimiter(self, text: bytes, place: Place) -> None:
        words = plain_words(text)
        if brings_rows(words) is not None or changed_tables(words)[1]:
            raise refusal("refused_statement", place, "rows behind a DELIMITER are not read", DUMP_ROWS)
        self.note(kind_of(words), place)

    def check_changes(self, words: bytes, place: Place) -> None:
        """Before rows of a table come, there is nothing to change."""
        word, names = changed_tables(words)
        for name in names:
            table = self.known(table_name(name, self.settings.dialect.name))
            if table and table.first:
                fact = f"{word} changes the rows of {table.name.name} that came before, and is not applied"
                raise refusal("refused_statement", place, fact, TAKE_OUT)

    def transaction(self, words: bytes, place: Place) -> None:
        if BEGIN.match(words):
            self.opened, self.rows_since = place, False
        elif END.match(words):
            self.opened = None
        elif ROLLBACK.match(words):
            if self.rows_since and self.opened:
                fact = "ROLLBACK takes back the rows that came before: the dump failed when it was made"
                raise refusal("refused_statement", place, fact, "Dump again.")
            self.opened = None

    def create(self, text: bytes) -> None:
        if found := created(text, self.settings.dialect.name):
            table = self.table(found[0])
            table.created = table.created or found[1]

    def table(self, name: TableName) -> Table:
        whole = self.whole(name)
        return self.known(name) or self.tables.setdefault(whole, Table(name=whole))

    def known(self, name: TableName) -> Table | None:
        """Names of PostgreSQL differ in case; the others' may not."""
        whole = self.whole(name)
        if whole in self.tables or self.settings.dialect.name == POSTGRES:
            return self.tables.get(whole)
        return next((table for key, table in self.tables.items() if lowered(key) == lowered(whole)), None)

    def whole(self, name: TableName) -> TableName:
        return TableName(name.schema or self.settings.schema, name.name)

    def shape(self, head: re.Match[bytes], place: Place, *, copied: bool, careful: bool) -> Shape:
        table = self.table(table_name(head["table"], self.settings.dialect.name))
        columns = self.columns(table, head["columns"], place, copied=copied)
        kept = tuple(at for at, column in enumerate(columns) if not column.generated)
        table.first = table.first or place
        table.filled = table.filled or tuple(columns[at].name for at in kept)
        self.rows_since = True
        if len(table.heads) < MOST_HEADS:
            table.heads.add(head[0])
        return Shape(
            table=table,
            columns=columns,
            head=head[0],
            settings=self.settings,
            copied=copied,
            careful=careful,
            kept=kept,
        )

    def columns(self, table: Table, names: bytes | None, place: Place, *, copied: bool) -> tuple[Column, ...]:
        """Of each value of a row. Raises InputError where nobody says which value is which."""
        dialect = self.settings.dialect.name
        if names is not None:
            return told_apart(table.columns(parts(names, dialect)), table, place)
        if table.created is not None:
            return told_apart(given_without_names(table.created, dialect, copied=copied), table, place)
        raise refusal(
            "no_column_names",
            place,
            f"these rows of {table.name.name} have no names of columns, and no CREATE TABLE in the file says them",
            "Dump with names (pg_dump --column-inserts, mysqldump --complete-insert), or with the tables.",
        )

    def check_end(self, place: Place) -> None:
        dialect = self.settings.dialect
        if dialect.ending and not self.complete:
            raise cut_off(place, f"the last line of {dialect.tool}, «{dialect.ending.decode()}», is missing")
        if self.opened is not None and self.rows_since:
            raise cut_off(place, f"the transaction of line {self.opened.line} is never committed")

    def titles(self) -> Mapping[str, Table]:
        """The tables by what they are called: with their schema where the name alone would not do."""
        names = Counter(name.name for name in self.tables)
        usual = {*NO_SCHEMA, *self.settings.schemas}
        return {
            name.name if names[name.name] == 1 and name.schema in usual else ".".join(filter(None, name)): table
            for name, table in self.tables.items()
        }

    def named(self, title: str) -> Table | None:
        """With the schema or without it."""
        found = self.titles().get(title)
        whole = [table for name, table in self.tables.items() if title in (name.name, ".".join(filter(None, name)))]
        return found or (whole[0] if len(whole) == 1 else None)


def told_apart(columns: tuple[Column, ...], table: Table, place: Place) -> tuple[Column, ...]:
    """Raises InputError where two of them are one."""
    counts = Counter(column.name for column in columns)
    if twice := next((name for name, count in counts.items() if count > 1), None):
        fact = f"these rows of {table.name.name} have two values for the column {twice!r}"
        raise refusal("duplicate_column", place, fact, "Name each column once.")
    return columns


def lowered(name: TableName) -> TableName:
    return TableName(name.schema and name.schema.lower(), name.name.lower())
