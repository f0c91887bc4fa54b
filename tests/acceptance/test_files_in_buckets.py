"""An application that keeps its files in a bucket: they go out with their rows, come in with them, or neither does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.attached import FILES, RESTORE, ROWS, SETTINGS, UPSERT, Office, office, package
from entrepot import Entrepot
from entrepot.model.errors import EntrepotError, InputError, UnavailableError
from entrepot.storage import bucket
from entrepot.storage.bucket_files import BucketStore
from servers.objects import BUCKET, Objects, Request

URL = f"s3://{BUCKET}/app/uploads"
HELD = f"app/uploads/{next(iter(FILES))}"


@pytest.fixture
def made(tmp_path: Path, objects: Objects) -> Office:
    return office(tmp_path / "app", settings=SETTINGS.replace('"store"\n', f'"{URL}"\n', 1))


def service(made: Office, objects: Objects) -> Entrepot:
    return Entrepot(config=made.folder / "entrepot.toml", environment=dict(objects.environment))


def kept(objects: Objects) -> dict[str, bytes]:
    return {name.removeprefix("app/uploads/"): body for name, body in objects.kept.items()}


def test_files_come_in_with_their_rows_go_out_with_them_and_are_taken_back(
    made: Office, objects: Objects, tmp_path: Path
) -> None:
    file, app = package(tmp_path), service(made, objects)
    plan = app.preview(file, RESTORE)
    assert plan.files is not None
    assert ({fate: count for fate, count in plan.files.counts.items() if count}, kept(objects)) == ({"restored": 2}, {})
    receipt = app.apply(plan.plan_id)
    assert (made.rows(), kept(objects)) == (list(ROWS), FILES)
    app.export(to=tmp_path / "again.zip")
    empty = office(tmp_path / "other")
    empty.entrepot.bring_in(tmp_path / "again.zip", RESTORE)
    assert (empty.rows(), empty.files()) == (list(ROWS), FILES)
    app.bring_in(file, UPSERT)
    app.undo(receipt.job)
    assert (made.rows(), kept(objects)) == ([], {})


def test_what_is_there_is_never_replaced(made: Office, objects: Objects, tmp_path: Path) -> None:
    objects.kept[HELD] = b"theirs"
    with pytest.raises(InputError) as refused:
        service(made, objects).bring_in(package(tmp_path), RESTORE)
    assert (refused.value.code, made.rows(), objects.kept) == ("files_refused", [], {HELD: b"theirs"})


def test_what_somebody_else_puts_there_meanwhile_stays(made: Office, objects: Objects, tmp_path: Path) -> None:
    def overtaken(_request: Request) -> bool:
        objects.kept[HELD] = b"theirs"
        return False

    objects.fail("^PUT .*x", overtaken)
    with pytest.raises(InputError) as refused:
        service(made, objects).bring_in(package(tmp_path), RESTORE)
    assert (refused.value.code, made.rows(), objects.kept) == ("file_exists", [], {HELD: b"theirs"})


def test_a_bucket_that_stops_answering_leaves_neither_rows_nor_files(
    made: Office, objects: Objects, tmp_path: Path
) -> None:
    """The first file was there already."""

    def ill(request: Request) -> bool:
        request.refuse(503, "SlowDown")
        return True

    app = service(made, objects)
    objects.fail("^PUT .*y", ill, times=3)
    with pytest.raises(UnavailableError):
        app.bring_in(package(tmp_path), RESTORE)
    assert (made.rows(), kept(objects)) == ([], {})
    receipt = app.bring_in(tmp_path / "office.zip", RESTORE)
    assert (made.rows(), kept(objects)) == (list(ROWS), FILES)
    objects.fail("^HEAD", ill, times=100)
    with pytest.raises(EntrepotError):
        app.undo(receipt.job)
    objects.faults.clear()
    assert made.rows() == []
    app.preview(tmp_path / "office.zip", RESTORE)
    assert kept(objects) == {}


def test_what_a_lying_bucket_does_not_keep_keeps_the_rows_out(made: Office, objects: Objects, tmp_path: Path) -> None:
    def lying(request: Request) -> bool:
        objects.kept[HELD] = b"something else"
        request.answer(200)
        return True

    objects.fail("^PUT .*x", lying, times=10)
    with pytest.raises(EntrepotError):
        service(made, objects).bring_in(package(tmp_path), RESTORE)
    assert made.rows() == []
    assert set(kept(objects)) <= {"2024/x"}


@pytest.mark.slow
def test_a_process_that_dies_between_two_files_leaves_none_once_somebody_looks(
    made: Office, objects: Objects, tmp_path: Path
) -> None:
    """And none that claims a key."""
    file = package(tmp_path, files={**FILES, "2024/y": os.urandom(bucket.PART + 1)})
    died: list[bool] = []
    running: list[subprocess.Popen[bytes]] = []

    def killed(_request: Request) -> bool:
        died.append(True)
        running[0].send_signal(signal.SIGKILL)
        running[0].wait()
        return True

    objects.fail("^POST .*y", killed)
    command = [sys.executable, "-m", "entrepot", "import", str(file), "--into", "documents", "--yes"]
    environment = {**os.environ, **objects.environment}
    running.append(subprocess.Popen(command, cwd=made.folder, env=environment))
    assert running[0].wait(timeout=60) == -signal.SIGKILL
    assert died
    assert "2024/x" in kept(objects)
    assert made.rows() == []
    app = service(made, objects)
    app.bring_in(file, RESTORE)
    assert sorted(kept(objects)) == sorted(FILES)
    app.undo(app.undoable()[0].id)
    assert (made.rows(), kept(objects)) == ([], {})


@pytest.mark.parametrize("key", ["a b/ü.txt", "50%/x#1~.txt", "a/b?c=d&e.txt", "[1]*{2}|^`.txt", "+plus+.txt"])
def test_a_key_is_what_the_application_calls_it(objects: Objects, key: str) -> None:
    store = BucketStore(URL, objects.environment)
    with store.receiving() as incoming:
        incoming.take(key, [b"one", b"two"])
        incoming.publish()
    assert kept(objects) == {key: b"onetwo"}
    found = store.open(key)
    assert found is not None
    with found as blocks:
        assert (store.size(key), b"".join(blocks)) == (6, b"onetwo")
    store.remove(key)
    assert (store.size(key), store.open(key)) == (None, None)


def test_what_is_no_key_of_a_file_is_refused(objects: Objects) -> None:
    store = BucketStore(URL, objects.environment)
    for key in ("", "../x", "/x", "a//b", "a/./b", "a\nb", "claims/x", "x" * 300, "/".join(["x" * 200] * 6)):
        assert not store.is_usable(key)
        assert (store.size(key), store.open(key)) == (None, None)


def test_two_collections_have_no_files_in_common(made: Office, objects: Objects) -> None:
    settings = (made.folder / "entrepot.toml").read_text(encoding="utf-8")
    more = f'[files.more]\nfolder = "{URL}/more"\n'
    (made.folder / "entrepot.toml").write_text(settings + more, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        service(made, objects).export(to=made.folder.parent / "x.zip")
    assert refused.value.code == "folders_overlap"
