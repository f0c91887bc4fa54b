"""Whether a schedule can be understood: one clear problem, with the place that it stands in."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from entrepot.formats.registry import by_extension
from entrepot.jobs.schedules.keeping import keep_of
from entrepot.jobs.schedules.timing import timing
from entrepot.model.brief import brief
from entrepot.model.errors import InputError
from entrepot.model.schedules import Schedule
from entrepot.model.suggest import unknown

Word = TypeVar("Word", bound=StrEnum)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
"""It becomes a part of the names of folders."""
MOST = 1000


def checked(schedule: Schedule, place: str = "") -> Schedule:
    """`place` comes before the names of what is wrong: `[[schedules]] nightly: `."""
    if not NAME.fullmatch(schedule.name):
        raise InputError(
            "wrong_name",
            f"{place}A schedule cannot be called '{brief(schedule.name)}'.",
            remedy="Use letters of the English alphabet, digits, - and _, at most 60, beginning with no sign.",
        )
    timing(schedule.cron, schedule.zone, f"{place}cron")
    keep_of(schedule.keep, f"{place}keep")
    if not 1 <= schedule.most <= MOST:
        raise InputError(
            "wrong_count", f"{place}most is {schedule.most}.", remedy=f"Give a whole number from 1 to {MOST}."
        )
    return schedule


def folder_of(to: str, place: str = "") -> str:
    """The name of a file would become a folder that looks like one."""
    if by_extension(Path(to)) is None:
        return to
    raise InputError(
        "not_a_folder",
        f"{place}to names a file, '{brief(to)}', but every run makes a folder of its own.",
        remedy="Name the folder that these go into, and say the format besides.",
    )


def policy(kind: type[Word], word: str, place: str) -> Word:
    """
    >>> from entrepot.model.schedules import Overlap
    >>> policy(Overlap, "queue", "overlap")
    <Overlap.QUEUE: 'queue'>
    """
    if word not in {one.value for one in kind}:
        raise unknown("policy", word, [one.value for one in kind], place)
    return kind(word)
