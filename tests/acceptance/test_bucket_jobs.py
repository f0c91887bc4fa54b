"""Jobs whose files are kept in a bucket that misbehaves: done with the right bytes, or one clear problem."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest

from acceptance.work import BY_HAND, drained, facts
from entrepot import Entrepot, ExportOptions, ImportRequest
from entrepot.jobs.worker import attempts
from entrepot.ledger.orders import Orders
from entrepot.model.drafts import Mode
from entrepot.model.errors import DamagedError
from entrepot.model.records import JobRecord, Status
from entrepot.state import Elsewhere
from entrepot.storage import bucket
from entrepot.work import Works
from servers.objects import BUCKET, Fault, Objects, Request, objects_served

URL = f"s3://{BUCKET}/shop"
PART = 6 << 20
LONG = "x" * (PART + 1)
"""Enough for a file that is sent in parts."""
BEFORE, AFTER = [(1, "Ann"), (2, "Bob")], [(1, "Anna"), (2, "Bob"), (3, "Cy")]
UPSERT = ImportRequest(entity="people", mode=Mode.UPSERT)


def answering(status: int, code: str) -> Fault:
    def fault(request: Request) -> bool:
        request.refuse(status, code)
        return True

    return fault


def hang(request: Request) -> bool:
    time.sleep(1.5)
    request.close_connection = True
    return True


def cut(request: Request) -> bool:
    """What comes is half of what is there."""
    request.cut(request.objects.kept[request.key])
    return True


def spoil(request: Request) -> bool:
    request.body = request.body[:-1] + b"?"
    return False


def spoil_what_is_read(request: Request) -> bool:
    request.objects.kept[request.key] = request.objects.kept[request.key][:-1] + b"?"
    return False


def err_behind_a_200(request: Request) -> bool:
    request.answer(200, b"<Error><Code>InternalError</Code><Message>try again</Message></Error>")
    return True


def name_another_tag(request: Request) -> bool:
    request.objects.kept[request.key] = request.body
    request.answer(200, ETag='"0123456789abcdef0123456789abcdef"')
    return True


@dataclass(frozen=True, kw_only=True)
class Trouble:
    at: str
    fault: Fault
    code: str
    """What the job says when it stays."""
    times: int = bucket.TRIES + 1
    """So often it happens until it passes: the bucket is asked again, and then the job is tried again."""


FILES = "/stored/shop/file_"
TROUBLES = {
    "500": Trouble(at=f"^PUT {FILES}", fault=answering(500, "InternalError"), code="bucket_unreachable"),
    "slow down": Trouble(at=f"^(PUT|GET) {FILES}", fault=answering(503, "SlowDown"), code="bucket_unreachable"),
    "hang": Trouble(at=f"^PUT {FILES}", fault=hang, code="bucket_unreachable", times=1),
    "cut bodies": Trouble(at=f"^GET {FILES}", fault=cut, code="bucket_unreachable"),
    "an error behind a 200": Trouble(at="^POST .*uploadId=", fault=err_behind_a_200, code="bucket_unreachable"),
    "wrong bytes stored": Trouble(at=f"^PUT {FILES}", fault=spoil, code="not_kept", times=bucket.TRIES - 1),
    "wrong keys": Trouble(at="/stored", fault=answering(403, "InvalidAccessKeyId"), code="bucket_refused"),
    "no bucket": Trouble(at="/stored", fault=answering(404, "NoSuchBucket"), code="bucket_gone"),
}
IN_PARTS, HANGS = "an error behind a 200", "hang"


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    """What is waited for takes no time, and nobody starts a worker."""
    put_off = Orders.put_off

    def until_now(orders: Orders, job: JobRecord, _: datetime) -> None:
        put_off(orders, job, datetime.now(UTC))

    monkeypatch.setattr(Orders, "put_off", until_now)
    monkeypatch.setattr("entrepot.use_cases.inquiries.wake", mock.Mock())
    monkeypatch.setattr(attempts, "MOST_ATTEMPTS", 2)
    monkeypatch.setattr(bucket, "PAUSE", 0.001)
    monkeypatch.setattr(bucket, "PART", PART)
    monkeypatch.setitem(bucket.RETRIES, "max_retries", 0)
    with objects_served() as served:
        yield served


@dataclass(frozen=True, kw_only=True)
class Shop:
    home: Path
    objects: Objects
    service: Entrepot

    def export(self, entity: str = "people") -> JobRecord:
        return self.service.submit_export(entity, options=ExportOptions(format="csv"), manner=BY_HAND)

    def bring_in(self) -> JobRecord:
        return self.service.submit_import(self.home / "people.csv", UPSERT, manner=BY_HAND)

    def over(self, job: JobRecord) -> JobRecord:
        """By a worker of another machine."""
        self.forget_copies()
        place, keys = {"ENTREPOT_STATE": str(self.home / "state")}, self.objects.environment
        drained(self.home, work=Works(place, keys), elsewhere=Elsewhere(bucket=URL, environment=keys))
        return self.service.job(job.id).job

    def forget_copies(self) -> None:
        for copy in (self.home / "state" / "copies").glob("file_*"):
            copy.unlink()

    def rows(self) -> list[tuple[int, str]]:
        with closing(sqlite3.connect(self.home / "app.db")) as connection:
            return connection.execute("SELECT id, name FROM people ORDER BY id").fetchall()

    def is_whole(self, job: JobRecord, entity: str) -> None:
        self.forget_copies()
        name = f"{job.id}.csv"
        self.service.download(job.id, to=self.home / name)
        direct = self.service.export(entity, to=self.home / f"direct-{name}").path
        assert (self.home / name).read_bytes() == direct.read_bytes()


@pytest.fixture
def shop(tmp_path: Path, objects: Objects, forked_workbench: None) -> Shop:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection, connection:
        for table, rows in (("people", BEFORE), ("large", [(1, LONG)])):
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)
    (tmp_path / "people.csv").write_text("id,name\n1,Anna\n3,Cy\n", encoding="utf-8")
    (tmp_path / "entrepot.toml").write_text(f'[state]\nartifacts = "{URL}"\n', encoding="utf-8")
    environment = {**objects.environment, "ENTREPOT_STATE": str(tmp_path / "state")}
    service = Entrepot(f"sqlite:///{tmp_path / 'app.db'}", config=tmp_path / "entrepot.toml", environment=environment)
    return Shop(home=tmp_path, objects=objects, service=service)


def kinds(name: str) -> tuple[str, ...]:
    return {IN_PARTS: ("large",), HANGS: ("export",)}.get(name, ("export", "import"))


PASSING = [(name, kind) for name, each in TROUBLES.items() if each.code in bucket.PASSING for kind in kinds(name)]
STAYING = [(name, kind) for name in TROUBLES for kind in kinds(name)]


def submitted(shop: Shop, kind: str) -> JobRecord:
    if kind == "import":
        return shop.bring_in()
    return shop.export("large" if kind == "large" else "people")


def as_it_should_be(shop: Shop, kind: str, job: JobRecord) -> None:
    assert job.status is Status.COMPLETED, job.error
    if kind == "import":
        assert shop.rows() == AFTER
    else:
        shop.is_whole(job, "large" if kind == "large" else "people")


def impatient(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a server that hangs: it would take minutes."""
    if name == HANGS:
        monkeypatch.setitem(bucket.WAITS, "timeout", "1s")
        monkeypatch.setattr(bucket, "TRIES", 1)


@pytest.mark.parametrize(("name", "kind"), PASSING)
def test_trouble_that_passes_changes_nothing(shop: Shop, name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trouble, job = TROUBLES[name], submitted(shop, kind)
    shop.objects.fail(trouble.at, trouble.fault, times=trouble.times)
    impatient(name, monkeypatch)
    over = shop.over(job)
    assert shop.objects.faults == [], "it did not happen"
    as_it_should_be(shop, kind, over)


@pytest.mark.parametrize(("name", "kind"), STAYING)
def test_trouble_that_stays_is_one_clear_problem_and_what_was_asked_for_can_be_done_later(
    shop: Shop, name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trouble, job = TROUBLES[name], submitted(shop, kind)
    shop.objects.fail(trouble.at, trouble.fault, times=1000)
    impatient(name, monkeypatch)
    over = shop.over(job)
    assert (over.status, facts(over.error)["code"]) == (Status.FAILED, trouble.code)
    assert facts(over.error)["remedy"]
    assert (shop.service.job(job.id).artifacts, shop.rows()) == ((), BEFORE)
    shop.objects.faults.clear()
    as_it_should_be(shop, kind, shop.over(shop.service.retry_job(job.id)))


def test_a_tag_that_is_not_that_of_the_bytes_is_nobodys_proof(shop: Shop) -> None:
    """What is read back is."""
    job = submitted(shop, "export")
    shop.objects.fail("^PUT ", name_another_tag, times=1000)
    as_it_should_be(shop, "export", shop.over(job))


def test_a_file_to_import_that_was_changed_in_the_bucket_is_not_brought_in(shop: Shop) -> None:
    job = shop.bring_in()
    (key,) = shop.objects.kept
    shop.objects.kept[key] = b"id,name\n1,Eve \n3,Cy\n"
    over = shop.over(job)
    assert (over.status, facts(over.error)["code"], shop.rows()) == (Status.FAILED, "artifact_damaged", BEFORE)


def test_what_is_downloaded_is_what_was_written_or_nothing(shop: Shop) -> None:
    job = shop.over(shop.export())
    shop.forget_copies()
    shop.objects.fail(f"^GET {FILES}", cut, times=2)
    shop.is_whole(job, "people")
    shop.forget_copies()
    shop.objects.fail(f"^GET {FILES}", spoil_what_is_read)
    with pytest.raises(DamagedError) as caught:
        shop.service.download(job.id, to=shop.home / "again.csv")
    assert caught.value.code == "artifact_damaged"
    assert not list(shop.home.glob("again*"))
