"""References by ids of the files' own: to a record of this import, or to what the source brought before."""

from __future__ import annotations

from entrepot.model.own_ids import NO_SUCH_ID, OwnLink
from entrepot.model.references import FoundParent, FoundParents
from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.own_ids.assigning import KNOWN, MET, NEW, SAMPLES
from entrepot.workbench.parents.finding import fill_in
from entrepot.workbench.protocol_own_ids import LinkOwn
from entrepot.workbench.protocol_references import ParentsFound
from entrepot.workbench.source import Database, literal


def link_own(database: Database, request: LinkOwn) -> ParentsFound:
    link = request.link
    database.connection.execute(f"CREATE OR REPLACE TABLE links_{link.column} AS {links(link)}")
    database.connection.execute(f"CREATE OR REPLACE TABLE outcome_{link.column} AS {outcome(link)}")
    fill_in(database.connection, link.column, link.missing)
    return ParentsFound(parents=summary(database, link))


def links(link: OwnLink) -> str:
    """Each different value once. A record of this import goes before what is remembered: it says what the row will
    be. What stands in the files without a key of its own is none that could be meant."""
    place = "" if link.part is None else f"{schema_of(link.part)}."
    here, mine = "SELECT '' AS own LIMIT 0", "SELECT '' AS own, '' AS key, '' AS kind, 0 AS place LIMIT 0"
    if link.part is not None:
        here = f"SELECT own FROM {place}owned_{link.parent} WHERE own IS NOT NULL"
        mine = "SELECT own, any_value(key) AS key, any_value(kind) AS kind, min(record) AS place"
        mine += f" FROM {place}ids_{link.parent} WHERE key IS NOT NULL GROUP BY own"
    return (
        f"SELECT said.own, said.first, coalesce(mine.key, before.key) AS key, mine.kind, mine.place"
        f" FROM (SELECT own, min(record) AS first FROM owned_{link.column} WHERE own IS NOT NULL GROUP BY own) AS said"
        f" LEFT JOIN ({mine}) AS mine USING (own)"
        f" LEFT JOIN (SELECT own, any_value(key) AS key FROM {place}known_{link.parent}"
        f" WHERE own NOT IN ({here}) GROUP BY own) AS before USING (own)"
    )


def outcome(link: OwnLink) -> str:
    fails = "true" if link.missing.fails else "false"
    return (
        f"SELECT said.record, CASE WHEN key IS NULL THEN '{NO_SUCH_ID}' END AS code, key IS NULL AND {fails} AS fails,"
        f" key AS fill, own AS value, {literal(link.words)} AS words"
        f" FROM owned_{link.column} AS said JOIN links_{link.column} USING (own)"
    )


def summary(database: Database, link: OwnLink) -> FoundParents:
    number, connection = link.column, database.connection
    row = connection.execute(
        f"SELECT count(*), count(key), count(place), count(*) FILTER (kind = '{NEW}'),"
        " coalesce(sum(md5_number_lower(concat_ws(chr(31), own, key))::HUGEINT), 0)"
        f" FROM links_{number}"
    ).fetchall()[0]
    lost = connection.execute(f"SELECT count(*) FROM outcome_{number} WHERE code IS NOT NULL").fetchall()[0][0]
    samples = connection.execute(
        f"SELECT own, CASE WHEN coalesce(kind, '{MET}') IN ('{KNOWN}', '{MET}') THEN key ELSE 'new' END, place"
        f" FROM links_{number} WHERE key IS NOT NULL ORDER BY first LIMIT {SAMPLES}"
    ).fetchall()
    return FoundParents(
        values=row[0],
        found=row[1],
        own=row[2],
        new=row[3],
        missing=row[0] - row[1],
        unresolved=int(lost),
        samples=tuple(
            FoundParent(value=own, id=key, label=None if place is None else f"record {place}{where(link)}")
            for own, key, place in samples
        ),
        digest=f"{int(row[4]) % (1 << 128):032x}",
    )


def where(link: OwnLink) -> str:
    return f" of {link.file}" if link.file else ""
