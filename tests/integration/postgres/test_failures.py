"""Whatever stops us is told with a code and a remedy, and never with the password."""

from __future__ import annotations

import sys

import pytest

from entrepot.databases.postgres.connect import connect
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.model.errors import AccessError, EntrepotError, InputError, MissingExtraError, UnavailableError
from servers.postgres import PASSWORD, PostgresServer

pytestmark = pytest.mark.postgres


def failure(url: str) -> EntrepotError:
    with pytest.raises(EntrepotError) as caught:
        PostgresEngine(url).introspect()
    error: BaseException | None = caught.value
    assert caught.value.remedy
    while error is not None:
        assert PASSWORD not in str(error)
        assert "pa55" not in str(error), "not even a part of it"
        error = error.__cause__
    return caught.value


def test_a_wrong_password_is_told_without_telling_it(postgres_server: PostgresServer) -> None:
    error = failure(postgres_server.url(password="wrong-pa55"))
    assert isinstance(error, AccessError)
    assert error.code == "wrong_password"
    assert "'postgres'" in error.message


def test_an_unknown_user_is_refused_like_a_wrong_password(postgres_server: PostgresServer) -> None:
    assert failure(postgres_server.url(user="nobody_here")).code == "wrong_password"


def test_an_unknown_database_is_named(postgres_server: PostgresServer) -> None:
    error = failure(postgres_server.url("no_such_base"))
    assert isinstance(error, InputError)
    assert error.code == "unknown_database"
    assert "no_such_base" in error.message


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no-such-host.invalid:5432"])
def test_a_server_that_does_not_answer_is_named(host: str) -> None:
    error = failure(f"postgresql://postgres:{PASSWORD}@{host}/x")
    assert isinstance(error, UnavailableError)
    assert error.code == "unreachable"
    assert host in error.message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:pa55@word@host/base",
        "postgresql://user:pa55:word/1@host:x/base",
        "postgresql://user:pa55#word@host/base",
        "postgresql://user:pa55@host/base?no_such_option=1",
        "postgresql://user:pa55%zz@host/base",
        "postgresql://user:pa55@[host/base",
    ],
)
def test_an_address_that_cannot_be_read_is_not_repeated(url: str) -> None:
    error = failure(url)
    assert error.code == "bad_url"
    assert "%40" in error.remedy


def test_a_missing_driver_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError) as caught:
        connect("postgresql://user@host/base")
    assert "entrepot[postgres]" in caught.value.remedy


def test_an_old_server_is_refused_before_it_confuses_us(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.databases.postgres.connect.OLDEST", 990000)
    error = failure(postgres_server.url())
    assert error.code == "server_too_old"
