"""Sessions of an attempt that is paused are ended in the database before the next attempt begins, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, cast

import pytest

from entrepot.model.changes import Changing, Mark, Target
from entrepot.model.errors import UnavailableError
from entrepot.model.ports import Engine
from entrepot.model.sessions import Signature, Signing
from recovery.yard import BEFORE, SERVERS, Yard, a_yard

JOB, OTHER = "imp_1m7yxxkp00000000", "imp_1m7yxxkp00000001"


@pytest.fixture(params=SERVERS)
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        yield made


class Server(Engine, Changing, Signing, Protocol): ...


def signing(yard: Yard, job: str, epoch: int) -> Server:
    engine = cast("Server", yard.case.engine(yard.place.url))
    engine.sign(Signature(job=job, epoch=epoch))
    return engine


def changing(yard: Yard, job: str, epoch: int) -> AbstractContextManager[Target]:
    engine = signing(yard, job, epoch)
    catalog = engine.introspect()
    return engine.change(catalog, catalog.entities, yard.folder, write=True)


def end_former(yard: Yard, job: str, epoch: int) -> int:
    return signing(yard, job, epoch).end_former()


def insert(target: Target, yard: Yard, job: str, key: int) -> None:
    target.mark(Mark(job=job))
    target.insert(yard.case.engine(yard.place.url).introspect().entities[0], ["id", "name"], [f'{key},"x"\n'.encode()])


def test_what_a_paused_attempt_has_open_is_undone_and_stays_so(yard: Yard) -> None:
    with changing(yard, JOB, 2) as paused, changing(yard, OTHER, 2) as another:
        insert(paused, yard, JOB, 7)
        insert(another, yard, OTHER, 8)
        assert end_former(yard, JOB, 2) == 0
        assert end_former(yard, JOB, 3) == 1
        assert end_former(yard, JOB, 3) == 0
        with changing(yard, JOB, 3) as successor:
            insert(successor, yard, JOB, 7)
            assert end_former(yard, JOB, 2) == 0
            with pytest.raises(UnavailableError):
                paused.commit()
            successor.commit()
        another.commit()
    assert yard.rows() == [*BEFORE, (7, "x", None), (8, "x", None)]
