"""Mappings: saved under a name, or remembered of a finished import for the next file with the same columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from entrepot.ledger.records import Records
from entrepot.ledger.tables import MAPPINGS
from entrepot.ledger.turns import take_turn
from entrepot.model.records import Document, MappingRecord
from entrepot.model.suggest import unknown


class Mappings:
    def __init__(self, records: Records) -> None:
        self._records = records

    def save(
        self, database: str, entity: str, *, columns: str, mapping: Document, name: str | None = None
    ) -> MappingRecord:
        """The newest takes the place of the one before it: of the same name or, without one, of the same columns."""
        record = MappingRecord(
            id=self._records.new_id("map"),
            database=database,
            entity=entity,
            name=name,
            columns=columns,
            mapping=mapping,
            created_at=self._records.now(),
        )
        before = _remembered(columns) if name is None else (MAPPINGS.c.name == name,)
        with self._records.writing() as connection:
            take_turn(connection, MAPPINGS.name, database, entity)
            connection.execute(delete(MAPPINGS).where(*_of(database, entity), *before))
            connection.execute(insert(MAPPINGS), {**vars(record)})
        return record

    def named(self, database: str, entity: str, name: str) -> MappingRecord:
        found = self._find(*_of(database, entity), MAPPINGS.c.name == name)
        if not found:
            names = [saved.name for saved in self.saved(database, entity) if saved.name is not None]
            raise unknown("mapping", name, names, entity)
        return found[0]

    def saved(self, database: str, entity: str) -> tuple[MappingRecord, ...]:
        """All with a name, the newest first."""
        return self._find(*_of(database, entity), MAPPINGS.c.name.is_not(None))

    def all(self, database: str) -> tuple[MappingRecord, ...]:
        """With and without a name, the newest first."""
        return self._find(MAPPINGS.c.database == database)

    def delete(self, id: str) -> None:
        with self._records.writing() as connection:
            connection.execute(delete(MAPPINGS).where(MAPPINGS.c.id == id))

    def remembered(self, database: str, entity: str, columns: str) -> MappingRecord | None:
        """Of the last import of a file with these columns."""
        found = self._find(*_of(database, entity), *_remembered(columns))
        return found[0] if found else None

    def used(self, id: str) -> None:
        """It served now."""
        with self._records.writing() as connection:
            connection.execute(update(MAPPINGS).where(MAPPINGS.c.id == id).values(used_at=self._records.now()))

    def _find(self, *conditions: ColumnElement[bool]) -> tuple[MappingRecord, ...]:
        query = select(MAPPINGS).where(*conditions).order_by(MAPPINGS.c.created_at.desc(), MAPPINGS.c.id.desc())
        with self._records.reading() as connection:
            return tuple(_mapping(dict(row._mapping)) for row in connection.execute(query))


def _of(database: str, entity: str) -> tuple[ColumnElement[bool], ...]:
    return MAPPINGS.c.database == database, MAPPINGS.c.entity == entity


def _remembered(columns: str) -> tuple[ColumnElement[bool], ...]:
    return MAPPINGS.c.name.is_(None), MAPPINGS.c.columns == columns


def _mapping(columns: dict[str, Any]) -> MappingRecord:
    return MappingRecord(**columns)
