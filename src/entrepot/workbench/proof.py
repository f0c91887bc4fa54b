"""Fingerprints of rows that are in the workbench: those that were sent, and those that were read back."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.matching import What
from entrepot.model.ports import StagedColumn
from entrepot.model.types import LogicalType
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.emit import selects
from entrepot.workbench.hashing import Total
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_proof import FingerprintSent, FingerprintTaken
from entrepot.workbench.source import Database, identifier


def fingerprint_sent(database: Database, request: FingerprintSent) -> Done:
    deciding = Deciding(database.connection, request.fields, request.matching)
    columns = request.columns if request.what is What.CREATED else None
    rows = [f"({select})" for select in selects(deciding, request.what, 0, columns)]
    return _hashed(database, rows, [request.fields[at].type for at in request.columns])


def fingerprint_taken(database: Database, request: FingerprintTaken) -> Done:
    names = ", ".join(map(identifier, request.columns))
    return _hashed(database, [f"(SELECT {names} FROM {identifier(request.table)})"], request.types)


def _hashed(database: Database, rows: Sequence[str], types: Sequence[LogicalType]) -> Done:
    """By position: what a field is called on either side does not matter."""
    names = ", ".join(f"v{at}" for at in range(len(types)))
    columns = [StagedColumn(name=f"{at:05}", type=kind) for at, kind in enumerate(types)]
    total = Total(columns)
    for some in rows:
        total.add(database.connection, f"(SELECT * FROM {some} AS hashed({names}))")
    return total.done()
