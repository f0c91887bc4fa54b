"""Files that an import put into the stores, taken away again: those that no row refers to, as they were put there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from entrepot.importing.attachments.filing import line
from entrepot.importing.attachments.looking import digest_of
from entrepot.importing.request import Run
from entrepot.model.attachments import PlacedFile
from entrepot.model.catalog import Entity, EntityKind, Field
from entrepot.model.changes import Target
from entrepot.model.errors import InputError

KEYS = "entrepot_files"


def removable(files: Sequence[PlacedFile], run: Run) -> list[PlacedFile]:
    """Whatever a row refers to stays, whoever's it is."""
    fields = [
        (entity, field)
        for entity in run.catalog.entities
        if entity.kind is not EntityKind.VIEW
        for field in entity.fields
        if field.file is not None
    ]
    if not files or not fields:
        return list(files)
    known = list(_known(files, run))
    referred: set[int] = set()
    entities = list({entity.name: entity for entity, _ in fields}.values())
    with run.engine.change(run.catalog, entities, run.work, write=False) as target:
        for entity, field in fields:
            asked = {number: key for number, (one, key) in enumerate(known) if one.collection == field.file}
            referred |= _referred(target, entity, field, asked)
    staying = {(one.collection, one.key) for number, (one, _) in enumerate(known) if number in referred}
    return [one for one in files if (one.collection, one.key) not in staying]


def _known(files: Sequence[PlacedFile], run: Run) -> Iterator[tuple[PlacedFile, str]]:
    """By each of its keys."""
    yield from ((one, one.key) for one in files)
    for name, store in run.file_stores.items():
        mine = {one.key: one for one in files if one.collection == name}
        others = store.other_keys(mine) if mine else {}
        yield from ((mine[key], other) for key, some in others.items() for other in some)


def _referred(target: Target, entity: Entity, field: Field, asked: dict[int, str]) -> set[int]:
    """Keys that the database takes for equal, too. What it cannot compare may be referred to."""
    if not asked:
        return set()
    name = (field.name,)
    try:
        target.keep_keys(KEYS, entity, name, (line([str(n), key]) for n, key in asked.items()), numbered=True)
        found = set(_numbers(chunk.data for chunk in target.matching(KEYS, entity, name, (), numbered=True)))
        same = [row for chunk in target.doubled(KEYS) for row in csv.reader(io.StringIO(chunk.data.decode()))]
    except InputError:
        return set(asked)
    return found | {int(number) for number, first in same if int(first) in found}


def _numbers(blocks: Iterator[bytes]) -> Iterator[int]:
    for block in blocks:
        for row in csv.reader(io.StringIO(block.decode())):
            yield int(row[0])


def take_away(files: Sequence[PlacedFile], run: Run) -> list[PlacedFile]:
    """Those that went. Whatever becomes of the others, nobody is putting them there any more."""
    for one in files:
        if one.collection in run.file_stores:
            run.file_stores[one.collection].let_go(one.key)
    gone = [one for one in removable(files, run) if _is_ours(one, run)]
    for one in gone:
        run.file_stores[one.collection].remove(one.key, one.folders)
    return gone


def _is_ours(one: PlacedFile, run: Run) -> bool:
    """Not if somebody has put something else there since, or a link on the way, or taken it away."""
    store = run.file_stores.get(one.collection)
    if store is None or not store.is_usable(one.key) or store.size(one.key) != one.bytes:
        return False
    return digest_of(store, one.key) == one.sha256
