"""New rows get keys that the database gave out, or UUIDs; whatever refers to them follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import Decision
from entrepot.model.own_ids import Holder, OwnKey
from entrepot.model.types import Kind
from entrepot.workbench.bands import update
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
    connection, key = database.connection, f"ids_{request.key.column}"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE new_keys AS {new_keys(request.key)}")
    for table, column in places(request.holders):
        update(connection, table, f"{column} = now FROM new_keys", f"{column} = was")
    update(connection, key, "key = now FROM new_keys", f"new_keys.record = {key}.record")
    return Done(rows=0)


def new_keys(key: OwnKey) -> str:
    number = key.column
    rows = f"SELECT record, key AS was, row_number() OVER (ORDER BY record) - 1 AS n FROM ids_{number}"
    rows = f"SELECT * FROM ({rows} WHERE kind = '{NEW}')"
    given = "uuid()::VARCHAR AS now" if key.type.kind is Kind.UUID else "minted.key AS now"
    taken = "" if key.type.kind is Kind.UUID else f" JOIN minted_{number} AS minted USING (n)"
    return f"SELECT record, was, {given} FROM ({rows}){taken}"


def places(holders: Sequence[Holder]) -> Iterator[tuple[str, str]]:
    """Tables and columns that hold the keys: values that were cleaned on their way to being judged are kept apart from
    the file (`judging.judge`)."""
    for holder in holders:
        part, place = divmod(holder.field, FIELDS_AT_ONCE)
        schema = schema_of(holder.part)
        yield f"{schema}.staged", f"v{holder.column}"
        yield f"{schema}.odd_{part}", f"f{place}"


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
    """Joined first, sorted afterwards: both at once would need room for all rows twice."""
    deciding = Deciding(database.connection, request.fields, request.matching)
    here = f"{deciding.numbers(Decision.UPDATED)}, {deciding.numbers(Decision.UNCHANGED)}"
    here += f", {deciding.numbers(Decision.SKIPPED)}"
    database.connection.execute(
        "CREATE OR REPLACE TEMP TABLE own_given AS"
        f" SELECT record, own, key FROM ids_{request.key.column} JOIN decided USING (record)"
        f" WHERE (kind = '{NEW}' AND way IN ({deciding.numbers(Decision.CREATED)}))"
        f" OR (kind = '{MET}' AND way IN ({here}))"
    )
    return Done(rows=copy(database.connection, "SELECT own, key FROM own_given ORDER BY record", request.path, ""))


def _number(database: Database, query: str) -> int:
    return int(database.connection.execute(query).fetchall()[0][0])
