"""The words of other systems for how far a job is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import entrepot
from entrepot.model.errors import InputError
from entrepot.model.records import JobRecord, Status
from entrepot.model.spoken import HOUSEF3, SYSTEMS, Point, Stage, said, stage_of, system_of

SOURCES = Path(entrepot.__file__).parent
EXPORTS = {
    "chenu": {"pending", "processing", "completed", "failed", "cancelled"},
    "netcmdb": {"initializing", "processing", "completed", "failed", "cancelled"},
    "housef3": {"initiated", "collecting_data", "building_package", "uploading", "completed", "failed"},
}
IMPORTS = {
    "chenu": {"pending", "validating", "processing", "completed", "partial", "failed"},
    "netcmdb": EXPORTS["netcmdb"],
    "housef3": {
        "uploaded",
        "validating",
        "validation_passed",
        "validation_failed",
        "processing",
        "completed",
        "failed",
    },
}
OF_EXPORTS = tuple(Point)[: tuple(Point).index(Point.WAITS)]
WITHOUT_STAGE = {
    "Somebody else was at the same rows: trying again",
    "Opening a snapshot",
    "Writing the baseline of ",
    "Removing what is no longer kept",
}
AT = datetime(2026, 1, 1, tzinfo=UTC)


def job(kind: str, status: Status, **known: Any) -> JobRecord:
    return JobRecord(
        id="j",
        kind=kind,
        status=status,
        phase="",
        database="d",
        entity=None,
        created_at=AT,
        updated_at=AT,
        owner="",
        **known,
    )


@pytest.mark.parametrize("name", list(SYSTEMS))
def test_a_system_hears_all_of_its_own_words_and_no_others(name: str) -> None:
    words = SYSTEMS[name].words
    assert {words[point] for point in OF_EXPORTS} == EXPORTS[name]
    assert {words[point] for point in Point if point not in OF_EXPORTS} == IMPORTS[name]


def test_every_phase_that_is_told_has_its_stage() -> None:
    """A new one would otherwise be taken for the one before it."""
    told = {
        words
        for file in SOURCES.rglob("*.py")
        for words in re.findall(r'\.phase\(f?"([^"{]+)', file.read_text(encoding="utf-8"))
    }
    assert len(told) > 20
    assert {words for words in told if stage_of(words) is Stage.BEGINNING} == WITHOUT_STAGE


def test_an_export_of_housef3_goes_on_by_its_words() -> None:
    phases = ["Opening a snapshot", "Taking fingerprints", "Storing the files"]
    working = job("export", Status.PROCESSING)
    heard = [said(HOUSEF3, working, phases[:n]).status for n in range(4)]
    assert heard == ["collecting_data", "collecting_data", "building_package", "uploading"]
    assert said(HOUSEF3, job("export", Status.PENDING)).status == "initiated"


def test_the_phases_of_an_import_of_housef3_never_go_back() -> None:
    """However often the job does, for its next table or its next try."""
    phases = [
        "Reading a.csv",
        "Checking 2 records",
        "Reading b.csv",
        "Comparing with B",
        "Keeping 1 row",
        "Checking 1 record",
    ]
    heard = [said(HOUSEF3, job("import", Status.PROCESSING), phases[:n], "File maps, new").phase for n in range(7)]
    order = ["parsing_package", "validating_schema", "validating_business_rules", "importing_file_maps"]
    places = [order.index(word) for word in heard]
    assert places == sorted(places)
    assert set(heard) == set(order)
    statuses = [said(HOUSEF3, job("import", Status.PROCESSING), phases[:n]).status for n in range(7)]
    assert [one for one, other in pairwise([*statuses, ""]) if one != other] == ["validating", "processing"]
    assert said(HOUSEF3, job("import", Status.COMPLETED), phases).phase == "completed"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (job("preview", Status.READY, receipt={"blocked": True}), ("failed", "failed", "validation_failed")),
        (job("preview", Status.READY, receipt={"blocked": False}), ("pending", "completed", "validation_passed")),
        (job("import", Status.FAILED, error={"exit_code": 2}), ("failed", "failed", "validation_failed")),
        (job("import", Status.FAILED, error={"exit_code": 4}), ("failed", "failed", "failed")),
        (job("import", Status.CANCELLED), ("failed", "cancelled", "failed")),
        (job("import", Status.PARTIAL), ("partial", "completed", "completed")),
    ],
)
def test_how_an_import_ended_is_said_by_all(given: JobRecord, words: tuple[str, str, str]) -> None:
    assert tuple(said(SYSTEMS[name], given).status for name in ("chenu", "netcmdb", "housef3")) == words


def test_an_unknown_system_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(InputError) as caught:
        system_of("housef")
    assert (caught.value.code, "'housef3'" in caught.value.remedy) == ("unknown_system", True)
