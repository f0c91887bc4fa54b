"""Whoever wants to know is told what became of submitted jobs, each thing once, whatever dies or does not answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, drained, environment_of
from contract.ledger.pinned import PinnedClock
from entrepot import Entrepot, ExportOptions
from entrepot.access.permissions import Principal, Role
from entrepot.cli import main
from entrepot.config.load import load_settings
from entrepot.jobs.notices.courier import PAUSES, Courier
from entrepot.ledger.deliveries import Deliveries
from entrepot.model.errors import AccessError, InputError, UnavailableError
from entrepot.model.notices import DeliveryRecord, Letter, Target
from entrepot.state import State, open_state
from entrepot.use_cases.notices import SettingsTargets
from unit.outbound.listeners import Heard, spoken, web

WEBHOOK = """
[[notifications]]
name = "ops"
events = ["completed", "failed", "overdue"]
webhook = "http://127.0.0.1:{port}/hook"
secret = "env:HOOK_SECRET"
allow = ["127.0.0.1"]
overdue = "1h"
link = "https://app.example/jobs/{{job}}"
"""
CSV = ExportOptions(format="csv")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection, connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", [(n, f"name {n}") for n in range(1, 101)])
    return tmp_path


@pytest.fixture
def clock() -> PinnedClock:
    found = PinnedClock()
    found.moment = datetime.now(UTC)
    return found


def service(home: Path, notifications: str = "") -> Entrepot:
    settings = f'[databases.main]\nurl = "sqlite:///app.db"\n{notifications}'
    (home / "entrepot.toml").write_text(settings, encoding="utf-8")
    return Entrepot(config=home / "entrepot.toml", environment=environment_of(home))


def courier(home: Path) -> Courier:
    return Courier(targets=SettingsTargets(environment={**environment_of(home), "HOOK_SECRET": "s"}))


def told(home: Path, clock: PinnedClock, by: Courier | None = None) -> int:
    with open_state(home / "state", clock) as state:
        return (by or courier(home)).deliver(state, clock.now())


def kept(home: Path, clock: PinnedClock) -> tuple[DeliveryRecord, ...]:
    with open_state(home / "state", clock) as state:
        return Deliveries(state.ledger.records).latest(50)


def submitted(shop: Entrepot, home: Path, clock: PinnedClock, *, to: str | None = None) -> str:
    """And its target is known before it is done."""
    job = shop.submit_export("users", to=None if to is None else home / to, options=CSV, manner=BY_HAND).id
    told(home, clock)
    return job


def test_a_webhook_hears_of_the_end_of_a_job_once(home: Path, clock: PinnedClock) -> None:
    with web(Heard()) as heard:
        shop = service(home, WEBHOOK.format(port=heard.port))
        job = submitted(shop, home, clock)
        drained(home)
        clock.pass_by(minutes=1)
        assert told(home, clock) == 1
        assert told(home, clock) == told(home, clock, courier(home)) == 0
    ((_, headers, body),) = heard.requests
    message = json.loads(body)
    assert message["title"] == "export completed: users"
    assert {name: message[name] for name in ("job", "event", "entity", "rows", "failed", "error", "link")} == {
        "job": job,
        "event": "completed",
        "entity": "users",
        "rows": 100,
        "failed": 0,
        "error": "",
        "link": f"https://app.example/jobs/{job}",
    }
    assert headers["webhook-signature"].startswith("v1,")
    (record,) = shop.notifications(job=job)
    assert (record.status, record.attempts, record.error, headers["webhook-id"]) == ("sent", 1, None, record.id)


def test_a_failed_job_is_told_by_its_code(home: Path, clock: PinnedClock) -> None:
    (home / "there.csv").write_text("mine", encoding="utf-8")
    with web(Heard()) as heard:
        shop = service(home, WEBHOOK.format(port=heard.port))
        job = submitted(shop, home, clock, to="there.csv")
        drained(home)
        assert shop.job(job).job.status.value == "failed"
        clock.pass_by(minutes=1)
        told(home, clock)
    message = json.loads(heard.requests[0][2])
    assert (message["event"], message["error"]) == ("failed", "target_exists")
    assert "there.csv" not in heard.requests[0][2].decode()


def test_what_is_not_taken_is_tried_again_for_days_and_then_given_up(home: Path, clock: PinnedClock) -> None:
    with web(Heard(answer=500)) as heard:
        shop = service(home, WEBHOOK.format(port=heard.port))
        job = submitted(shop, home, clock)
        drained(home)
        clock.pass_by(minutes=1)
        sender = courier(home)
        for attempt, pause in enumerate((*PAUSES, timedelta()), 1):
            assert told(home, clock, sender) == 0
            assert len(heard.requests) == attempt
            assert told(home, clock, sender) == 0
            assert len(heard.requests) == attempt, "it was tried again before its time"
            clock.moment += pause
        (record,) = kept(home, clock)
        assert (record.status, record.attempts) == ("failed", len(PAUSES) + 1)
        assert record.error is not None
        assert "500" in record.error
        clock.pass_by(days=30)
        told(home, clock, sender)
    assert len(heard.requests) == len(PAUSES) + 1
    assert shop.job(job).job.status.value == "completed"
    assert len({headers["webhook-id"] for _, headers, _ in heard.requests}) == 1


def test_a_target_that_does_not_answer_holds_up_no_other(home: Path, clock: PinnedClock) -> None:
    """It takes ten seconds each time, and is asked once a minute at most."""
    asked: list[tuple[str, datetime, datetime]] = []

    def target(name: str) -> Target:
        return Target(
            name=name, events=frozenset({"completed"}), overdue=None, title="t", text="x", link="", way=Way(name)
        )

    @dataclass
    class Way:
        name: str

        def send(self, letter: Letter, at: datetime) -> None:
            asked.append((self.name, at, clock.now()))
            if self.name == "hangs":
                clock.pass_by(seconds=10)
                raise UnavailableError("not_reached", "It hangs.", remedy="Wait.")

    shop = service(home)
    targets = (target("hangs"), target("well"))
    sender = Courier(targets=lambda settings: targets)
    for _ in range(4):
        shop.submit_export("users", options=CSV, manner=BY_HAND)
    told(home, clock, sender)
    drained(home)
    clock.pass_by(minutes=1)
    assert told(home, clock, sender) == 4
    assert sorted(name for name, _, _ in asked) == ["hangs", "well", "well", "well", "well"]
    assert all(stamp == when for _, stamp, when in asked), "the time of a letter is that of another one"
    clock.pass_by(minutes=1)
    told(home, clock, sender)
    assert [name for name, _, _ in asked[5:]] == ["hangs"]


def test_who_was_told_before_is_told_while_the_settings_are_wrong(home: Path, clock: PinnedClock) -> None:
    with web(Heard()) as heard:
        shop = service(home, WEBHOOK.format(port=heard.port))
        sender = courier(home)
        for _ in range(2):
            shop.submit_export("users", options=CSV, manner=BY_HAND)
        told(home, clock, sender)
        drained(home)
        clock.pass_by(minutes=1)
        (home / "entrepot.toml").write_text("oops = [", encoding="utf-8")
        assert told(home, clock, sender) == 2
        (home / "entrepot.toml").unlink()
        told(home, clock, sender)
    assert len(heard.requests) == 2


def test_a_title_is_one_line_whatever_a_name_holds(home: Path, clock: PinnedClock) -> None:
    with web(Heard()) as heard:
        settings = WEBHOOK.format(port=heard.port)
        shop = service(home, settings + 'title = "{entity}\\nof {database}"\ntext = "{entity}\\nand \\u001b"')
        submitted(shop, home, clock)
        with closing(sqlite3.connect(home / "state" / "ledger.db")) as connection, connection:
            connection.execute("UPDATE jobs SET entity = ?", ("users\r\nBcc: evil@example.org",))
        drained(home)
        clock.pass_by(minutes=1)
        told(home, clock)
    message = json.loads(heard.requests[0][2])
    assert message["title"] == "users  Bcc: evil@example.org of sqlite:app"
    assert message["text"] == "users  Bcc: evil@example.org\nand"


def test_a_worker_keeps_only_in_mind_what_it_still_looks_at(home: Path, clock: PinnedClock) -> None:
    with web(Heard()) as heard:
        shop = service(home, WEBHOOK.format(port=heard.port))
        submitted(shop, home, clock)
        drained(home)
        sender = courier(home)
        told(home, clock, sender)
        assert len(sender._seen) == 1
        assert told(home, clock, courier(home)) == 0
        clock.pass_by(minutes=5)
        told(home, clock, sender)
        told(home, clock, sender)
    assert (len(sender._seen), len(heard.requests)) == (0, 1)


def test_what_is_written_is_sent_even_if_no_more_can_be_written(home: Path, clock: PinnedClock) -> None:
    with web(Heard()) as heard:
        shop = service(home, WEBHOOK.format(port=heard.port))
        submitted(shop, home, clock)
        drained(home)
        clock.pass_by(minutes=1)
        sender = courier(home)
        with open_state(home / "state", clock) as state:
            sender._note(Deliveries(state.ledger.records), clock.now())
        with closing(sqlite3.connect(home / "state" / "ledger.db")) as connection, connection:
            connection.execute("UPDATE orders SET request = '{'")
        assert told(home, clock, sender) == 1


def test_a_letter_that_died_with_its_sender_is_sent_by_the_next_one(home: Path, clock: PinnedClock) -> None:
    with web(Heard()) as heard:
        shop = service(home, WEBHOOK.format(port=heard.port))
        submitted(shop, home, clock)
        drained(home)
        clock.pass_by(minutes=1)
        with open_state(home / "state", clock) as state:
            dying = courier(home)
            dying._note(Deliveries(state.ledger.records), clock.now())
            assert Deliveries(state.ledger.records).take(timedelta(minutes=5)) is not None
        assert told(home, clock) == 0
        clock.pass_by(minutes=6)
        assert told(home, clock) == 1


def test_nobody_is_told_of_what_was_over_before_they_wanted_to_know(home: Path, clock: PinnedClock) -> None:
    shop = service(home)
    shop.submit_export("users", options=CSV, manner=BY_HAND)
    drained(home)
    clock.pass_by(minutes=1)
    with web(Heard()) as heard:
        service(home, WEBHOOK.format(port=heard.port))
        assert told(home, clock) == 0
    assert heard.requests == []


def test_a_job_that_takes_too_long_is_told_once_and_its_end_besides(home: Path, clock: PinnedClock) -> None:
    with web(Heard()) as heard:
        shop = service(home, WEBHOOK.format(port=heard.port))
        submitted(shop, home, clock)
        clock.pass_by(minutes=59)
        assert told(home, clock) == 0
        clock.pass_by(minutes=2)
        sender = courier(home)
        assert (told(home, clock, sender), told(home, clock, sender), told(home, clock)) == (1, 0, 0)
    assert json.loads(heard.requests[0][2])["event"] == "overdue"


def test_mail_and_log_are_told_too(home: Path, clock: PinnedClock, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[bytes] = []
    with spoken(heard) as port:
        shop = service(
            home,
            f'[[notifications]]\nname = "mail"\nevents = ["completed"]\nemail = ["a@app.example"]\ntls = false\n'
            f'sender = "e@app.example"\nserver = "smtp://127.0.0.1:{port}"\nallow = ["127.0.0.1"]\n'
            f'title = "{{rows}} rows of {{entity}}"\n'
            f'[[notifications]]\nname = "log"\nevents = ["completed"]\nlog = true\n',
        )
        submitted(shop, home, clock)
        drained(home)
        clock.pass_by(minutes=1)
        with caplog.at_level("INFO", logger="entrepot.notices"):
            assert told(home, clock) == 2
    assert b"Subject: 100 rows of users\r\n" in heard
    assert "export completed: users" in caplog.text


def test_private_addresses_and_missing_secrets_are_that_letters_trouble(home: Path, clock: PinnedClock) -> None:
    with web(Heard()) as heard:
        not_allowed = WEBHOOK.format(port=heard.port).replace('allow = ["127.0.0.1"]', "")
        shop = service(home, not_allowed + WEBHOOK.format(port=heard.port).replace('"ops"', '"two"'))
        submitted(shop, home, clock)
        drained(home)
        clock.pass_by(minutes=1)
        told(home, clock, Courier(targets=SettingsTargets(environment=environment_of(home))))
    errors = {record.target: record.error or "" for record in kept(home, clock)}
    assert "[missing_variable]" in errors["two"]
    assert "[missing_variable]" in errors["ops"] or "[address_refused]" in errors["ops"]
    assert heard.requests == []


def test_a_chore_of_the_worker_never_fails_and_never_waits(home: Path, clock: PinnedClock) -> None:
    def broken(settings: str) -> tuple[()]:
        raise RuntimeError(settings)

    shop = service(home)
    shop.submit_export("users", options=CSV, manner=BY_HAND)
    with open_state(home / "state", clock) as state:
        chore: Callable[[State], object] = (sender := Courier(targets=broken))
        chore(state)
        sender.last_round(state)
    drained(home)


def test_the_command_line_shows_what_did_not_get_there(
    home: Path, clock: PinnedClock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENTREPOT_STATE", str(home / "state"))
    monkeypatch.chdir(home)
    assert main(["notifications", "list"]) == 0
    assert "Nothing was to be told" in capsys.readouterr().out
    with web(Heard(answer=404)) as heard:
        job = submitted(service(home, WEBHOOK.format(port=heard.port)), home, clock)
        drained(home)
        clock.pass_by(minutes=1)
        told(home, clock)
    assert main(["notifications", "list", "--job", job]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert "answered 404" in line
    assert "waiting" in line
    bound = Principal(name="a", role=Role.ORG_ADMIN, tenant="1")
    with pytest.raises(AccessError):
        Entrepot(principal=bound, environment=environment_of(home)).notifications()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "must be one of webhook, email and log, and there are 0"),
        ('log = true\nwebhook = "https://x.example/"', "there are 2"),
        ('log = true\nevents = ["fialed"]', "Did you mean 'failed'"),
        ('log = true\ntitle = "{jop}"', "Did you mean 'job'"),
        ('webhook = "ftp://x.example/"', "is no address like https://"),
        ('webhook = "https://u:p@x.example/"', "is no address like https://"),
        ('webhook = "https://x.example:99999/"', "is no address like https://"),
        ('log = true\nallow = ["10.0.0.1/8"]', "has host bits set"),
        ('email = ["a@b.example"]\nserver = "smtp://m.example"', "is no address of somebody"),
        ('email = ["a@b.example"]\nsender = "e@b.example"', "is no address like smtps://"),
        ("log = true\n[[notifications]]\nname = 'n'\nlog = true", "is the name of two"),
    ],
)
def test_what_is_wrong_in_the_settings_is_told_when_they_are_read(tmp_path: Path, said: str, words: str) -> None:
    file = tmp_path / "entrepot.toml"
    file.write_text(f"[[notifications]]\nname = 'n'\n{said}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_settings({}, tmp_path, file)
    assert words in f"{caught.value.message} {caught.value.remedy}"
    assert caught.value.code == "bad_notification"
