"""Index parts put together: unique keys over whole columns are keys, everything else is an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from entrepot.databases.mysql.names import quote
from entrepot.databases.mysql.records import IndexRecord
from entrepot.model.catalog import Index

SPECIAL = ("FULLTEXT", "SPATIAL")


def by_name(records: Sequence[IndexRecord]) -> Mapping[str, Sequence[IndexRecord]]:
    groups: dict[str, list[IndexRecord]] = {}
    for record in records:
        groups.setdefault(record.name, []).append(record)
    return groups


def is_key(parts: Sequence[IndexRecord]) -> bool:
    return parts[0].name != "PRIMARY" and not parts[0].repeats and bool(whole_fields(parts))


def whole_fields(parts: Sequence[IndexRecord]) -> tuple[str, ...]:
    """Empty where prefixes, expressions, or words instead of values make the index more than columns."""
    plain = all(part.field and not part.prefix for part in parts) and parts[0].kind not in SPECIAL
    return tuple(part.field for part in parts if part.field) if plain else ()


def index_of(name: str, parts: Sequence[IndexRecord]) -> Index:
    return Index(name=name, fields=whole_fields(parts), unique=not parts[0].repeats, ddl=clause(name, parts))


def clause(name: str, parts: Sequence[IndexRecord]) -> str | None:
    """As it stands in a CREATE TABLE; None for an expression, whose text only the whole table's DDL has."""
    if not all(part.field for part in parts):
        return None
    kind = "" if parts[0].repeats else "UNIQUE "
    kind = f"{parts[0].kind} " if parts[0].kind in SPECIAL else kind
    return f"{kind}KEY {quote(name)} ({', '.join(_part(part) for part in parts)})"


def primary_clause(parts: Sequence[IndexRecord]) -> str | None:
    return f"PRIMARY KEY ({', '.join(_part(part) for part in parts)})" if parts else None


def _part(part: IndexRecord) -> str:
    prefix = f"({part.prefix})" if part.prefix and part.kind not in SPECIAL else ""
    return f"{quote(part.field or '')}{prefix}{' DESC' if part.direction == 'D' else ''}"
