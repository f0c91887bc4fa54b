"""Whatever is typed, an export or a demonstration destroys nobody's data and betrays nobody's key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions, Selection
from entrepot.cli.parser import main
from entrepot.model.errors import EntrepotError, InputError, StorageError
from entrepot.sample.create import MARKER, create_sample
from entrepot.storage.age import fresh_key
from entrepot.storage.keys import Keys
from entrepot.storage.seal import open_sealed

OVERWRITE = ExportOptions(format="csv", overwrite=True)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("protected") / "shop"
    create_sample(folder)
    return folder


def service(shop: Path) -> Entrepot:
    return Entrepot(config=shop / "entrepot.toml", environment={})


def contents(shop: Path) -> dict[Path, bytes]:
    """All but what SQLite itself makes and removes beside a database that is read, and our own records."""
    files = (path for path in shop.rglob("*") if path.is_file() and not path.name.startswith("shop.db-"))
    files = (path for path in files if ".entrepot" not in path.parts)
    return {path: path.read_bytes() for path in files}


@pytest.mark.parametrize(
    "name",
    [
        *("shop.db", "shop.db-wal", "shop.db-journal", "entrepot.toml", "uploads/orders.csv", "uploads/new/orders.csv"),
        *(".entrepot/ledger.db", ".entrepot/artifacts/orders.csv"),
        *("uploads/orders/0001/0001.txt", "../shop/shop.db"),
    ],
)
def test_an_export_never_replaces_what_it_reads(shop: Path, name: str) -> None:
    before = contents(shop)
    with pytest.raises(InputError) as caught:
        service(shop).export("orders", to=shop / name, options=OVERWRITE)
    assert caught.value.code == "protected_target"
    assert caught.value.remedy
    assert contents(shop) == before
    assert not list(shop.rglob("*.csv"))
    assert service(shop).verify_audit().whole


def test_catalogs_and_looks_make_no_state_folder_nor_exports_of_who_set_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    create_sample(tmp_path / "shop")
    settings = service(tmp_path / "shop")
    settings.catalog()
    with pytest.raises(EntrepotError):
        settings.inspect(tmp_path / "nothing.csv")
    assert (settings.audit(), settings.verify_audit().lines) == ((), 0)
    found = {finding.what: finding for finding in settings.doctor()}["state"]
    assert (found.ok, found.words) == (True, f"nothing yet; it will be in {tmp_path / 'shop' / '.entrepot'}")
    assert not (tmp_path / "shop" / ".entrepot").exists()
    alone = Entrepot(f"sqlite:///{tmp_path / 'shop' / 'shop.db'}", environment={})
    alone.export("orders", to=tmp_path / "orders.csv")
    assert not (tmp_path / ".entrepot").exists()


def test_our_own_records_are_no_database(tmp_path: Path) -> None:
    create_sample(tmp_path / "shop")
    own = service(tmp_path / "shop")
    with own._adapters.state() as state:
        state.ledger.jobs.begin("import", owner="x", database="d")
    assert {finding.what: finding for finding in own.doctor()}["state"].words.endswith("0 stored files")
    environment = {"ENTREPOT_STATE": str(tmp_path / "shop" / ".entrepot")}
    for url in (f"sqlite:///{tmp_path}/shop/.entrepot/ledger.db", f"sqlite:///{tmp_path}/link.db"):
        (tmp_path / "link.db").unlink(missing_ok=True)
        (tmp_path / "link.db").symlink_to(tmp_path / "shop" / ".entrepot" / "ledger.db")
        with pytest.raises(InputError) as caught:
            Entrepot(url, environment=environment).catalog()
        assert caught.value.code == "protected_source"


def test_a_folder_of_files_is_no_place_for_a_folder_of_exports(shop: Path) -> None:
    with pytest.raises(InputError) as caught:
        service(shop).export("orders", "users", to=shop / "uploads", options=OVERWRITE)
    assert caught.value.code == "protected_target"
    assert not list((shop / "uploads").glob("*.csv"))


def test_a_database_named_by_its_url_is_guarded_too(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    with pytest.raises(InputError) as caught:
        Entrepot("sqlite:///shop.db", environment={}).export("orders", to="./shop.db", options=OVERWRITE)
    assert caught.value.code == "protected_target"


def test_the_other_databases_of_the_settings_are_guarded_too(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"precious")
    settings = tmp_path / "entrepot.toml"
    urls = {
        "main": f"sqlite:///{shop}/shop.db",
        "other": "env:OTHER",
        "unset": "env:NOWHERE",
        "odd": "sqlite:///:memory:",
    }
    lines = (f'databases.{name}.url = "{url}"' for name, url in urls.items())
    settings.write_text("\n".join(lines), encoding="utf-8")
    reading = Entrepot("main", config=settings, environment={"OTHER": "sqlite:///other.db"})
    with pytest.raises(InputError) as caught:
        reading.export("orders", to=tmp_path / "other.db", options=OVERWRITE)
    assert caught.value.code == "protected_target"
    assert (tmp_path / "other.db").read_bytes() == b"precious"


def test_taken_names_are_told_before_anything_is_read(shop: Path, tmp_path: Path) -> None:
    for taken in ("receipt.json", "users.csv"):
        out = tmp_path / taken.replace(".", "-")
        out.mkdir()
        (out / taken).touch()

        class Told:
            def phase(self, words: str) -> None:
                pytest.fail(f"it began: {words}")

        watching = Entrepot(config=shop / "entrepot.toml", environment={}, reporter=Told())  # type: ignore[arg-type]
        with pytest.raises(StorageError) as caught:
            watching.export("orders", "users", to=out, options=ExportOptions(format="csv"))
        assert caught.value.code == "target_exists"
        assert [path.name for path in out.iterdir()] == [taken]


def test_two_lone_entities_share_a_folder(shop: Path, tmp_path: Path) -> None:
    for name in ("orders", "users"):
        outcome = service(shop).export(name, to=tmp_path, options=ExportOptions(format="csv", compress="gzip"))
        assert (outcome.path, outcome.receipt.files[0].name) == (tmp_path / f"{name}.csv.gz", f"{name}.csv.gz")
    assert {path.name for path in tmp_path.iterdir()} == {
        *("orders.csv.gz", "orders.csv.gz.receipt.json", "users.csv.gz", "users.csv.gz.receipt.json"),
    }
    assert service(shop).inspect(tmp_path).verified


def test_the_demonstration_refuses_a_folder_that_is_not_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("shop.db", "entrepot.toml"):
        (tmp_path / name).write_bytes(b"mine")
    assert main(["demo", "--folder", str(tmp_path), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "foreign_folder"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entrepot.toml", "shop.db"]
    assert (tmp_path / "shop.db").read_bytes() == b"mine"


def test_a_demonstration_that_died_can_be_repeated(tmp_path: Path) -> None:
    (tmp_path / MARKER).touch()
    (tmp_path / "shop.db").write_bytes(b"half")
    create_sample(tmp_path)
    assert (tmp_path / "shop.db").read_bytes().startswith(b"SQLite format 3")


def test_a_failed_inspection_of_the_demonstration_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody damages the package between its writing and its inspection."""
    inspect = Entrepot.inspect

    def damaged(self: Entrepot, path: Path) -> object:
        data = path.read_bytes()
        path.write_bytes(data[:-10])
        return inspect(self, path)

    monkeypatch.setattr(Entrepot, "inspect", damaged)
    assert main(["demo", "--folder", str(tmp_path / "demo"), "--json"]) == 7
    assert json.loads(capsys.readouterr().out)["inspection"]["ok"] is False


def test_a_passphrase_and_recipients_both_open_the_file(shop: Path, tmp_path: Path) -> None:
    secret, public = fresh_key()
    options = ExportOptions(recipients=(public,), passphrase="correct horse")
    path = service(shop).export("tenants", to=tmp_path / "t.csv.age", options=options).path
    for keys in (Keys(identity=secret), Keys(passphrase="correct horse"), Keys(identity=secret, passphrase="x" * 9)):
        if keys.passphrase == "x" * 9:
            path.with_name(path.name + ".key").unlink()  # the key of another reader is not needed then
        with open_sealed(path, keys) as plain:
            assert plain.read().startswith(b"id,")


def test_a_key_in_the_settings_does_not_hide_the_passphrase(shop: Path, tmp_path: Path) -> None:
    options = ExportOptions(passphrase="correct horse")
    path = service(shop).export("tenants", to=tmp_path / "t.csv.age", options=options).path
    settings = tmp_path / "entrepot.toml"
    settings.write_text(f'[encryption]\nidentity = "{fresh_key()[0]}"\n', encoding="utf-8")
    assert Entrepot(config=settings, environment={}).inspect(path, passphrase="correct horse").verified


@pytest.mark.parametrize("change", ["{}", " {}", "{}x"])
def test_a_secret_key_given_as_recipient_is_never_repeated(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    secret = change.format(fresh_key()[0]).lower()
    words = ["export", "users", "-o", str(tmp_path / "u.csv"), "--recipient", secret]
    assert main([*words, "--config", str(shop / "entrepot.toml")]) == 2
    out, err = capsys.readouterr()
    assert secret.strip().lower()[15:] not in (out + err).lower()
    assert "secret_key_as_recipient" in err
    assert list(tmp_path.iterdir()) == []


def test_the_receipt_says_what_was_asked_for(shop: Path, tmp_path: Path) -> None:
    asked = Selection(entities=(), exclude=("orderLines",))
    receipt = service(shop).export(to=tmp_path / "s.zip", named="sales", selection=asked).receipt
    said = {word: receipt.selection[word] for word in ("named", "entities", "exclude")}
    assert said == {"named": "sales", "entities": ("@sales",), "exclude": ("orderLines",)}


def test_a_folder_encrypted_with_a_passphrase_has_one_key(shop: Path, tmp_path: Path) -> None:
    options = ExportOptions(format="csv", passphrase="correct horse")
    receipt = service(shop).export("orders", "users", "tenants", to=f"{tmp_path}/out/", options=options).receipt
    names = {"orders.csv.age", "users.csv.age", "tenants.csv.age", "export.age.key"}
    assert {file.name for file in receipt.files} == names
    assert {path.name for path in (tmp_path / "out").iterdir()} == names | {"receipt.json"}
    assert service(shop).inspect(tmp_path / "out", passphrase="correct horse").verified
    assert service(shop).inspect(tmp_path / "out" / "users.csv.age", passphrase="correct horse").verified
