"""The plainest dialect: INSERT statements of quoted texts, as SQLite loads them. Shows what a dialect must say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Catalog, Entity, Origin
from entrepot.model.selection import Column
from entrepot.model.templates import Escape, Form, Slot
from entrepot.model.types import NUMBERS

QUOTED = Escape(name="sql_text", null="NULL", open="'", close="'", replace=(("'", "''"),))
BARE = Escape(name="sql_number", null="NULL")


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class PlainDialect:
    name = "plain"
    one_block = False
    copy_text = False
    row_open = "("
    row_close = ")"
    row_separator = ",\n"
    field_separator = ","

    def opening(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        return "BEGIN;"

    def create(self, entity: Entity, catalog: Catalog) -> str:
        fields = ", ".join(
            quote(field.name) + (f" AS ({field.expression})" if field.origin is Origin.VIRTUAL else " TEXT")
            for field in entity.fields
        )
        key = f", PRIMARY KEY ({', '.join(map(quote, entity.primary_key))})" if entity.primary_key else ""
        return f"CREATE TABLE {quote(entity.table)} ({fields}{key});"

    def begin_rows(self, entity: Entity, columns: Sequence[Column]) -> str:
        names = ", ".join(quote(column.name) for column in columns)
        return f"INSERT INTO {quote(entity.table)} ({names}) VALUES\n"

    def end_rows(self) -> str:
        return ";\n"

    def slot(self, column: Column) -> Slot:
        escape = BARE if column.type.kind in NUMBERS else QUOTED
        return Slot(column=column.name, form=Form.TEXT, escape=escape)

    def closing(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        relations = [f"-- {r.name}: {r.entity} to {r.parent}\n" for e in entities for r in e.relations]
        return "".join(relations) + "COMMIT;"

    def notes(self, entity: Entity, source_engine: str) -> Iterator[str]:
        if source_engine != self.name:
            yield "field types become text"
