"""`--prove`: what was written is read back before it is committed, and is what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.drafts import Mode
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportRequest

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
TABLE = """CREATE TABLE goods (id integer PRIMARY KEY, name varchar(20), price decimal(8,3), weight double precision,
    made date, state varchar(9) DEFAULT 'new')"""
SHOUT = {
    "sqlite": ("CREATE TRIGGER shout AFTER INSERT ON goods BEGIN UPDATE goods SET name = upper(name); END",),
    "postgres": (
        """CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN NEW.name := upper(NEW.name); RETURN NEW; END$$""",
        "CREATE TRIGGER shout BEFORE INSERT ON goods FOR EACH ROW EXECUTE FUNCTION shout()",
    ),
    "mariadb": ("CREATE TRIGGER shout BEFORE INSERT ON goods FOR EACH ROW SET NEW.name = upper(NEW.name)",),
}
FILE = "id,name,price,weight,made\n1,apple,1.50,1e2,2024-02-29\n2,ötzi,+2,0.1,\n3,,,,\n"


@pytest.fixture(params=CASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(TABLE, "INSERT INTO goods (id, name) VALUES (1, 'pear')")
        yield place


def bring_in(place: Place, folder: Path, text: str = FILE) -> ImportReceipt:
    settings, file = folder / "entrepot.toml", folder / "goods.csv"
    settings.touch()
    file.write_text(text, encoding="utf-8")
    entrepot = Entrepot(place.url, config=settings, environment={})
    return entrepot.bring_in(file, ImportRequest(entity="goods", mode=Mode.UPSERT, prove=True))


def test_created_and_updated_rows_are_read_back(place: Place, tmp_path: Path) -> None:
    receipt = bring_in(place, tmp_path)
    assert [(proof.what, proof.fingerprint.rows) for proof in receipt.proofs] == [("created", 2), ("updated", 1)]
    assert bring_in(place, tmp_path).proofs == ()


def test_values_that_a_trigger_changes_are_not_what_was_sent(
    place: Place, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    place.execute(*SHOUT[request.node.callspec.id])
    with pytest.raises(DamagedError) as caught:
        bring_in(place, tmp_path)
    assert caught.value.code == "not_as_sent"
    assert [tuple(row) for row in place.rows("SELECT id, name FROM goods")] == [(1, "pear")]


def test_rows_that_cannot_be_found_again_are_not_said_to_be_proven(place: Place, tmp_path: Path) -> None:
    place.execute("CREATE TABLE words (body varchar(20))")
    file = tmp_path / "words.csv"
    file.write_text("body\none\n", encoding="utf-8")
    (tmp_path / "entrepot.toml").touch()
    entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
    with pytest.raises(InputError) as caught:
        entrepot.bring_in(file, ImportRequest(entity="words", prove=True))
    assert caught.value.code == "no_key_to_prove"
    assert not place.rows("SELECT body FROM words")
