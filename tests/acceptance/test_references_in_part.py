"""A reference of several fields of which the file fills some: what it says of the others is in the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.test_undo import CASES
from contract.databases.case import EngineCase
from entrepot import Entrepot, ImportRequest, Mode

PEOPLE = """CREATE TABLE people (id integer PRIMARY KEY, team integer DEFAULT 1, up integer, name varchar(9),
    UNIQUE (team, id), FOREIGN KEY (team, up) REFERENCES people (team, id))"""
OLD = "INSERT INTO people (id, team, up, name) VALUES (1, 1, NULL, 'a'), (2, 1, 1, 'b'), (4, NULL, 9, 'd')"


@pytest.mark.parametrize("case", CASES)
def test_rows_refer_to_new_ones_by_a_part_of_a_reference(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """4 refers to nobody, whatever it says, because it has no team."""
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    file = tmp_path / "people.csv"
    file.write_text("id,up,name\n2,3,y\n4,8,w\n3,5,z\n5,,v\n", encoding="utf-8")
    with case.place(request, tmp_path) as place:
        place.execute(PEOPLE, OLD)

        def stored() -> list[tuple[object, ...]]:
            return [tuple(row) for row in place.rows("SELECT id, team, up, name FROM people ORDER BY id")]

        before = stored()
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        receipt = entrepot.bring_in(file, ImportRequest(entity="people", mode=Mode.UPSERT))
        assert stored() == [
            (1, 1, None, "a"),
            (2, 1, 3, "y"),
            (3, 1, 5, "z"),
            (4, None, 8, "w"),
            (5, 1, None, "v"),
        ]
        assert entrepot.undo(receipt.job).left == 0
        assert stored() == before
