"""entrepot.toml and the environment: strict, with suggestions, secrets kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from entrepot.config.load import database_url, load_settings
from entrepot.config.named import named_format, named_selection
from entrepot.config.own_records import ledger_url, own_place
from entrepot.config.settings import Loaded
from entrepot.model.errors import InputError
from entrepot.model.selection import LeftOut, Order, Relatives, Scope, Selection


def load(folder: Path, text: str, **environment: str) -> Loaded:
    (folder / "entrepot.toml").write_text(text, encoding="utf-8")
    return load_settings(environment, folder)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    loaded = load_settings({}, tmp_path)
    assert loaded.file is None
    assert loaded.settings.databases == {}


def test_every_part_of_the_file_arrives(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        [databases.main]
        url = "sqlite:///app.db"
        [tenancy]
        root = "tenants"
        [entities.users]
        label = "Users"
        natural_key = ["email"]
        fields.email = { aliases = ["mail"], sensitive = "email" }
        [[entities.users.relations]]
        fields = ["team"]
        parent = "teams"
        """,
    )
    users = loaded.overlay.entities["users"]
    assert users.natural_key == ("email",)
    assert users.fields["email"].aliases == ("mail",)
    assert users.relations[0].parent == "teams"
    assert loaded.overlay.tenant_root == "tenants"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[databse.main]\nurl = 'x'", "unknown_key", "Did you mean 'databases'?"),
        ("[databases.main]\nulr = 'x'", "unknown_key", "Did you mean 'url'?"),
        ("[databases.main]", "missing_key", "Add url"),
        ("[databases.main]\nurl = 5", "wrong_type", "Correct"),
        ("[entities.users]\nnatural_key = 5", "wrong_type", "Correct"),
        ("[entities.users]\nview = 'yes'", "wrong_type", "Correct"),
        ("[databases.main\nurl = 'x'", "settings_syntax", "Correct"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(tmp_path: Path, text: str, code: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    assert caught.value.code == code
    assert words in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "environment", "folder"),
    [
        ("", {}, ".entrepot"),
        ('[state]\nfolder = "var/state"', {}, "var/state"),
        ('[state]\nfolder = "/var/lib/entrepot"', {}, "/var/lib/entrepot"),
        ('[state]\nfolder = "var/state"', {"ENTREPOT_STATE": "/srv/state"}, "/srv/state"),
        ("", {"ENTREPOT_STATE": ""}, ".entrepot"),
    ],
)
def test_the_state_folder_starts_at_the_settings_file_unless_the_environment_says_another(
    tmp_path: Path, text: str, environment: dict[str, str], folder: str
) -> None:
    assert load(tmp_path, text, **environment).state == tmp_path / folder


@pytest.mark.parametrize(
    ("text", "environment", "url", "folder"),
    [
        ("", {}, None, ".entrepot"),
        ('[state]\nurl = "postgresql://x/own"', {}, "postgresql://x/own", ".entrepot"),
        ('[state]\nurl = "env:OWN"\nfolder = "f"', {"OWN": "postgres://x/own"}, "postgres://x/own", "f"),
        ('[state]\nfolder = "f"', {"ENTREPOT_STATE": "postgresql://x/own"}, "postgresql://x/own", "f"),
        ('[state]\nurl = "postgresql://x/own"', {"ENTREPOT_STATE": "/srv/state"}, None, "/srv/state"),
        ("", {"ENTREPOT_STATE": "postgresql://x/own", "ENTREPOT_STATE_FOLDER": "f"}, "postgresql://x/own", "f"),
        ("", {"ENTREPOT_STATE": "/srv/state", "ENTREPOT_STATE_FOLDER": "f"}, None, "/srv/state"),
    ],
)
def test_own_records_lie_on_a_server_if_an_address_is_given_and_files_in_the_folder(
    tmp_path: Path, text: str, environment: dict[str, str], url: str | None, folder: str
) -> None:
    loaded = load(tmp_path, text, **environment)
    assert ledger_url(loaded, environment) == url
    assert loaded.state == tmp_path / folder
    place = own_place(loaded, environment)
    elsewhere = load_settings(place, tmp_path / "nowhere")
    assert (ledger_url(elsewhere, place), elsewhere.state) == (url, loaded.state)


@pytest.mark.parametrize("address", ["mysql://x:secret@y/z", "sqlite:///own.db"])
def test_an_address_of_another_database_is_refused_without_repeating_it(tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError) as caught:
        ledger_url(load(tmp_path, ""), {"ENTREPOT_STATE": address})
    assert caught.value.code == "bad_state_url"
    assert address not in caught.value.message


def test_without_settings_the_state_folder_is_in_the_current_folder(tmp_path: Path) -> None:
    assert load_settings({}, tmp_path).state == tmp_path / ".entrepot"
    assert load_settings({"ENTREPOT_STATE": "there"}, tmp_path).state == tmp_path / "there"


def test_a_relative_state_folder_of_the_environment_starts_where_one_stands(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "entrepot.toml").touch()
    loaded = load_settings({"ENTREPOT_STATE": "there"}, tmp_path, tmp_path / "elsewhere" / "entrepot.toml")
    assert loaded.state == tmp_path / "there"


def test_what_is_stored_is_kept_for_a_time_that_can_be_set(tmp_path: Path) -> None:
    usual = load_settings({}, tmp_path).settings.retention
    assert (usual.drafts, usual.journals, usual.exports) == (timedelta(days=30), timedelta(days=90), timedelta(days=7))
    found = load(tmp_path, '[retention]\ndrafts = "36h"\njournals = "52w"').settings.retention
    assert (found.drafts, found.journals) == (timedelta(hours=36), timedelta(days=364))


@pytest.mark.parametrize(
    ("value", "guess"),
    [
        ("'30 days'", "Did you mean '30d'?"),
        ("'30 d'", "Did you mean '30d'?"),
        ("'30D'", "Did you mean '30d'?"),
        ("'3 months'", "Did you mean '90d'?"),
        ("'3m'", "Did you mean '90d'?"),
        ("'1y'", "Did you mean '365d'?"),
        ("'30'", "It is a number with h, d or w behind it"),
        ("'30s'", "It is a number with h, d or w behind it"),
        ("'1.5d'", "It is a number with h, d or w behind it"),
        ("'-1d'", "It is a number with h, d or w behind it"),
        ("''", "It is a number with h, d or w behind it"),
        ("30", "It is a number with h, d or w behind it"),
        ("'0d'", "from 1h"),
        ("'36501d'", "36500d"),
        ("'9999999w'", "36500d"),
    ],
)
def test_a_wrong_length_of_time_is_told_with_the_right_one(tmp_path: Path, value: str, guess: str) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, f"[retention]\njournals = {value}")
    assert caught.value.code == "wrong_duration"
    assert "retention.journals" in caught.value.message
    assert guess in caught.value.remedy


def test_a_relative_database_starts_at_the_settings_file(tmp_path: Path) -> None:
    loaded = load(tmp_path, '[databases.main]\nurl = "sqlite:///app.db"')
    assert database_url(loaded, None, {}) == f"sqlite:///{tmp_path}/app.db"


def test_a_secret_may_live_in_the_environment(tmp_path: Path) -> None:
    loaded = load(tmp_path, '[databases.main]\nurl = "env:APP_DB"')
    assert database_url(loaded, "main", {"APP_DB": "postgresql://h/d"}) == "postgresql://h/d"
    with pytest.raises(InputError, match="APP_DB"):
        database_url(loaded, "main", {})


def test_an_unknown_database_suggests_the_nearest(tmp_path: Path) -> None:
    loaded = load(tmp_path, '[databases.staging]\nurl = "sqlite:///s.db"')
    with pytest.raises(InputError) as caught:
        database_url(loaded, "stagin", {})
    assert "staging" in caught.value.remedy


def test_no_database_at_all_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        database_url(load_settings({}, tmp_path), None, {})
    assert caught.value.code == "no_database"


def test_the_environment_names_the_default(tmp_path: Path) -> None:
    loaded = load_settings({"ENTREPOT_DB": "sqlite:////x.db"}, tmp_path)
    assert database_url(loaded, None, {}) == "sqlite:////x.db"


@pytest.mark.parametrize("typed", ["u:geheim@h/d", "postgresql:/u:geheim@h/d", "postgresql:u:geheim"])
def test_a_url_gone_wrong_is_not_repeated_with_its_password(tmp_path: Path, typed: str) -> None:
    with pytest.raises(InputError) as caught:
        database_url(load_settings({"ENTREPOT_DB": typed}, tmp_path), None, {})
    assert caught.value.code == "unknown_database"
    assert "geheim" not in f"{caught.value.message} {caught.value} {caught.value.remedy}"
    assert "postgresql://" in caught.value.remedy


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[databse.main]", "other.toml: The file has the unknown key 'databse'"),
        ("[databases.main]\nulr = 'x'", "other.toml: databases.main has the unknown key 'ulr'"),
        ("[databases.main]", "other.toml: databases.main needs the key 'url'"),
        ("[entities.users]\nview = 'yes'", "other.toml: entities.users.view must be"),
        ("[entities.users", "other.toml is not valid TOML"),
    ],
)
def test_a_mistake_in_the_settings_names_the_file_that_was_read_and_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_settings({}, tmp_path, Path("other.toml"))
    assert caught.value.message.startswith(words)
    assert str(caught.value) == caught.value.message
    assert "entrepot.toml" not in caught.value.remedy


def test_settings_that_are_a_folder_are_one_clear_problem(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_settings({}, tmp_path, tmp_path)
    assert (caught.value.code, bool(caught.value.remedy)) == ("settings_unreadable", True)
    assert str(tmp_path) in caught.value.message


def test_a_named_selection_is_narrowed_by_the_request(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        """
        [exports.backup]
        entities = ["users", "orders"]
        related = "parents"
        flags = { orders = false, events = true }
        [exports.backup.where]
        users = "active = true"
        """,
    )
    found = named_selection(loaded.settings, "backup", Selection(entities=(), scope=Scope.TENANT, tenant="acme"))
    assert found.entities == ("users", "orders", "events")
    assert found.exclude == ("orders",)
    assert found.related is Relatives.PARENTS
    assert found.tenant == "acme"
    assert found.within is not None
    assert found.within.where == {"users": "active = true"}


SAVED = """
[exports.saved]
tenant = "acme"
limit = 10
related = "closure"
left_out = "null"
order = "key"
format = "xlsx"
"""


def saved(folder: Path, **asked: Any) -> Selection:
    return named_selection(load(folder, SAVED).settings, "saved", Selection(entities=(), **asked))


def test_what_a_request_does_not_say_the_named_selection_says(tmp_path: Path) -> None:
    found = saved(tmp_path)
    assert (found.entities, found.tenant, found.scope, found.limit) == (("*",), "acme", Scope.TENANT, 10)
    assert (found.related, found.left_out, found.order) == (Relatives.CLOSURE, LeftOut.NULL, Order.KEY)


def test_an_explicit_word_replaces_that_of_the_named_selection_even_if_it_is_the_usual_one(tmp_path: Path) -> None:
    found = saved(tmp_path, related=Relatives.NONE, left_out=LeftOut.DROP, order=Order.STORAGE)
    assert (found.related, found.left_out, found.order) == (Relatives.NONE, LeftOut.DROP, Order.STORAGE)


@pytest.mark.parametrize(("asked", "limit"), [(5, 5), (50, 10), (None, 10), (0, 0)])
def test_the_smaller_limit_holds(tmp_path: Path, asked: int | None, limit: int) -> None:
    assert saved(tmp_path, limit=asked).limit == limit


@pytest.mark.parametrize("asked", [{"tenant": "bolt"}, {"scope": Scope.GLOBAL}])
def test_a_request_cannot_leave_the_tenant_of_a_named_selection(tmp_path: Path, asked: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        saved(tmp_path, **asked)
    assert caught.value.code == "outside_selection"
    assert "saved" in caught.value.message


def test_a_named_selection_has_a_format(tmp_path: Path) -> None:
    assert named_format(load(tmp_path, SAVED).settings, "saved") == "xlsx"


def test_a_wrong_word_in_a_named_selection_is_named(tmp_path: Path) -> None:
    loaded = load(tmp_path, '[exports.x]\nrelated = "parent"')
    with pytest.raises(InputError) as caught:
        named_selection(loaded.settings, "x", Selection())
    assert "parents" in caught.value.remedy
