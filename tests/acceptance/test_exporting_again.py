"""A folder that is exported into again and again: nothing becomes unreadable, nothing is proven that is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions, Selection
from entrepot.cli.parser import main
from entrepot.model.errors import AccessError, InputError
from entrepot.model.selection import Relatives
from entrepot.sample.create import create_sample

SECRET = "correct horse"
FEW = Selection(entities=(), limit=5)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Entrepot:
    folder = tmp_path_factory.mktemp("again") / "shop"
    create_sample(folder)
    settings = folder / "entrepot.toml"
    boundary = '[exports.boundary]\nentities = ["orders"]\nrelated = "parents"\n'
    settings.write_text(settings.read_text() + boundary, encoding="utf-8")
    return Entrepot(config=settings, environment={})


def put(shop: Entrepot, folder: Path, *entities: str, **options: object) -> list[str]:
    """What the export warns of."""
    given = ExportOptions(format="csv", overwrite=True, **options)  # type: ignore[arg-type]
    outcome = shop.export(*entities, to=f"{folder}/", selection=FEW, options=given)
    return [problem.code for problem in outcome.receipt.warnings]


def codes(shop: Entrepot, path: Path, passphrase: str | None = None) -> set[str]:
    return {problem.code for problem in shop.inspect(path, passphrase=passphrase).problems}


def test_files_that_stay_can_still_be_opened(shop: Entrepot, tmp_path: Path) -> None:
    put(shop, tmp_path, "orders", "customers", passphrase=SECRET)
    assert put(shop, tmp_path, "products", "categories", passphrase=SECRET) == ["left_behind"] * 2
    for name in ("orders", "products"):
        assert shop.inspect(tmp_path / f"{name}.csv.age", passphrase=SECRET).ok
    found = shop.inspect(tmp_path, passphrase=SECRET)
    assert found.ok
    assert set(found.unverified) >= {"orders.csv.age", "customers.csv.age"}


def test_a_key_goes_when_all_that_it_opens_is_replaced(shop: Entrepot, tmp_path: Path) -> None:
    for _ in range(2):
        put(shop, tmp_path, "orders", "customers", passphrase=SECRET)
        assert shop.inspect(tmp_path, passphrase=SECRET).verified
    assert len(list(tmp_path.glob("*.key"))) == 1
    single = tmp_path / "one.csv.age"
    for _ in range(2):
        options = ExportOptions(overwrite=True, passphrase=SECRET)
        assert shop.inspect(shop.export("orders", to=single, options=options).path, passphrase=SECRET).verified
    assert len(list(tmp_path.glob("one*.key"))) == 1


def test_another_passphrase_opens_its_own_files_and_the_others_are_named(shop: Entrepot, tmp_path: Path) -> None:
    put(shop, tmp_path, "orders", "customers", passphrase="an older one")
    put(shop, tmp_path, "products", "categories", passphrase=SECRET)
    own = tmp_path / "orders.csv.age"
    with pytest.raises(AccessError, match="does not open orders") as caught:
        shop.inspect(own, passphrase=SECRET)
    assert caught.value.code == "wrong_key"
    put(shop, tmp_path, "orders", passphrase="an older one")
    found = shop.inspect(tmp_path, passphrase=SECRET)
    assert found.ok
    assert any("products.csv" in check for check in found.checks)
    assert "orders.csv.age" in found.unverified
    assert "wrong_key" in {problem.code for problem in found.problems}


def test_a_lone_file_may_be_joined_by_others(shop: Entrepot, tmp_path: Path) -> None:
    put(shop, tmp_path, "orders")
    assert (tmp_path / "orders.csv.receipt.json").exists()
    put(shop, tmp_path, "orders", "customers")
    assert not (tmp_path / "orders.csv.receipt.json").exists()
    assert shop.inspect(tmp_path).verified
    assert shop.inspect(tmp_path / "orders.csv").verified


def test_one_of_several_may_be_exported_again_alone(shop: Entrepot, tmp_path: Path) -> None:
    put(shop, tmp_path, "orders", "customers")
    shop.export("orders", to=tmp_path / "orders.csv", options=ExportOptions(overwrite=True))
    found = shop.inspect(tmp_path)
    assert found.verified
    assert "exported_again" in {problem.code for problem in found.problems}
    (tmp_path / "orders.csv").write_text("id\n", encoding="utf-8")
    assert not shop.inspect(tmp_path).ok


def test_what_stays_of_an_earlier_export_proves_nothing(
    shop: Entrepot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(shop, tmp_path, "orders", "customers", compress="zstd")
    assert put(shop, tmp_path, "orders", "products") == ["left_behind"] * 2
    assert codes(shop, tmp_path) == {"file_without_receipt"}
    assert main(["inspect", str(tmp_path)]) == 8
    assert "orders.csv.zst" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["=1+1", "-x", "'quoted", "plain"])
def test_a_spreadsheet_safe_file_with_guarded_names_agrees(shop: Entrepot, tmp_path: Path, name: str) -> None:
    options = ExportOptions(format_options={"spreadsheet_safe": "true"}, fingerprint=True)
    asked = Selection(entities=("tenants",), rename={"tenants": {"name": name}})
    path = shop.export(to=tmp_path / "t.csv", selection=asked, options=options).path
    assert shop.inspect(path).verified


@pytest.mark.parametrize("name", ["a.csv.zst.gz", "a.csv.gz.gz", "a.csv.age.gz"])
def test_no_name_promises_what_is_not_inside(shop: Entrepot, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as caught:
        shop.export("orders", to=tmp_path / name)
    assert caught.value.code == "sealed_twice"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["shop.db", "entrepot.toml", "noname"])
def test_what_is_no_export_is_no_damaged_one(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).write_bytes(b"anything")
    assert main(["inspect", str(tmp_path / name), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "not_an_export"


@pytest.mark.parametrize("cut", [0, 200])
def test_a_pdf_that_was_cut_off_is_damaged(shop: Entrepot, tmp_path: Path, cut: int) -> None:
    path = shop.export("tenants", to=tmp_path / "t.pdf").path
    assert shop.inspect(path).ok
    (tmp_path / "t.pdf.receipt.json").unlink()
    assert shop.inspect(path).ok
    path.write_bytes(path.read_bytes()[:cut])
    assert codes(shop, path) >= {"broken_pdf"}


def test_related_rows_beyond_a_saved_selection_are_refused(shop: Entrepot, tmp_path: Path) -> None:
    def export(related: str) -> None:
        asked = Selection(entities=(), related=Relatives(related))
        shop.export(to=tmp_path / f"{related}.zip", named="boundary", selection=asked)

    export("parents")
    export("none")
    with pytest.raises(InputError) as caught:
        export("closure")
    assert caught.value.code == "outside_selection"
    assert "boundary" in caught.value.remedy
