"""Queues by their names: those that the settings declare, and the one that is always there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from entrepot.config.settings import Loaded, WorkSettings
from entrepot.model.errors import InputError
from entrepot.model.orders import DEFAULT_QUEUE, KINDS
from entrepot.model.suggest import unknown

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def known_queues(loaded: Loaded) -> tuple[str, ...]:
    return _declared(loaded.settings.work)


def queue_for(kind: str, tenant: str | None, name: str | None, loaded: Loaded, place: str = "--queue") -> str:
    """The one that is named, or what the rules say."""
    if name is not None:
        return known_queue(name, loaded, place)
    rules = loaded.settings.work.rules
    return next((rule.queue for rule in rules if rule.fits(kind, tenant)), DEFAULT_QUEUE)


def known_queue(name: str, loaded: Loaded, place: str = "--queue") -> str:
    """Nobody would ever listen to one that was mistyped."""
    known = known_queues(loaded)
    if name not in known:
        error = unknown("queue", name, known, place)
        error.remedy = f'{error.remedy} The settings declare others: [work] queues = ["…"].'
        raise error
    return name


def listened_to(names: Sequence[str], loaded: Loaded, *, alone: bool) -> tuple[str, ...] | None:
    """By a worker; nothing said is all of them. Where there can be only one, it leaves none out, also of those that
    the settings declare later, or no longer: None."""
    known = known_queues(loaded)
    chosen = tuple(dict.fromkeys(known_queue(name, loaded) for name in names)) or known
    left = [name for name in known if name not in chosen]
    if alone and left:
        raise InputError(
            "queue_without_worker",
            f"Nobody would listen to the queue '{left[0]}': records in a folder have one worker.",
            remedy="Leave --queues out, or keep the records on a server (ENTREPOT_STATE=postgresql://…).",
        )
    return None if alone else chosen


def check_queues(work: WorkSettings) -> None:
    for name in work.queues:
        if not NAME.fullmatch(name):
            raise InputError(
                "wrong_queue_name",
                f"work.queues has '{name}', which is no name.",
                remedy="Small letters, digits, - and _, a letter first, 40 at most.",
            )
    for rule in work.rules:
        if rule.queue not in _declared(work):
            raise unknown("queue", rule.queue, _declared(work), "work.rules")
        if rule.kind not in (None, *KINDS):
            raise unknown("kind", rule.kind or "", KINDS, "work.rules")


def _declared(work: WorkSettings) -> tuple[str, ...]:
    return tuple(dict.fromkeys((DEFAULT_QUEUE, *work.queues)))
