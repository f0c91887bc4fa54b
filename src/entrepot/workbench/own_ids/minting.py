"""New rows get keys that the database gave out, or UUIDs; whatever refers to them follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import Decision
from entrepot.model.own_ids import Holder, OwnKey
from entrepot.model.types import Kind
from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.emit import copy
from entrepot.workbench.judging.judge import FIELDS_AT_ONCE
from entrepot.workbench.own_ids.assigning import KNOWN, MET, NEW
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_own_ids import CheckOwn, CountNew, GiveOwn, MintOwn
from entrepot.workbench.source import Database


def count_new(database: Database, request: CountNew) -> Done:
    return Done(rows=_number(database, f"SELECT count(*) FROM ids_{request.key.column} WHERE kind = '{NEW}'"))


def mint_own(database: Database, request: MintOwn) -> Done:
    for statement in statements(request.key, request.holders):
        database.connection.execute(statement)
    return Done(rows=0)


def statements(key: OwnKey, holders: Sequence[Holder]) -> Iterator[str]:
    """Values that were cleaned on their way to being judged are kept apart from the file (`judging.judge`)."""
    number = key.column
    rows = f"SELECT record, key AS was, row_number() OVER (ORDER BY record) - 1 AS n FROM ids_{number}"
    rows = f"SELECT * FROM ({rows} WHERE kind = '{NEW}')"
    given = "uuid()::VARCHAR AS now" if key.type.kind is Kind.UUID else "minted.key AS now"
    taken = "" if key.type.kind is Kind.UUID else f" JOIN minted_{number} AS minted USING (n)"
    yield f"CREATE OR REPLACE TEMP TABLE new_keys AS SELECT record, was, {given} FROM ({rows}){taken}"
    for holder in holders:
        schema, column = schema_of(holder.part), f"v{holder.column}"
        yield f"UPDATE {schema}.staged SET {column} = now FROM new_keys WHERE {column} = was"
        part, place = divmod(holder.field, FIELDS_AT_ONCE)
        yield f"UPDATE {schema}.odd_{part} SET f{place} = now FROM new_keys WHERE f{place} = was"
    yield f"UPDATE ids_{number} SET key = now FROM new_keys WHERE new_keys.record = ids_{number}.record"


def check_own(database: Database, request: CheckOwn) -> Done:
    """A key that was to be new is somebody's by now, or the row of one that is known is gone."""
    met = "SELECT DISTINCT record::BIGINT AS record FROM existing"
    return Done(
        rows=_number(
            database,
            f"SELECT count(*) FROM ids_{request.key.column} AS ids LEFT JOIN ({met}) AS met ON met.record = ids.record"
            f" WHERE (kind = '{NEW}' AND met.record IS NOT NULL)"
            f" OR (kind IN ('{KNOWN}', '{MET}') AND met.record IS NULL)",
        )
    )


def give_own(database: Database, request: GiveOwn) -> Done:
    deciding = Deciding(database.connection, request.fields, request.matching)
    here = f"{deciding.numbers(Decision.UPDATED)}, {deciding.numbers(Decision.UNCHANGED)}"
    here += f", {deciding.numbers(Decision.SKIPPED)}"
    select = (
        f"SELECT own, key FROM ids_{request.key.column} JOIN decided USING (record)"
        f" WHERE (kind = '{NEW}' AND way IN ({deciding.numbers(Decision.CREATED)}))"
        f" OR (kind = '{MET}' AND way IN ({here})) ORDER BY record"
    )
    return Done(rows=copy(database.connection, select, request.path, ""))


def _number(database: Database, query: str) -> int:
    return int(database.connection.execute(query).fetchall()[0][0])
