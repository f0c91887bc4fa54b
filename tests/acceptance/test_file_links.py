"""Links to stored files: whoever has one reads that file, until its time is over, and nothing else."""

from __future__ import annotations

import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, drained, environment_of
from entrepot import Entrepot, ExportOptions
from entrepot.access.permissions import LOCAL, Principal, Role
from entrepot.bystanders import SystemClock
from entrepot.cli import main
from entrepot.expiry import remove_expired
from entrepot.model.errors import AccessError, DamagedError, EntrepotError, InputError
from entrepot.model.link_tokens import Grant, grant_of, token_of
from entrepot.state import open_state
from entrepot.workers import run_worker
from servers.objects import BUCKET, Objects

ADA, BOB = (Principal(name=name, role=Role.ORG_ADMIN, tenant=key) for name, key in (("ada", "1"), ("bob", "2")))
HOUR = timedelta(hours=1)
GRANT = Grant(file="file_1m7yxxkp00000000", tenant=None, until=datetime(2026, 11, 22, tzinfo=UTC))
KEY, CSV = b"the key", "text/csv; charset=utf-8"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(
            "CREATE TABLE tenants (id INTEGER PRIMARY KEY, name TEXT);"
            "CREATE TABLE users (id INTEGER PRIMARY KEY, tenant_id INTEGER REFERENCES tenants (id), name TEXT);"
            "INSERT INTO tenants VALUES (1, 'acme'), (2, 'umbra');"
            "INSERT INTO users VALUES (1, 1, 'Ann'), (2, 2, 'Bob');"
        )
    (tmp_path / "entrepot.toml").write_text('[tenancy]\nroot = "tenants"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENTREPOT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ENTREPOT_DB", "sqlite:///app.db")
    return tmp_path


def shop(home: Path, principal: Principal = LOCAL) -> Entrepot:
    return Entrepot(
        f"sqlite:///{home / 'app.db'}",
        config=home / "entrepot.toml",
        environment=environment_of(home),
        principal=principal,
    )


def exported(home: Path, principal: Principal = LOCAL) -> str:
    job = shop(home, principal).submit_export("users", options=ExportOptions(format="csv"), manner=BY_HAND)
    drained(home)
    return job.id


def refusal(shop: Entrepot, token: str, kind: type[EntrepotError]) -> str:
    """Without a word of where files lie."""
    with pytest.raises(kind) as caught:
        shop.open_link(token)
    assert caught.value.remedy
    assert "artifacts" not in f"{caught.value} {caught.value.remedy}"
    return caught.value.code


def test_a_link_opens_the_file_and_is_written_into_the_audit(home: Path) -> None:
    (link,) = shop(home).link(exported(home), expires=HOUR)
    assert (link.name, link.url) == ("users.csv", None)
    found = shop(home).open_link(link.token)
    assert found.path.read_text(encoding="utf-8").splitlines()[1:] == ["1,1,Ann", "2,2,Bob"]
    assert (found.bytes, found.sha256, found.media_type) == (link.bytes, link.sha256, CSV)
    opened = [line for line in shop(home).audit() if line.action == "link.open"]
    assert [line.facts for line in opened] == [{"file": found.id}]
    assert "job.link" in {line.action for line in shop(home).audit()}
    assert not any(link.token in str(line) for line in shop(home).audit())


def test_the_command_line_prints_it_and_downloads_by_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = exported(home)
    assert main(["jobs", "link", job, "--for", "2d"]) == 0
    token = capsys.readouterr().out.strip()
    assert main(["jobs", "download", "--link", token, "-o", "got.csv"]) == 0
    assert (home / "got.csv").read_text(encoding="utf-8").startswith("id,")
    assert main(["jobs", "download", "--link", token, "-o", "got.csv"]) == 6
    assert main(["jobs", "show", "--link", token]) == 2
    assert main(["jobs", "link", job, "--for", "soon"]) == 2
    assert "--for is 'soon'" in capsys.readouterr().err


def test_no_link_outlives_its_file(home: Path) -> None:
    (link,) = shop(home).link(exported(home), expires=timedelta(days=100))
    assert link.until < datetime.now(UTC) + timedelta(days=7, minutes=1)


def test_one_that_has_expired_says_since_when(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (link,) = shop(home).link(exported(home), expires=HOUR)

    class Later(SystemClock):
        def now(self) -> datetime:
            return super().now() + HOUR

    monkeypatch.setattr("entrepot.service.entrepot.SystemClock", Later)
    assert refusal(shop(home), link.token, AccessError) == "link_expired"


OTHER = Grant(file="file_1m7yxxkp00000001", tenant=None, until=GRANT.until)
TOKEN = token_of(GRANT, KEY)
BODY, SIGNATURE = TOKEN.split(".")


@pytest.mark.parametrize(
    "token",
    [
        TOKEN[:-1] + ("0" if TOKEN[-1] != "0" else "1"),
        f"A{TOKEN}",
        BODY,
        f"{BODY}=.{SIGNATURE}",
        f"{BODY}..{SIGNATURE}",
        token_of(GRANT, b"another key"),
        f"{token_of(OTHER, KEY).partition('.')[0]}.{SIGNATURE}",
        "",
        "file_1m7yxxkp00000000",
        "\u00e9.\u00fc",
        "x" * 100_000,
    ],
)
def test_one_that_was_changed_or_made_up_is_refused(token: str) -> None:
    with pytest.raises(AccessError) as caught:
        grant_of(token, KEY)
    assert caught.value.code == "link_forged"
    assert grant_of(TOKEN, KEY) == GRANT


def test_where_nothing_was_ever_signed_every_link_is_forged(home: Path) -> None:
    assert refusal(shop(home), token_of(GRANT, b""), AccessError) == "link_forged"


def test_whoever_is_bound_to_a_tenant_links_and_opens_the_own_files_alone(home: Path) -> None:
    (own,) = shop(home, ADA).link(exported(home, ADA), expires=HOUR)
    (of_all,) = shop(home).link(exported(home), expires=HOUR)
    assert shop(home, ADA).open_link(own.token).path.read_text(encoding="utf-8").splitlines()[1:] == ["1,1,Ann"]
    assert shop(home).open_link(own.token).name == own.name, "whoever serves links is bound to nobody"
    for token in (own.token, of_all.token):
        assert refusal(shop(home, BOB), token, AccessError) == "other_tenant"
    with pytest.raises(InputError) as caught:
        shop(home, BOB).link(exported(home, ADA), expires=HOUR)
    assert caught.value.code == "unknown_job"


def test_a_file_that_is_gone_or_damaged_is_told(home: Path) -> None:
    job = exported(home)
    (link,) = shop(home).link(job, expires=HOUR)
    (stored,) = [each for each in shop(home).job(job).artifacts if each.kind == "export"]
    path = home / "state" / "artifacts" / stored.id
    content = path.read_bytes()
    path.write_bytes(b"x" * len(content))
    assert refusal(shop(home), link.token, DamagedError) == "artifact_damaged"
    path.unlink()
    assert refusal(shop(home), link.token, InputError) == "link_file_gone"
    with open_state(home / "state", SystemClock()) as state:
        list(remove_expired(state.ledger, state.artifacts, SystemClock().now() + timedelta(days=8)))
    assert refusal(shop(home), link.token, InputError) == "link_file_gone"
    with pytest.raises(InputError) as caught:
        shop(home).link(job)
    assert caught.value.code == "nothing_to_download"


def test_a_file_in_a_bucket_is_read_from_there_until_the_time_is_over(
    home: Path, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**objects.environment, "ENTREPOT_ARTIFACTS": f"s3://{BUCKET}/shop"}.items():
        monkeypatch.setenv(name, value)
    service = Entrepot("sqlite:///app.db")
    job = service.submit_export("users", options=ExportOptions(format="csv"), manner=BY_HAND)
    run_worker(None, 2, 0.0, print)
    (link,) = service.link(job.id, expires=HOUR)
    assert link.url is not None
    assert "the-secret" not in link.url
    with urllib.request.urlopen(link.url) as answer:
        assert answer.read().startswith(b"id,")
    assert service.open_link(link.token).path.read_bytes().startswith(b"id,")
    (old,) = service.link(job.id, expires=timedelta(milliseconds=1))
    assert old.url is not None
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(old.url)
    objects.kept.clear()
    with pytest.raises(InputError) as caught:
        service.link(job.id)
    assert caught.value.code == "link_file_gone"
