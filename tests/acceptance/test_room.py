"""Quotas and full disks, as people meet them: told before the first byte, and nothing is left."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, drained, environment_of
from entrepot import Entrepot, ExportOptions, ImportRequest
from entrepot.access.permissions import LOCAL, Principal, Role
from entrepot.model.errors import InputError, QuotaError, StorageError
from entrepot.model.records import Status
from entrepot.storage import bounds

ADA = Principal(name="ada", role=Role.ORG_ADMIN, tenant="1")
BOB = Principal(name="bob", role=Role.ORG_ADMIN, tenant="2")
ROWS = 20_000


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    def told(_: Path) -> int:
        return size

    monkeypatch.setattr(bounds, "free_in", told)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(
            "CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT);"
            "CREATE TABLE users (id INTEGER PRIMARY KEY, tenant_id INTEGER REFERENCES tenants (id), name TEXT);"
            "INSERT INTO tenants VALUES (1, 'acme'), (2, 'umbra');"
        )
        rows = ((n, 1 + n % 2, f"name of number {n}") for n in range(1, ROWS + 1))
        connection.executemany("INSERT INTO users VALUES (?, ?, ?)", rows)
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
    (tmp_path / "more.csv").write_text("id,name\n1,one\n" + "\n" * 3000, encoding="utf-8")
    return tmp_path


def shop(home: Path, settings: str, principal: Principal = LOCAL) -> Entrepot:
    (home / "entrepot.toml").write_text(f'[tenancy]\nroot = "tenants"\n{settings}', encoding="utf-8")
    return Entrepot(
        f"sqlite:///{home / 'app.db'}",
        config=home / "entrepot.toml",
        environment=environment_of(home),
        principal=principal,
    )


def stored(home: Path) -> list[str]:
    folder = home / "state" / "artifacts"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_file_that_a_tenant_has_no_room_for_is_refused_and_nothing_is_kept(home: Path) -> None:
    with pytest.raises(QuotaError) as caught:
        shop(home, 'quota = "1 kB"', ADA).preview(home / "more.csv", ImportRequest(entity="users"))
    assert "[tenancy] quota gives tenant 1" in caught.value.message
    assert stored(home) == []
    assert shop(home, 'quota = "1 kB"').preview(home / "more.csv", ImportRequest(entity="users"))


def test_an_export_that_a_tenant_has_no_room_for_ends_while_it_is_written(home: Path) -> None:
    settings, csv = 'quota = "100 kB"', ExportOptions(format="csv")
    ada, bob = (shop(home, settings, who) for who in (ADA, BOB))
    large = ada.submit_export("users", options=csv, manner=BY_HAND)
    packed = bob.submit_export("users", options=ExportOptions(format="csv", compress="gzip"), manner=BY_HAND)
    drained(home)
    found = ada.job(large.id).job
    assert found.status is Status.FAILED
    assert found.error is not None
    assert (found.error["code"], found.error["exit_code"]) == ("quota_exceeded", 6)
    assert bob.job(packed.id).job.status is Status.COMPLETED
    assert {each.tenant for each in bob.job(packed.id).artifacts} == {"2"}
    assert len(stored(home)) == 2, "nothing of the other one is left"


def test_all_together_store_no_more_than_the_state_may_have(home: Path) -> None:
    with pytest.raises(QuotaError) as caught:
        shop(home, '[state]\nquota = "1 kB"').preview(home / "more.csv", ImportRequest(entity="users"))
    assert "[state] quota gives this installation" in caught.value.message


def test_a_quota_that_is_no_size_is_told_with_its_place(home: Path) -> None:
    with pytest.raises(InputError) as caught:
        shop(home, 'quota = "much"')
    assert caught.value.code == "wrong_size"
    assert "tenancy.quota is 'much'" in caught.value.message


def test_an_export_for_which_the_disk_is_too_small_does_not_begin(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 100_000)
    with pytest.raises(StorageError) as caught:
        shop(home, "").export("users", to=home / "out" / "users.csv")
    assert caught.value.code == "insufficient_storage"
    assert "needs 120,000 bytes or more" in caught.value.message
    assert not (home / "out").exists()
    for to, asked in (("users.csv.gz", "users"), ("tenants.csv", "tenants")):
        shop(home, "").export(asked, to=home / to)


def test_an_import_for_which_the_disk_is_too_small_does_not_begin(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 1000)
    with pytest.raises(StorageError) as caught:
        shop(home, "").preview(home / "more.csv", ImportRequest(entity="users"))
    assert "A copy of more.csv needs 3,014 bytes or more" in caught.value.message
    assert stored(home) == []


def test_what_is_taken_back_needs_no_room_in_a_quota(home: Path) -> None:
    (home / "zoe.csv").write_text("id,tenant_id,name\n90001,1,Zoe\n", encoding="utf-8")
    done = shop(home, "").bring_in(home / "zoe.csv", ImportRequest(entity="users"))
    undone = shop(home, '[state]\nquota = "1 B"').undo(done.job)
    assert undone.deleted == 1
