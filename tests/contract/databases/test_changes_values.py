"""What is written is what was given, whatever it looks like; and keys find what the database calls equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine, Row, changing, columns_of, given, lines, stored
from contract.databases.reading import create
from contract.formats.samples import EVIL_NAMES
from entrepot.model.catalog import Origin
from entrepot.model.types import Kind

TEXTS = (
    *EVIL_NAMES,
    "",
    " ",
    " a ",
    "NULL",
    "null",
    r"\N",
    r"\.",
    "a\n\\.\nb",
    '"',
    '""',
    "'",
    ",",
    "a,b",
    "a\rb",
    "a\r\nb",
    "\n",
    "a\\",
    "\\x41",
    "ä😀\u2028\u0085",
    "\x01\x1f\x7f",
    "1e5",
    "007",
    "x" * 200_000,
)


def test_every_text_arrives_and_comes_back(
    case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path
) -> None:
    """By insert and by update, and NULL stays something else than the empty text."""
    create(case, place, "words", {"word": case.types[Kind.TEXT]})
    texts = [text for text in TEXTS if text not in case.refused_texts]
    rows: list[Row] = [(str(number), text) for number, text in enumerate([*texts, None])]
    turned: list[Row] = [(row[0], other[1]) for row, other in zip(rows, reversed(rows), strict=True)]
    with changing(changer, tmp_path) as (catalog, target):
        words = catalog.entity("words")
        assert target.insert(words, ["id", "word"], lines(target, rows)) == len(rows)
        target.keep_keys("all", words, ["id"], lines(target, [row[:1] for row in rows]))
        assert in_order(given(target.matching("all", words, ["id"], columns_of(words)))) == rows
        assert target.update(words, ["id"], ["word"], lines(target, turned)) == len(rows)
        target.commit()
    assert in_order(stored(changer, tmp_path, "words")) == turned


def in_order(rows: list[tuple[str | None, ...]]) -> list[tuple[str | None, ...]]:
    return sorted(rows, key=lambda row: int(row[0] or 0))


def test_rows_of_one_value_are_rows(case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path) -> None:
    r"""An empty line is a NULL or an empty text, and `\.` is no end."""
    place.execute(f"CREATE TABLE words (word {case.types[Kind.TEXT]})")
    texts: list[str | None] = ["a", r"\.", "", None, "b\n\\.\n", "c"]
    with changing(changer, tmp_path) as (catalog, target):
        assert target.insert(catalog.entity("words"), ["word"], lines(target, [(text,) for text in texts])) == 6
        target.commit()
    found = [row[0] for row in stored(changer, tmp_path, "words")]
    assert sorted(found, key=str) == sorted(texts, key=str)


def test_names_are_never_sql(case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path) -> None:
    """FAULTS 41: tables, fields and sets of keys."""
    names = [name for name in EVIL_NAMES if name not in case.refused_names]
    create(case, place, "bystander", {}, [()])
    for name in names:
        create(case, place, name, {name: case.types[Kind.INTEGER]})
    with changing(changer, tmp_path) as (catalog, target):
        for name in names:
            entity = catalog.entity(name)
            assert target.insert(entity, ["id", name], lines(target, [("1", "10"), ("2", "20"), ("3", "30")])) == 3
            assert target.keep_keys(name, entity, [name], lines(target, [("20",)])) == 1
            assert given(target.matching(name, entity, [name], columns_of(entity))) == [("2", "20")]
            assert target.update(entity, ["id"], [name], lines(target, [("1", "11")])) == 1
            assert target.delete(entity, [name], lines(target, [("30",)])) == 1
            target.settle_counters(entity)
        target.commit()
    assert all(stored(changer, tmp_path, name) == [("1", "11"), ("2", "20")] for name in names)
    assert len(place.rows("SELECT * FROM bystander")) == 1


def test_a_key_may_be_of_several_fields(
    case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path
) -> None:
    number = case.types[Kind.INTEGER]
    place.execute(
        f"CREATE TABLE seat (hall {case.key_text} NOT NULL, no {number} NOT NULL, who {number}, PRIMARY KEY (hall, no))"
    )
    rows: list[Row] = [("a", "1", "5"), ("a", "2", None), ("b", "1", "7"), ("b", "2", "8")]
    with changing(changer, tmp_path) as (catalog, target):
        seat, key = catalog.entity("seat"), ["hall", "no"]
        target.insert(seat, ["hall", "no", "who"], lines(target, rows))
        assert target.keep_keys("k", seat, ["no", "hall"], lines(target, [("1", "a"), ("2", "b"), ("2", "c")])) == 3
        found = given(target.matching("k", seat, ["no", "hall"], columns_of(seat)))
        assert sorted(found, key=str) == [("a", "1", "5"), ("b", "2", "8")]
        assert target.update(seat, key, ["who"], lines(target, [("a", "1", "50"), ("b", "3", "9")])) == 1
        assert target.delete(seat, key, lines(target, [("b", "1"), ("a", "9")])) == 1
        target.commit()
    assert stored(changer, tmp_path, "seat") == [("a", "1", "50"), ("a", "2", None), ("b", "2", "8")]


def test_keys_of_every_type_find_their_rows(
    case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path
) -> None:
    """Of every type that the engine lets be a key; each value finds its own row, and no other."""
    for number, specimen in enumerate(case.specimens):
        create(case, place, f"zoo_{number}", {"value": specimen.native})
    made = [number for number in range(len(case.specimens)) if is_unique(case, place, f"zoo_{number}")]
    assert len(made) > len(case.specimens) / 2
    missed: dict[str, list[str]] = {}
    with changing(changer, tmp_path) as (catalog, target):
        for number in made:
            entity = catalog.entity(f"zoo_{number}")
            texts = list(dict.fromkeys(text for _, text in case.specimens[number].values if text is not None))
            target.insert(entity, ["id", "value"], lines(target, [(str(n), text) for n, text in enumerate(texts)]))
            for n, text in enumerate(texts):
                target.keep_keys("one", entity, ["value"], lines(target, [(text,)]))
                found = given(target.matching("one", entity, ["value"], columns_of(entity)))
                changed = target.update(entity, ["value"], ["id"], lines(target, [(text, str(n))]))
                if (found, changed) != ([(str(n), text)], 1):
                    missed.setdefault(case.specimens[number].native, []).append(text)
    assert missed == {}


def is_unique(case: EngineCase, place: Place, table: str) -> bool:
    try:
        place.execute(f"CREATE UNIQUE INDEX {case.quote(f'{table}_value')} ON {case.quote(table)} (value)")
    except Exception:
        return False
    return True


def test_keys_compare_as_the_database_does(
    case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path
) -> None:
    """Upper and lower case, and numbers written in two ways, are one key where the column says so."""
    create(case, place, "plain", {"code": case.key_text}, [("'a'",), ("'A'",)])
    create(case, place, "sums", {"amount": case.types[Kind.DECIMAL]}, [("1.5",), ("2",)])
    with changing(changer, tmp_path) as (catalog, target):
        plain, sums = catalog.entity("plain"), catalog.entity("sums")
        assert target.keep_keys("p", plain, ["code"], lines(target, [("a",), ("b",)])) == 2
        assert given(target.matching("p", plain, ["code"], columns_of(plain, "id"))) == [("1",)]
        assert target.keep_keys("s", sums, ["amount"], lines(target, [("1.50",), ("1.5",), ("1.500",), ("2.0",)])) == 2
        assert len(given(target.matching("s", sums, ["amount"], columns_of(sums)))) == 2


def test_keys_in_any_case_are_one(case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path) -> None:
    if case.any_case is None:
        pytest.skip("here that takes an extension")
    create(case, place, "users", {"mail": case.any_case, "age": case.types[Kind.INTEGER]}, [("'Ada@x'", "1")])
    with changing(changer, tmp_path) as (catalog, target):
        users = catalog.entity("users")
        assert target.keep_keys("u", users, ["mail"], lines(target, [("ada@x",), ("ADA@x",), ("bob@x",)])) == 2
        assert given(target.matching("u", users, ["mail"], columns_of(users, "mail"))) == [("Ada@x",)]
        assert target.update(users, ["mail"], ["age"], lines(target, [("ADA@X", "2")])) == 1
        assert target.delete(users, ["mail"], lines(target, [("aDa@x",)])) == 1


def test_computed_fields_compute_themselves(
    case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path
) -> None:
    number = case.types[Kind.INTEGER]
    place.execute(
        f"CREATE TABLE box (id {number} NOT NULL PRIMARY KEY, side {number}, "
        f"area {number} GENERATED ALWAYS AS (side * side) STORED)"
    )
    with changing(changer, tmp_path) as (catalog, target):
        box = catalog.entity("box")
        assert box.field("area").origin is Origin.STORED
        target.insert(box, ["id", "side"], lines(target, [("1", "2"), ("2", "3")]))
        target.update(box, ["id"], ["side"], lines(target, [("1", "5")]))
        target.commit()
    assert stored(changer, tmp_path, "box") == [("1", "5", "25"), ("2", "3", "9")]
