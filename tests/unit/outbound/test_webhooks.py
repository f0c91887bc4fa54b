"""A webhook gets a signed letter, or the sender learns within a bounded time that it did not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from entrepot.model.errors import AccessError, EntrepotError, UnavailableError
from entrepot.model.notices import Letter
from entrepot.outbound.connecting import Dialer, Policy
from entrepot.outbound.webhooks import Webhook
from unit.outbound.listeners import Heard, silent, web

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LETTER = Letter(id="note_1", title="It failed", text="é\n🚢", facts={"job": "exp_1", "rows": 3})
HERE = Policy(allow=("127.0.0.0/8",))


def hook(url: str, *secrets: str, policy: Policy = HERE, seconds: float = 10.0) -> Webhook:
    dialer = Dialer(policy=policy, resolve=lambda host, port: ["127.0.0.1"], seconds=seconds)
    return Webhook(url=url, secrets=secrets, dialer=dialer)


def test_a_letter_is_signed_with_every_secret_and_can_be_checked() -> None:
    with web(Heard()) as heard:
        hook(f"http://receiver.example:{heard.port}/in?a=1", "new", "old").send(LETTER, NOW)
    ((path, headers, body),) = heard.requests
    assert path == "/in?a=1"
    assert json.loads(body) == {"id": "note_1", "title": "It failed", "text": "é\n🚢", "job": "exp_1", "rows": 3}
    assert headers["Host"] == f"receiver.example:{heard.port}"
    moment = str(int(NOW.timestamp()))
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("note_1", moment)
    content = f"note_1.{moment}.".encode() + body
    expected = [base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode() for key in (b"new", b"old")]
    assert headers["webhook-signature"] == " ".join(f"v1,{each}" for each in expected)


@pytest.mark.parametrize("answer", [301, 307, 400, 404, 500, 503])
def test_any_answer_but_success_is_a_failure_and_no_other_address_is_asked(answer: int) -> None:
    with web(Heard()) as elsewhere, web(Heard(answer=answer)) as heard:
        heard.headers = {"Location": f"http://127.0.0.1:{elsewhere.port}/"}
        with pytest.raises(UnavailableError, match=str(answer)) as caught:
            hook(f"http://receiver.example:{heard.port}/").send(LETTER, NOW)
    assert caught.value.code == "not_taken"
    assert (len(heard.requests), elsewhere.requests) == (1, [])


def test_nothing_is_sent_in_the_clear_unless_the_address_was_allowed() -> None:
    with web(Heard()) as heard, pytest.raises(AccessError) as caught:
        hook(f"http://receiver.example:{heard.port}/", policy=Policy()).send(LETTER, NOW)
    assert caught.value.code == "address_refused"
    assert heard.requests == []


@pytest.mark.parametrize("says", [b"", b"H", b"HTTP/1.1 200 OK\r\nx: y\r\n", b"\0\r\n\r\n"])
def test_who_never_comes_to_an_end_is_left(says: bytes) -> None:
    with silent(says=says) as port:
        began = time.monotonic()
        with pytest.raises(EntrepotError) as caught:
            hook(f"http://receiver.example:{port}/", seconds=0.5).send(LETTER, NOW)
        assert time.monotonic() - began < 30
    assert caught.value.code == "not_reached"


def test_who_drips_into_the_handshake_is_left_in_time() -> None:
    """A record of TLS of 5635 bytes, of which three come at a time."""
    with silent(says=b"\x16\x03\x03") as port:
        began = time.monotonic()
        with pytest.raises(UnavailableError) as caught:
            hook(f"https://receiver.example:{port}/", seconds=0.5).send(LETTER, NOW)
        assert time.monotonic() - began < 20
    assert caught.value.code == "not_reached"


def test_what_opens_after_the_time_is_ended_too() -> None:
    dialer = Dialer(policy=HERE, resolve=lambda host, port: ["127.0.0.1"], seconds=20.0)

    class Slow(ssl.SSLContext):
        def wrap_socket(self, *given: Any, **named: Any) -> ssl.SSLSocket:
            safe = super().wrap_socket(*given, **named)
            dialer._end()
            return safe

    context = Slow(ssl.PROTOCOL_TLS_CLIENT)
    with silent() as port, pytest.raises(UnavailableError, match="took longer than"):
        Webhook(url=f"https://x.example:{port}/", secrets=(), dialer=dialer, context=context).send(LETTER, NOW)


def test_who_took_it_has_it_although_the_answer_never_ends() -> None:
    with silent(says=b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n") as port:
        hook(f"http://receiver.example:{port}/", seconds=0.5).send(LETTER, NOW)


def test_an_address_is_looked_up_once_and_what_was_checked_is_connected_to() -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    asked: list[str] = []

    def changing(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    with web(Heard()) as heard:
        dialer = Dialer(policy=Policy(allow=("127.0.0.1/32",)), resolve=changing)
        rebound = Webhook(url=f"http://evil.example:{heard.port}/", secrets=(), dialer=dialer)
        rebound.send(LETTER, NOW)
        assert asked == ["evil.example"]
        with pytest.raises(AccessError):
            rebound.send(LETTER, NOW)
    assert len(heard.requests) == 1


def test_a_look_up_that_hangs_or_fails_is_not_waited_for() -> None:
    def hanging(host: str, port: int) -> Sequence[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    def failing(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    for resolve in (hanging, failing):
        dialer = Dialer(policy=HERE, resolve=resolve, seconds=0.2)
        with pytest.raises(UnavailableError) as caught:
            Webhook(url="http://x.example/", secrets=(), dialer=dialer).send(LETTER, NOW)
        assert caught.value.code == "not_reached"


def test_nobody_there_and_no_tls_there_can_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(UnavailableError):
        hook(f"http://x.example:{port}/").send(LETTER, NOW)
    with silent(says=b"no tls") as port, pytest.raises(UnavailableError):
        hook(f"https://x.example:{port}/").send(LETTER, NOW)
