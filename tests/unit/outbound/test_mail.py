"""A mail arrives whole, in nobody's clear text unless that was said, or the sender learns that it did not."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from entrepot.model.errors import AccessError, UnavailableError
from entrepot.model.notices import Letter
from entrepot.outbound.connecting import Dialer, Policy
from entrepot.outbound.mail import Mail
from unit.outbound.listeners import silent, spoken

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LETTER = Letter(id="note_1", title="Échec: users", text="Line\n.\nRows: 3 🚢", facts={})


def mail(
    port: int, *, scheme: str = "smtp", tls: bool = False, allow: str = "127.0.0.1", seconds: float = 10.0
) -> Mail:
    dialer = Dialer(policy=Policy(allow=(allow,)), resolve=lambda host, port: ["127.0.0.1"], seconds=seconds)
    return Mail(
        server=f"{scheme}://mail.example:{port}",
        sender="entrepot@app.example",
        to=("a@app.example", "b@app.example"),
        user=None,
        password=None,
        tls=tls,
        dialer=dialer,
    )


def test_a_mail_goes_to_everybody_and_says_what_it_should() -> None:
    heard: list[bytes] = []
    with spoken(heard) as port:
        mail(port).send(LETTER, NOW)
    recipients = [line.split()[1] for line in heard if line.upper().startswith(b"RCPT")]
    assert recipients == [b"TO:<a@app.example>", b"TO:<b@app.example>"]
    text = b"".join(heard[heard.index(b"data\r\n") + 1 : heard.index(b".\r\n")])
    message = message_from_bytes(text, policy=policy.default)
    assert (message["Subject"], message["Message-ID"]) == ("Échec: users", "<note_1@app.example>")
    assert message["To"] == "a@app.example, b@app.example"
    body = message.get_body()
    assert body is not None
    assert "🚢" in body.get_content()


def test_without_tls_nothing_is_said_unless_that_was_allowed() -> None:
    heard: list[bytes] = []
    with spoken(heard) as port, pytest.raises(AccessError) as caught:
        mail(port, tls=True).send(LETTER, NOW)
    assert caught.value.code == "no_tls"
    assert not [line for line in heard if line.upper().startswith((b"MAIL", b"AUTH", b"DATA"))]


def test_a_refused_mail_is_told_without_the_words_of_the_server() -> None:
    for word in (b"MAIL", b"RCPT", b"DATA"):
        with spoken([], replies={word: b"550 no, secret\r\n"}) as port, pytest.raises(UnavailableError) as caught:
            mail(port).send(LETTER, NOW)
        assert caught.value.code == "not_taken"
        assert "secret" not in caught.value.message


def test_a_server_that_hangs_or_is_not_allowed_is_left() -> None:
    with silent() as port, pytest.raises(UnavailableError) as late:
        mail(port, seconds=0.3).send(LETTER, NOW)
    assert late.value.code == "not_reached"
    with silent() as port, pytest.raises(UnavailableError):
        mail(port, scheme="smtps", seconds=0.3).send(LETTER, NOW)
    with pytest.raises(AccessError):
        mail(2525, allow="10.0.0.1").send(LETTER, NOW)


def test_no_name_adds_a_line_to_the_head_of_a_mail() -> None:
    with spoken([]) as port, pytest.raises(UnavailableError):
        mail(port).send(Letter(id="n", title="x\nBcc: evil@example.org", text="", facts={}), NOW)
