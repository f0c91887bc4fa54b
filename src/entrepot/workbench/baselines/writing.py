"""Rows that go out, as digests."""

from __future__ import annotations

from entrepot.workbench.baselines.digests import cell_digest, form, key_digest
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_baselines import DigestRows
from entrepot.workbench.source import Database, literal


def digest_rows(database: Database, request: DigestRows) -> Done:
    """One line for each row, all of the same length: the digest of its key, and those of all other columns."""
    columns, key = request.columns, request.key
    source = database.csv(request.rows, len(columns), longest=request.longest)
    whole = key_digest(request.salt, [columns[at].type.kind for at in key], [f"v{at}" for at in key])
    others = [at for at in range(len(columns)) if at not in key]
    cells = [
        cell_digest(request.salt, "k", place, form(columns[at].type.kind, f"v{at}")) for place, at in enumerate(others)
    ]
    lines = f"SELECT concat({', '.join(['k', *cells])}) FROM (SELECT *, {whole} AS k FROM {source})"
    found = database.connection.execute(
        f"COPY ({lines}) TO {literal(request.path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '')"
    ).fetchone()
    return Done(rows=int(found[0]) if found else 0)
