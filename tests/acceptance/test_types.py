"""What `entrepot types` says of rows holds for real exports: asked of the TypeScript compiler and of a JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from acceptance.typescript import compiler
from acceptance.zoo import CASES, FIRST, MORE, strange
from contract.databases.case import EngineCase
from entrepot import Entrepot, Selection
from entrepot.cli import main
from entrepot.model.errors import EntrepotError
from entrepot.sample.create import create_sample

Document = dict[str, Any]
MOST_ROWS = 20
"""Of each entity: the compiler takes minutes for thousands."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    create_sample(folder)
    entrepot_of(folder).export(selection=Selection(limit=MOST_ROWS), to=folder / "all.json")
    return folder


def entrepot_of(folder: Path) -> Entrepot:
    return Entrepot("main", config=folder / "entrepot.toml", environment={})


def exported(folder: Path) -> str:
    return (folder / "all.json").read_text(encoding="utf-8")


def wrong(folder: Path, change: Callable[[Document], None]) -> str:
    document = json.loads(exported(folder))
    change(document["entities"])
    return json.dumps(document)


def test_a_real_export_has_the_types_that_are_told(shop: Path, tmp_path: Path) -> None:
    rows = entrepot_of(shop).types()
    assert compiler().complaints(tmp_path, rows, exported(shop)) == ""
    schema = json.loads(entrepot_of(shop).types(language="json-schema"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(exported(shop)))


def another_type(entities: Document) -> None:
    entities["orders"][0]["total"] = "a lot"


def a_field_lacks(entities: Document) -> None:
    del entities["orders"][0]["number"]


def a_field_is_none(entities: Document) -> None:
    entities["orders"][0]["colour"] = "red"


def no_value(entities: Document) -> None:
    entities["users"][0]["email"] = None


def an_entity_is_none(entities: Document) -> None:
    entities["strangers"] = [{"id": 1}]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (another_type, "a lot"),
        (a_field_lacks, "number"),
        (a_field_is_none, "colour"),
        (no_value, "string"),
        (an_entity_is_none, "strangers"),
    ],
)
def test_a_wrong_row_has_other_types(shop: Path, tmp_path: Path, change: Callable[[Document], None], told: str) -> None:
    document = wrong(shop, change)
    assert told in compiler().complaints(tmp_path, entrepot_of(shop).types(), document)
    schema = json.loads(entrepot_of(shop).types(language="json-schema"))
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(document)))
    assert told in str(errors)


@pytest.fixture(params=CASES)
def zoo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[EngineCase, Path, Entrepot]]:
    """Every type of an engine, with its strangest values that mean something there."""
    case: EngineCase = request.param
    columns = [
        (each.native, [sql for sql, text in each.values if not strange(case, each.native, text)])
        for each in case.specimens
    ]
    columns += [(native, list(values)) for native, values in MORE[case.name].items()]
    names = ", ".join(f"c{at} {native}" for at, (native, _) in enumerate(columns))
    with case.place(request, tmp_path) as place:
        place.execute(*FIRST.get(case.name, ()), f"CREATE TABLE zoo (id integer PRIMARY KEY, {names})")
        for row in range(max(len(values) for _, values in columns)):
            values = ", ".join(given[row % len(given)] for _, given in columns)
            place.execute(f"INSERT INTO zoo VALUES ({row}, {values})")
        (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
        yield case, tmp_path, Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})


def test_every_type_of_an_engine_goes_out_as_it_is_told(zoo: tuple[EngineCase, Path, Entrepot]) -> None:
    _, folder, entrepot = zoo
    entrepot.export("zoo", to=folder / "zoo.json")
    document = (folder / "zoo.json").read_text(encoding="utf-8")
    assert compiler().complaints(folder, entrepot.types("zoo"), document) == ""
    schema = json.loads(entrepot.types("zoo", language="json-schema"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(document))


def test_a_line_of_ndjson_is_a_row_of_the_schema(shop: Path, tmp_path: Path) -> None:
    entrepot_of(shop).export("orders", to=tmp_path / "orders.ndjson")
    schema = json.loads(entrepot_of(shop).types("orders", language="json-schema"))
    row = jsonschema.Draft202012Validator({**schema, "$ref": "#/$defs/orders", "type": "object", "required": []})
    lines = (tmp_path / "orders.ndjson").read_text(encoding="utf-8").splitlines()
    assert list(row.evolve(schema=schema["$defs"]["orders"]).iter_errors(json.loads(lines[0]))) == []


def test_names_and_comments_cannot_break_out_of_the_types(tmp_path: Path) -> None:
    """A schema may call its things whatever it likes."""
    import sqlite3

    with sqlite3.connect(tmp_path / "odd.db") as connection:
        connection.execute(
            'CREATE TABLE "a""b */ {" ("x"" : y" integer NOT NULL, "class" text, "日本 */" text,'
            ' "line\nbreak" text, "$" text)'
        )
        connection.execute("""INSERT INTO "a""b */ {" VALUES (1, 'c', 'j', 'l', '$')""")
        connection.execute('CREATE TABLE "a b" (id integer PRIMARY KEY)')
        connection.execute('CREATE TABLE "A_B" (id integer PRIMARY KEY REFERENCES "a""b */ {" ("x"" : y"))')
    connection.close()
    (tmp_path / "entrepot.toml").write_text(
        "[entities.\"a b\"]\nlabel = '*/ export const broken = 1; /*'\n", encoding="utf-8"
    )
    entrepot = Entrepot(f"sqlite:///{tmp_path}/odd.db", config=tmp_path / "entrepot.toml", environment={})
    entrepot.export("*", to=tmp_path / "odd.json")
    document = (tmp_path / "odd.json").read_text(encoding="utf-8")
    assert compiler().complaints(tmp_path, entrepot.types(), document) == ""
    jsonschema.validate(json.loads(document), json.loads(entrepot.types(language="json-schema")))


def test_the_same_schema_gives_the_same_text(shop: Path) -> None:
    for language in ("typescript", "json-schema"):
        assert entrepot_of(shop).types(language=language) == entrepot_of(shop).types(language=language)


def test_the_types_go_into_a_file_that_is_replaced_on_purpose(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["types", "orders", "-o", str(tmp_path / "rows.ts"), "--config", str(shop / "entrepot.toml")]
    assert main(words) == 0
    first = (tmp_path / "rows.ts").read_text(encoding="utf-8")
    assert "export interface OrdersRow {" in first
    assert main(words) == 6
    assert "target_exists" in capsys.readouterr().err
    assert main([*words, "--overwrite"]) == 0
    assert (tmp_path / "rows.ts").read_text(encoding="utf-8") == first
    assert [path.name for path in tmp_path.iterdir()] == ["rows.ts"]


def test_types_without_a_language_are_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["types", "--config", str(shop / "entrepot.toml")]) == 2
    assert "[no_language]" in capsys.readouterr().err
    with pytest.raises(EntrepotError, match="There is no language 'typscript'"):
        entrepot_of(shop).types(language="typscript")


def test_the_application_s_own_files_are_not_replaced_by_types(shop: Path) -> None:
    with pytest.raises(EntrepotError, match="is a file of a database"):
        entrepot_of(shop).types(to=shop / "shop.db", overwrite=True)
