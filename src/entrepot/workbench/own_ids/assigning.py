"""Which key every record has: that of the row which its id became before, that of the row with its natural key, or a
new one.

What stands for a new key is the same whenever the same records are new, so that a preview and an import agree; it is
as far as possible from all keys that a database gives out.
"""

from __future__ import annotations

from entrepot.model.own_ids import NO_OWN_ID, SAME_ROW, SEVERAL_ROWS, TWICE, OwnKey
from entrepot.model.references import FoundParent, FoundParents, Lookup
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.parents.finding import fill_in, parents
from entrepot.workbench.parents.gathering import parts
from entrepot.workbench.protocol_own_ids import AssignOwn
from entrepot.workbench.protocol_references import ParentsFound
from entrepot.workbench.source import Database, literal

KNOWN, MET, NEW, UNCLEAR, DOUBLE, SAME = "known", "met", "new", "unclear", "double", "same"
CODES = {UNCLEAR: SEVERAL_ROWS, DOUBLE: TWICE, SAME: SAME_ROW}
SAMPLES = 5


def assign_own(database: Database, request: AssignOwn) -> ParentsFound:
    connection, key = database.connection, request.key
    if key.natural is not None:
        number = key.natural.column
        connection.execute(f"CREATE OR REPLACE TABLE parents_{number} AS {parents(key.natural)}")
    connection.execute(f"CREATE OR REPLACE TABLE ids_{key.column} AS {ids(key)}")
    connection.execute(f"CREATE OR REPLACE TABLE outcome_{key.column} AS {outcome(key.column)}")
    fill_in(connection, key.column)
    return ParentsFound(parents=summary(database, key.column))


def ids(key: OwnKey) -> str:
    number = key.column
    alive = (
        f"SELECT known.own, any_value(known.key) AS key FROM known_{number} AS known JOIN asked_{number} AS asked"
        f" ON asked.key = known.key JOIN alive_{number} AS alive ON alive.number::BIGINT = asked.n GROUP BY known.own"
    )
    rows = f"'{KNOWN}', '{MET}'"
    met = meeting(key.natural) if key.natural else "SELECT 0::BIGINT AS record, '' AS id, 0 AS times LIMIT 0"
    return (
        f"WITH alive AS ({alive}), met AS ({met}),"
        f" named AS (SELECT record, own, min(record) OVER (PARTITION BY own) AS first FROM owned_{number}"
        " WHERE own IS NOT NULL),"
        " found AS (SELECT named.record, named.own, coalesce(alive.key, met.id) AS key,"
        f" CASE WHEN named.record <> first THEN '{DOUBLE}' WHEN alive.key IS NOT NULL THEN '{KNOWN}'"
        f" WHEN times = 1 THEN '{MET}' WHEN times > 1 THEN '{UNCLEAR}' ELSE '{NEW}' END AS kind"
        " FROM named LEFT JOIN alive USING (own) LEFT JOIN met USING (record)),"
        f" apart AS (SELECT *, kind IN ({rows}) AS has_row,"
        f" CASE WHEN kind IN ({rows}) THEN min(record) OVER (PARTITION BY kind IN ({rows}), key) END AS first,"
        f" row_number() OVER (PARTITION BY kind IN ('{NEW}', '{UNCLEAR}') ORDER BY record) - 1 AS place FROM found)"
        f" SELECT record, own, CASE WHEN kind = '{DOUBLE}' OR first <> record THEN NULL"
        f" WHEN has_row THEN key ELSE {stand_in(key.type)} END AS key,"
        f" CASE WHEN first <> record THEN '{SAME}' ELSE kind END AS kind FROM apart"
    )


def meeting(natural: Lookup) -> str:
    """The rows that have the natural key of a record."""
    number = natural.column
    same = " AND ".join(f"one.{name} = sought.{name}" for name in parts(natural))
    return (
        f"SELECT sought.record, found.id, found.times FROM sought_{number} AS sought JOIN values_{number} AS one"
        f" ON {same} JOIN parents_{number} AS found ON found.n = one.n WHERE found.times > 0"
    )


def stand_in(type: LogicalType) -> str:
    """SQL of what stands for the new key with the number `place`."""
    if type.kind is Kind.UUID:
        return "'ffffffff-ffff-4fff-bfff-' || format('{:012x}', place)"
    return f"({largest(type)} - place)::VARCHAR"


def largest(type: LogicalType) -> int:
    """
    >>> largest(LogicalType(kind=Kind.INTEGER, bits=16))
    32767
    >>> largest(LogicalType(kind=Kind.INTEGER, bits=16, unsigned=True))
    65535
    """
    bits = min(type.bits or 64, 64)
    return 2**63 - 1 if bits == 64 else 2 ** (bits - (not type.unsigned)) - 1


def outcome(number: int) -> str:
    code = " ".join(f"WHEN '{kind}' THEN '{code}'" for kind, code in CODES.items())
    words = literal("ids")
    return (
        f"SELECT record, code, code IS NOT NULL AS fails, fill, value, {words} AS words FROM"
        f" (SELECT record, CASE kind {code} END AS code, key AS fill, own AS value FROM ids_{number}"
        f" UNION ALL SELECT record, '{NO_OWN_ID}', NULL, NULL FROM owned_{number} WHERE own IS NULL)"
    )


def summary(database: Database, number: int) -> FoundParents:
    """The digest is of which row every id is, and of how many are new."""
    row = database.connection.execute(
        f"SELECT count(*), count(*) FILTER (kind IN ('{KNOWN}', '{MET}')), count(*) FILTER (kind = '{NEW}'),"
        f" count(*) FILTER (kind = '{UNCLEAR}'), coalesce(sum(md5_number_lower(concat_ws(chr(31), own, kind,"
        f" CASE WHEN kind <> '{NEW}' THEN key END))::HUGEINT), 0) FROM ids_{number}"
    ).fetchall()[0]
    samples = database.connection.execute(
        f"SELECT own, key FROM ids_{number} WHERE kind IN ('{KNOWN}', '{MET}') ORDER BY record LIMIT {SAMPLES}"
    ).fetchall()
    return FoundParents(
        values=row[0],
        found=row[1],
        new=row[2],
        ambiguous=row[3],
        samples=tuple(FoundParent(value=own, id=key) for own, key in samples),
        digest=f"{int(row[4]) % (1 << 128):032x}",
    )
