"""How far a job is, in the words of systems that said it before.

A job is at one of a few points, told from its status, from what it went through, and from how it ended; each system has
a word for each point. The table is docs/reference/statuses.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from entrepot.model.errors import InputError
from entrepot.model.records import JobRecord, Status
from entrepot.model.suggest import unknown

EXPORT = "export"


class Stage(IntEnum):
    """What a job has come to, in the order in which it does; one that goes back to an earlier one, for the next table
    or the next try, stays at the furthest."""

    BEGINNING = 0
    READING = 1
    CHECKING = 2
    COMPARING = 3
    WRITING = 4
    PACKING = 5
    STORING = 6


STAGES = (
    ("Taking a copy of", Stage.READING),
    ("Reading the journal of", Stage.COMPARING),
    ("Reading back", Stage.WRITING),
    ("Reading the new rows of", Stage.WRITING),
    ("Reading", Stage.READING),
    ("Checking", Stage.CHECKING),
    ("Comparing with", Stage.COMPARING),
    ("Looking", Stage.COMPARING),
    ("Keeping", Stage.WRITING),
    ("Changing", Stage.WRITING),
    ("Adding", Stage.WRITING),
    ("Leading", Stage.WRITING),
    ("Committing", Stage.WRITING),
    ("Finding out whether", Stage.WRITING),
    ("Taking fingerprints", Stage.PACKING),
    ("Copying attached files", Stage.PACKING),
    ("Storing", Stage.STORING),
)
"""What phases begin with; the first that fits counts. Any other says nothing."""


class Point(Enum):
    """Where a job can be, in plain words."""

    EXPORT_WAITS = "an export waits for a worker"
    COLLECTING = "an export reads and writes rows"
    PACKING = "an export adds what belongs to its rows: files, fingerprints"
    STORING = "an export hands its files over"
    EXPORTED = "an export is done"
    EXPORT_FAILED = "an export has failed"
    EXPORT_CANCELLED = "an export was cancelled"
    WAITS = "an import waits for a worker"
    READING = "an import reads its files"
    CHECKING = "an import checks and compares records"
    PASSED = "a look found that it can be done; nothing is written"
    REFUSED = "a look found, or an import ended with, something to correct"
    WRITING = "an import writes"
    IMPORTED = "an import is done"
    IN_PART = "an import is done, without some records"
    FAILED = "an import has failed otherwise"
    CANCELLED = "an import was cancelled"


OVER_EXPORTS = {Status.COMPLETED: Point.EXPORTED, Status.CANCELLED: Point.EXPORT_CANCELLED}
OVER = {Status.COMPLETED: Point.IMPORTED, Status.PARTIAL: Point.IN_PART, Status.CANCELLED: Point.CANCELLED}


@dataclass(frozen=True, kw_only=True)
class Said:
    status: str
    phase: str


@dataclass(frozen=True, kw_only=True)
class System:
    """The words of one."""

    words: Mapping[Point, str]
    stages: Mapping[Stage, str] = field(default_factory=dict)
    """What it calls the phases of imports, also of those that ended on the way; without them, they are ours. `{entity}`
    is what is written."""
    last: str = ""
    """The phase of an import that is done."""


def _plain(waits: str, works: str, looked: str, checking: str, unlike: Mapping[Point, str]) -> dict[Point, str]:
    """Of those who see no more of a job than that it waits, works, or is over."""
    return {
        **dict.fromkeys((Point.EXPORT_WAITS, Point.WAITS), waits),
        **dict.fromkeys((Point.COLLECTING, Point.PACKING, Point.STORING, Point.WRITING), works),
        **dict.fromkeys((Point.READING, Point.CHECKING), checking),
        Point.PASSED: looked,
        **dict.fromkeys((Point.EXPORTED, Point.IMPORTED, Point.IN_PART), "completed"),
        **dict.fromkeys((Point.EXPORT_FAILED, Point.FAILED, Point.REFUSED), "failed"),
        **dict.fromkeys((Point.EXPORT_CANCELLED, Point.CANCELLED), "cancelled"),
        **unlike,
    }


CHENU = System(
    words=_plain(
        "pending", "processing", "pending", "validating", {Point.IN_PART: "partial", Point.CANCELLED: "failed"}
    )
)
NETCMDB = System(words=_plain("initializing", "processing", "completed", "processing", {}))
HOUSEF3 = System(
    words={
        **_plain("uploaded", "processing", "validation_passed", "validating", {}),
        Point.EXPORT_WAITS: "initiated",
        Point.COLLECTING: "collecting_data",
        Point.PACKING: "building_package",
        Point.STORING: "uploading",
        Point.REFUSED: "validation_failed",
        **dict.fromkeys((Point.EXPORT_CANCELLED, Point.CANCELLED), "failed"),
    },
    stages={
        Stage.BEGINNING: "parsing_package",
        Stage.READING: "parsing_package",
        Stage.CHECKING: "validating_schema",
        Stage.COMPARING: "validating_business_rules",
        Stage.WRITING: "importing_{entity}",
    },
    last="completed",
)
SYSTEMS: Mapping[str, System] = {"chenu": CHENU, "netcmdb": NETCMDB, "housef3": HOUSEF3}


def system_of(name: str, place: str = "words") -> System:
    """
    >>> system_of("housef3").words[Point.STORING]
    'uploading'
    """
    if name not in SYSTEMS:
        raise unknown("system", name, list(SYSTEMS), place)
    return SYSTEMS[name]


def said(system: System, job: JobRecord, phases: Iterable[str] = (), writes: str = "") -> Said:
    """`phases`: those that it went through; `writes`: the entity that it is at."""
    told = tuple(phases)
    stage = furthest(job.kind, told)
    point = point_of(job, stage)
    if job.kind == EXPORT or not system.stages:
        phase = "" if job.finished_at is not None or not told else told[-1]
    elif point in (Point.IMPORTED, Point.IN_PART):
        phase = system.last
    else:
        phase = system.stages[stage].format(entity=entity_word(writes))
    return Said(status=system.words[point], phase=phase)


def stage_of(phase: str) -> Stage:
    """
    >>> stage_of("Reading people.csv"), stage_of("Reading back what was written")
    (<Stage.READING: 1>, <Stage.WRITING: 4>)
    """
    return next((stage for begins, stage in STAGES if phase.startswith(begins)), Stage.BEGINNING)


def furthest(kind: str, told: Iterable[str]) -> Stage:
    """Of what such a job has stages for: what a copy reads, it reads as an export does."""
    stages = (stage for stage in map(stage_of, told) if (stage > Stage.WRITING) == (kind == EXPORT))
    return max(stages, default=Stage.BEGINNING)


def point_of(job: JobRecord, stage: Stage) -> Point:
    return _export(job, stage) if job.kind == EXPORT else _import(job, stage)


def _export(job: JobRecord, stage: Stage) -> Point:
    if job.status is Status.PENDING:
        return Point.EXPORT_WAITS
    if job.status.final:
        return OVER_EXPORTS.get(job.status, Point.EXPORT_FAILED)
    return {Stage.PACKING: Point.PACKING, Stage.STORING: Point.STORING}.get(stage, Point.COLLECTING)


def _import(job: JobRecord, stage: Stage) -> Point:
    if job.status is Status.PENDING:
        return Point.WAITS
    if job.status is Status.READY:
        return Point.REFUSED if (job.receipt or {}).get("blocked") else Point.PASSED
    if job.status is Status.FAILED:
        return Point.REFUSED if (job.error or {}).get("exit_code") == InputError.exit_code else Point.FAILED
    if job.status.final:
        return OVER[job.status]
    if stage >= Stage.WRITING:
        return Point.WRITING
    return Point.CHECKING if stage >= Stage.CHECKING else Point.READING


def entity_word(writes: str) -> str:
    """
    >>> entity_word("File maps, new")
    'file_maps'
    """
    return writes.partition(",")[0].strip().lower().replace(" ", "_") or "records"
