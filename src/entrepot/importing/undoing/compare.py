"""What the journal has beside what is there now: the fate of every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from entrepot.importing.match import columns
from entrepot.importing.request import Run
from entrepot.importing.undoing.job import Undoing
from entrepot.model.bench import Bench
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart, Blocking, Compared

KEYS = "entrepot_keys"


Fates = Mapping[Part, tuple[Compared, Mapping[str, int]]]
"""Of each part, and how many rows of which entity keep created ones."""


def compared(undoing: Undoing, target: Target) -> Fates:
    undoing.run.reporter.phase(f"Comparing with {undoing.entity.title}")
    found: dict[Part, tuple[Compared, Mapping[str, int]]] = {}
    for part in undoing.parts:
        take_now(undoing.run, undoing.bench, undoing.entity, target, part)
        found[part.part] = (undoing.bench.compare(part), {})
        if part.part is Part.CREATED and undoing.children:
            found[part.part] = _blocked(undoing, target, part)
    return found


def take_now(run: Run, bench: Bench, entity: Entity, target: Target, part: BackPart) -> None:
    """The rows that have the journal's keys, as the database compares them: each says which one it has."""
    table = "journal_before" if part.part is Part.UPDATED else f"journal_{part.part}"
    key = tuple(part.columns[at] for at in part.key)
    keys = bench.give(table, ("n", *part.named(part.key)), null=target.null)
    target.keep_keys(KEYS, entity, key, keys, numbered=True)
    with bench.take(f"now_{part.part}", ("key", *part.names, *part.new_names)) as taken:
        for chunk in target.matching(KEYS, entity, key, columns(entity, (*part.columns, *part.new)), numbered=True):
            run.cancel.check()
            taken.write(chunk.data)
        taken.finish()


def _blocked(undoing: Undoing, target: Target, part: BackPart) -> tuple[Compared, Mapping[str, int]]:
    """Rows of others are looked for only where created rows would go."""
    bench, blocking = undoing.bench, list[Blocking]()
    for number, child in enumerate(undoing.children):
        one = child.blocking(number, part)
        referred = bench.back(part, part.named(one.columns), null=target.null)
        target.keep_keys(KEYS, child.entity, child.fields, referred)
        names = [f"p{at}" for at in range(len(child.fields))]
        own = part.columns if one.own else ()
        identity = tuple(own[at] for at in part.key) if own else ()
        with bench.take(f"children_{number}", [*names, *(f"i{at}" for at in range(len(identity)))]) as taken:
            wanted = columns(child.entity, child.fields)
            wanted += tuple(replace(it, name=f"own {it.name}") for it in columns(child.entity, identity))
            for chunk in target.matching(KEYS, child.entity, child.fields, wanted):
                undoing.run.cancel.check()
                taken.write(chunk.data)
            taken.finish()
        blocking.append(one)
    return bench.block(part, blocking)
