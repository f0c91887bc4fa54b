"""Which engine a URL means."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from entrepot.databases import registry
from entrepot.databases.registry import open_engine
from entrepot.databases.sqlite.connect import path_of
from entrepot.model.errors import InputError


@pytest.mark.parametrize(
    ("url", "engine"),
    [
        ("sqlite:///app.db", "sqlite"),
        ("SQLITE:////var/app.db", "sqlite"),
        ("postgresql://app@localhost/app", "postgres"),
        ("postgres://localhost", "postgres"),
        ("mysql://app@localhost/app", "mysql"),
        ("mariadb://app@localhost/app", "mysql"),
    ],
)
def test_a_scheme_names_the_engine_and_nothing_is_opened(url: str, engine: str) -> None:
    assert open_engine(url).name == engine


def test_an_unknown_scheme_is_answered_with_the_nearest() -> None:
    with pytest.raises(InputError, match="postgrsql") as refused:
        open_engine("postgrsql://app:secret@host/db")
    assert "Did you mean 'postgresql://'?" in refused.value.remedy
    assert "secret" not in refused.value.message + refused.value.remedy


@pytest.mark.parametrize("text", ["app.db", "", "app:secret@host/db"])
def test_what_is_no_url_is_answered_with_how_one_looks(text: str) -> None:
    with pytest.raises(InputError) as refused:
        open_engine(text)
    assert "sqlite:///" in refused.value.remedy
    assert "secret" not in refused.value.message + refused.value.remedy


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite://app.db", "sqlite:///:memory:"])
def test_a_sqlite_url_must_name_a_file(url: str) -> None:
    with pytest.raises(InputError) as refused:
        open_engine(url)
    assert "sqlite:///app.db" in refused.value.remedy


def test_sqlite_urls_are_relative_or_absolute() -> None:
    assert str(path_of("sqlite:///data/app.db")) == "data/app.db"
    assert str(path_of("sqlite:////data/my%20app.db?mode=rw")) == "/data/my app.db"


def test_a_third_party_brings_an_engine_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint(name="cockroach", value="entrepot.databases.registry:open_engine", group=registry.GROUP)
    made = EntryPoint(name="duck", value="unit.databases.test_registry:third_party", group=registry.GROUP)

    def points(group: str) -> tuple[EntryPoint, ...]:
        return (point, made) if group == registry.GROUP else ()

    monkeypatch.setattr("importlib.metadata.entry_points", points)
    assert open_engine("duck:///x").name == "third"


def third_party(url: str) -> object:
    class Third:
        name = "third"

    return Third()
