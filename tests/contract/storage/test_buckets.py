"""Stored files in a bucket: there whole or not at all, whatever the server answers."""

from __future__ import annotations

import hashlib
import io
import os
import random
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.model.errors import (
    AccessError,
    ChangedError,
    DamagedError,
    EntrepotError,
    InputError,
    StorageError,
    UnavailableError,
)
from entrepot.model.identifiers import Identifiers
from entrepot.model.receipts import FileReceipt
from entrepot.model.records import StoredArtifact
from entrepot.storage import bucket
from entrepot.storage.bucket import Bucket
from entrepot.storage.object_artifacts import KEPT_SECONDS, ObjectArtifacts
from servers.objects import BUCKET, Fault, Objects, Request, objects_served

URL = f"s3://{BUCKET}/own/files"
PART = 6 << 20
SMALL, LARGE = b"a\n1\n", random.Random(7).randbytes(2 * PART + 5)


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    monkeypatch.setattr(bucket, "PAUSE", 0.001)
    monkeypatch.setattr(bucket, "PART", PART)
    quickly = {"init_backoff": timedelta(milliseconds=1), "max_backoff": timedelta(milliseconds=2), "base": 2}
    monkeypatch.setitem(bucket.RETRIES, "backoff", quickly)
    with objects_served() as served:
        yield served


@pytest.fixture
def store(objects: Objects, tmp_path: Path) -> ObjectArtifacts:
    return opened(objects, tmp_path / "copies")


def opened(objects: Objects, folder: Path, url: str = URL, **environment: str) -> ObjectArtifacts:
    given = {**objects.environment, **environment}
    return ObjectArtifacts(
        folder=folder, identify=Identifiers(PinnedClock(), os.urandom).new, bucket=Bucket(url, given)
    )


def put(store: ObjectArtifacts, content: bytes = SMALL) -> StoredArtifact:
    return store.put(io.BytesIO(content), "draft", "a.csv")


def answering(status: int, code: str) -> Fault:
    def fault(request: Request) -> bool:
        request.refuse(status, code)
        return True

    return fault


def refusal(store: ObjectArtifacts, kind: type[EntrepotError], content: bytes = SMALL) -> str:
    with pytest.raises(kind) as caught:
        put(store, content)
    assert caught.value.remedy
    assert "the-secret" not in str(caught.value)
    assert list(store.folder.iterdir()) == [], "nothing is left here"
    return caught.value.code


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "in parts"])
def test_what_is_put_is_there_and_comes_back_on_another_machine(
    objects: Objects, store: ObjectArtifacts, tmp_path: Path, content: bytes
) -> None:
    stored = put(store, content)
    assert (stored.bytes, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert objects.kept == {f"own/files/{stored.id}": content}
    assert objects.uploads == {}
    elsewhere = opened(objects, tmp_path / "elsewhere")
    path = elsewhere.verify(stored)
    assert path.read_bytes() == content
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with opened(objects, tmp_path / "third").open(stored.id) as file:
        assert file.read() == content
    assert elsewhere.stored() == {stored.id}
    elsewhere.delete(stored.id)
    elsewhere.delete(stored.id)
    assert (elsewhere.stored(), objects.kept, path.exists()) == (frozenset(), {}, False)


def test_what_comes_to_nothing_is_never_sent(objects: Objects, store: ObjectArtifacts) -> None:
    with pytest.raises(ZeroDivisionError), store.receive("draft", "a.csv") as incoming:
        incoming.write(SMALL)
        raise ZeroDivisionError
    assert objects.asked == []
    assert list(store.folder.iterdir()) == []


def test_an_adopted_file_is_sent_and_leaves_no_copy(objects: Objects, store: ObjectArtifacts) -> None:
    with store.room("job") as room:
        (room / "out.csv").write_bytes(SMALL)
        digest = hashlib.sha256(SMALL).hexdigest()
        receipt = FileReceipt(name="out.csv", media_type="text/csv", bytes=len(SMALL), sha256=digest)
        stored = store.adopt(room / "out.csv", "file", receipt)
    assert objects.kept == {f"own/files/{stored.id}": SMALL}
    assert list(store.folder.iterdir()) == []
    assert store.verify(stored).read_bytes() == SMALL


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "in parts"])
@pytest.mark.parametrize(("status", "code"), [(500, "InternalError"), (503, "SlowDown")])
def test_a_server_that_is_ill_for_a_moment_is_asked_again(
    objects: Objects, store: ObjectArtifacts, content: bytes, status: int, code: str
) -> None:
    for method in ("PUT", "HEAD", "GET"):
        objects.fail(f"^{method} ", answering(status, code), times=2)
    stored = put(store, content)
    assert objects.kept == {f"own/files/{stored.id}": content}


def test_a_server_that_stays_ill_is_given_up(objects: Objects, store: ObjectArtifacts) -> None:
    objects.fail("^PUT ", answering(503, "SlowDown"), times=100)
    assert refusal(store, UnavailableError) == "bucket_unreachable"
    assert len(objects.asked) < 20
    assert objects.kept == {}


def test_the_parts_of_a_file_that_did_not_come_through_do_not_stay(objects: Objects, store: ObjectArtifacts) -> None:
    objects.fail("partNumber=2", answering(403, "AccessDenied"))
    assert refusal(store, AccessError, LARGE) == "bucket_refused"
    assert (objects.kept, objects.uploads) == ({}, {})


def test_an_error_behind_a_200_is_no_success(objects: Objects, store: ObjectArtifacts) -> None:
    def failed(request: Request) -> bool:
        request.answer(200, b"<Error><Code>InternalError</Code><Message>try again</Message></Error>")
        return True

    objects.fail("^POST .*uploadId=", failed)
    stored = put(store, LARGE)
    assert objects.kept == {f"own/files/{stored.id}": LARGE}


def test_an_answer_that_was_lost_is_looked_up(objects: Objects, store: ObjectArtifacts) -> None:
    def kept_and_lost(request: Request) -> bool:
        objects.kept[request.key] = request.body
        request.close_connection = True
        return True

    objects.fail("^PUT /stored/own/files/file_", kept_and_lost)
    stored = put(store)
    assert objects.kept == {f"own/files/{stored.id}": SMALL}


def test_a_body_that_is_cut_is_read_again(objects: Objects, store: ObjectArtifacts, tmp_path: Path) -> None:
    stored = put(store, LARGE)

    def cut(request: Request) -> bool:
        request.cut(LARGE)
        return True

    objects.fail("^GET ", cut, times=2)
    assert opened(objects, tmp_path / "elsewhere").verify(stored).read_bytes() == LARGE


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "in parts"])
@pytest.mark.parametrize(("kept", "added"), [(-1, b""), (-1, b"!"), (0, b"")], ids=["less", "other", "nothing"])
def test_a_server_that_keeps_something_else_is_found_out(
    objects: Objects, store: ObjectArtifacts, content: bytes, kept: int, added: bytes
) -> None:
    def spoiled(request: Request) -> bool:
        request.body = request.body[:kept] + added
        return False

    objects.fail("^PUT /stored/own/files/file_", spoiled, times=100)
    assert refusal(store, StorageError, content) == "not_kept"
    assert objects.kept == {}
    objects.faults.clear()
    assert put(store, content).bytes == len(content)


def test_a_changed_byte_is_found_when_it_is_read(objects: Objects, store: ObjectArtifacts, tmp_path: Path) -> None:
    stored = put(store)
    objects.kept[f"own/files/{stored.id}"] = b"a\n2\n"
    elsewhere = opened(objects, tmp_path / "elsewhere")
    with pytest.raises(DamagedError) as caught:
        elsewhere.verify(stored)
    assert caught.value.code == "artifact_damaged"
    assert list(elsewhere.folder.iterdir()) == []


def test_a_copy_that_was_spoiled_is_fetched_anew(store: ObjectArtifacts) -> None:
    stored = put(store)
    store.path(stored.id).write_bytes(b"a\n2\n")
    assert store.verify(stored).read_bytes() == SMALL


def test_a_file_that_is_not_there_is_missed(objects: Objects, store: ObjectArtifacts, tmp_path: Path) -> None:
    stored = put(store)
    objects.kept.clear()
    elsewhere = opened(objects, tmp_path / "elsewhere")
    for ask in (lambda: elsewhere.verify(stored), lambda: elsewhere.open(stored.id)):
        with pytest.raises(DamagedError) as caught:
            ask()
        assert caught.value.code == "artifact_missing"


def test_a_file_can_be_had_here_as_long_as_it_is_kept(objects: Objects, store: ObjectArtifacts, tmp_path: Path) -> None:
    stored = put(store)
    elsewhere = opened(objects, tmp_path / "elsewhere")
    found = elsewhere.here(stored.id)
    assert found is not None
    assert found.read_bytes() == SMALL
    elsewhere.delete(stored.id)
    assert elsewhere.here(stored.id) is None


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=["small", "in parts"])
def test_of_two_that_write_one_name_one_does(objects: Objects, tmp_path: Path, content: bytes) -> None:
    others = content[:-1] + b"?"
    one, other = (Bucket(URL, objects.environment) for _ in range(2))
    files = [tmp_path / "one", tmp_path / "other"]
    for file, body in zip(files, (content, others), strict=True):
        file.write_bytes(body)

    def write(number: int) -> str | None:
        body = (content, others)[number]
        try:
            (one, other)[number].put("file_x", files[number], len(body), hashlib.sha256(body).hexdigest())
        except EntrepotError as error:
            return error.code
        return None

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(write, range(2)))
    assert sorted(map(str, ends)) == ["None", "artifact_exists"]
    assert objects.kept == {"own/files/file_x": (content, others)[ends.index(None)]}
    with pytest.raises(ChangedError):
        one.put("file_x", files[ends.index("artifact_exists")], len(content), "0")


def test_wrong_keys_a_bucket_that_is_not_there_and_an_address_that_is_none_are_told(
    objects: Objects, tmp_path: Path
) -> None:
    folder = tmp_path / "copies"
    assert refusal(opened(objects, folder, AWS_ACCESS_KEY_ID="another"), AccessError) == "bucket_refused"
    assert refusal(opened(objects, folder, "s3://nobodys/files"), StorageError) == "bucket_gone"
    with pytest.raises(InputError) as caught:
        opened(objects, folder, "s3:///files")
    assert caught.value.code == "bad_bucket"
    objects.bucket = "gone"
    assert refusal(opened(objects, folder), StorageError) == "bucket_gone"


def test_a_bucket_is_tried_before_it_is_relied_on(objects: Objects, store: ObjectArtifacts) -> None:
    store.probe()
    assert objects.kept == {}

    def forgetful(request: Request) -> bool:
        request.body = b""
        return False

    objects.fail("^PUT ", forgetful)
    with pytest.raises(StorageError):
        store.probe()


def test_copies_that_nobody_reads_any_more_go(store: ObjectArtifacts) -> None:
    old = put(store)
    os.utime(store.path(old.id), (0, store.path(old.id).stat().st_mtime - KEPT_SECONDS - 1))
    new = put(store)
    assert [path.name for path in store.folder.iterdir()] == [new.id]
    assert store.verify(old).read_bytes() == SMALL
