"""Encryption as the address asks for it: where it is offered, always, or only with whom the certificate names."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server, socket

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from entrepot.databases.mysql.engine import MySqlEngine
from entrepot.model.errors import EntrepotError
from integration.mariadb.rogue import GREETING, send

pytestmark = pytest.mark.mariadb
OFFERS = GREETING.replace(b"\xff\xf7", b"\xff\xff")
"""As the other one, and encryption besides."""
REFUSED = b"\xff\x15\x04#28000Access denied"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `localhost`, by itself; with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    kind, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(kind, form, serialization.NoEncryption())
    file.write_bytes(secret + made.sign(key, hashes.SHA256()).public_bytes(kind))
    return file


@contextmanager
def server(certificate: Path, greeting: bytes = OFFERS) -> Iterator[tuple[int, list[bytes]]]:
    """Refuses everybody, and says what it was told in the clear and what under encryption."""
    told: list[bytes] = []
    with create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_refuse, args=(listener, certificate, greeting, told))
        thread.start()
        yield listener.getsockname()[1], told
        thread.join(timeout=10)
        assert not thread.is_alive()


def _refuse(listener: socket, certificate: Path, greeting: bytes, told: list[bytes]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain, _ = listener.accept()
    with plain, suppress(ssl.SSLError, ConnectionError):
        plain.settimeout(5)
        send(plain, 0, greeting)
        if greeting == OFFERS:
            told.append(plain.recv(36))
            with context.wrap_socket(plain, server_side=True) as secret:
                told.append(secret.recv(65536))
                send(secret, 3, REFUSED)
        else:
            told.append(plain.recv(65536))
            send(plain, 2, REFUSED)


def code(port: int, words: str, host: str = "localhost") -> str:
    with pytest.raises(EntrepotError) as error:
        MySqlEngine(f"mysql://anna:secret@{host}:{port}/x{words}").introspect()
    return error.value.code


@pytest.mark.parametrize("words", ["", "?ssl=preferred", "?ssl=required"])
def test_whoever_offers_encryption_hears_no_name_in_the_clear_whatever_its_certificate(
    certificate: Path, words: str
) -> None:
    with server(certificate) as (port, told):
        assert code(port, words) == "wrong_password"
    assert ["anna" in text.decode("latin-1") for text in told] == [False, True]


def test_without_encryption_there_one_goes_on_unless_it_is_required(certificate: Path) -> None:
    with server(certificate, GREETING) as (port, told):
        assert code(port, "") == "wrong_password"
    assert [b"anna" in text for text in told] == [True]
    with server(certificate, GREETING) as (port, told):
        assert code(port, "?ssl=required") == "unreachable"
    assert [b"anna" in text for text in told] == [False]


def test_a_certificate_that_is_looked_at_must_be_known_and_bear_the_name(certificate: Path) -> None:
    with server(certificate) as (port, told):
        assert code(port, "?ssl=verify") == "unreachable"
    assert [b"anna" in text for text in told] == [False]
    with server(certificate) as (port, told):
        assert code(port, f"?ssl=verify&ssl_ca={certificate}", host="127.0.0.1") == "unreachable"
    assert [b"anna" in text for text in told] == [False]
    with server(certificate) as (port, told):
        assert code(port, f"?ssl=verify&ssl_ca={certificate}") == "wrong_password"
    assert [b"anna" in text for text in told] == [False, True]
