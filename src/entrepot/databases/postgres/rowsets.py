"""Row sets: temporary tables of primary keys, gone with the transaction."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.databases.compile import Compiler
from entrepot.databases.dialect import Dialect
from entrepot.model.catalog import Entity
from entrepot.model.selection import Query


def create_rowset(dialect: Dialect, name: str, entity: Entity) -> Iterator[str]:
    """The key's own types and collations; the unique index keeps doubles out and makes look-ups cheap."""
    keys = ", ".join(f"{dialect.quote(field)} AS k{number}" for number, field in enumerate(entity.primary_key))
    table, columns = dialect.rowset(name), ", ".join(f"k{number}" for number in range(len(entity.primary_key)))
    yield f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS SELECT {keys} FROM {dialect.table(entity)} WHERE false"
    yield f"CREATE UNIQUE INDEX ON {table} ({columns})"


def add_to_rowset(compiler: Compiler, name: str, where: Query) -> str:
    return f"INSERT INTO {compiler.dialect.rowset(name)} {compiler.keys(where)} ON CONFLICT DO NOTHING"
