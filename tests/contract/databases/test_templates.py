"""A row template means the same to every engine: what they render equals the reference, character by character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.reading import create, opened, query_of, rendered
from contract.formats.memory_source import MemorySource, Row
from contract.formats.samples import EVIL_TEXTS, naughty_strings
from entrepot.formats.csv.template import csv_escape, csv_template
from entrepot.formats.json import record
from entrepot.model.catalog import Catalog
from entrepot.model.ports import Engine, Session
from entrepot.model.selection import Order, Query
from entrepot.model.templates import CsvDialect, Escape, Form, RowTemplate, Slot
from entrepot.model.types import Kind

MORE_TEXTS = ("a\0b", "\0", "a\0,b", 'a\0"b', "a\0" + "x" * 20, "x" * 11, "é" * 11, "🚢" * 11, "ab", "AB", "_x0041_")
CONTROL = "".join(map(chr, range(0x20)))

ESCAPES = {
    "nothing": Escape(name="nothing", null=""),
    "null marker": Escape(name="marker", null="NULL", open="<", close=">"),
    "replace in order": Escape(name="ordered", null="-", replace=(("a", "bb"), ("b", "c"), ("''", "'"))),
    "replace quotes": Escape(name="quotes", null="NULL", open="'", close="'", replace=(("\\", "\\\\"), ("'", "''"))),
    "rare characters": Escape(
        name="rare", null="", replace=(("\\", "\\\\"),), rare_characters="\n\t\0", rare=(("\n", "\\n"), ("\0", "\\0"))
    ),
    "all controls": replace(record.TEXT, name="controls"),
    "rare texts": Escape(name="texts", null="", rare_texts=("_x", "''"), rare=(("_", "__"), ("'", "`"))),
    "rare both": Escape(
        name="both", null="", rare_texts=("_x",), rare_characters="]^-", rare=(("_", "__"), ("]", ")"), ("^", "!"))
    ),
    "rare after replace": Escape(
        name="made", null="", replace=(("a", "\t"),), rare_characters="\t", rare=(("\t", "TAB"),)
    ),
    "rare values in other marks": Escape(
        name="marked",
        null="",
        open="'",
        close="'",
        replace=(("'", "''"),),
        rare_characters="\r\n",
        rare_open="j(",
        rare_close=")",
        rare=(("\r", "\\r"), ("\n", "\\n")),
    ),
    "wrap": Escape(name="wrap", null="", open='"', close='"', replace=(('"', '""'),), wrap_when=',"\n\r'),
    "wrap with a marker": Escape(
        name="wrap_null", null="NULL", open='"', close='"', replace=(('"', '""'),), wrap_when=';"\n\r\t'
    ),
    "wrap by pattern signs": Escape(name="wrap_signs", null="%", open="<", close=">", wrap_when="%_*?[]^-\\'"),
    "limit": Escape(name="limit", null="", open="<", close=">", limit=10, over="[cut]"),
    "limit and replace": Escape(name="limited", null="", replace=(("x", "yy"),), limit=10, over="!"),
    "guard": Escape(name="guard", null="", guard_first="=+-@\t\r\n'", guard="'"),
    "guard and wrap": Escape(
        name="guarded", null="", open='"', close='"', wrap_when="',\n", guard_first="=+-@\t\r\n'", guard="'"
    ),
    "guard and limit": Escape(name="guard_limit", null="", open="<", limit=2, over=">", guard_first="=x", guard="'"),
    "json": record.TEXT,
    "csv": csv_escape(CsvDialect()),
    "csv alone": csv_escape(CsvDialect(), alone=True),
    "csv of another kind": csv_escape(CsvDialect(delimiter="\t", quote="'", null="\\N")),
}


def contents(case: EngineCase) -> list[str | None]:
    """Without what the engine cannot hold."""
    every = (*EVIL_TEXTS, *MORE_TEXTS)
    return [text for text in every if text is None or ("\0" not in text or not case.refused_texts)]


Notes = tuple[Catalog, Session, Sequence[Row]]


def noted(case: EngineCase, place: Place, values: Sequence[str | None]) -> list[Row]:
    expressions = [("NULL" if value is None else case.string(value),) for value in values]
    create(case, place, "notes", {"text": case.types[Kind.TEXT]}, expressions)
    return [{"id": str(number), "text": value} for number, value in enumerate(values, start=1)]


@pytest.fixture
def notes(case: EngineCase, place: Place, engine: Engine, tmp_path: Path) -> Iterator[Notes]:
    rows = noted(case, place, contents(case))
    with opened(engine, tmp_path) as (catalog, session):
        yield catalog, session, rows


def template_of(escape: Escape, form: Form = Form.TEXT) -> RowTemplate:
    number = Slot(column="id", form=form, escape=escape)
    return RowTemplate(parts=("[", "(", number, "'\\%", Slot(column="text", form=form, escape=escape), ")\r\n"))


def expected(query: Query, rows: Sequence[Row], template: RowTemplate) -> bytes:
    return rendered(MemorySource(rows={"notes": rows}), query, template)


@pytest.mark.parametrize("name", ESCAPES)
def test_an_escape_is_rendered_as_it_is_defined(notes: Notes, name: str) -> None:
    catalog, session, rows = notes
    query = query_of(catalog.entity("notes"), order=Order.KEY)
    template = template_of(ESCAPES[name])
    found = rendered(session, query, template, rows_per_chunk=7).split(b"\r\n[")
    assert found == expected(query, rows, template).split(b"\r\n[")


@pytest.mark.parametrize("name", ["wrap", "json", "csv", "limit", "guard and wrap"])
def test_naughty_strings_are_rendered_as_defined(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path, name: str
) -> None:
    rows = noted(case, place, [text for text in naughty_strings() if "\0" not in text])
    with opened(engine, tmp_path) as (catalog, session):
        query = query_of(catalog.entity("notes"), order=Order.KEY)
        template = template_of(ESCAPES[name])
        assert rendered(session, query, template).split(b"\r\n[") == expected(query, rows, template).split(b"\r\n[")


def test_a_template_of_one_slot_or_of_none_is_still_text(notes: Notes) -> None:
    catalog, session, rows = notes
    query = query_of(catalog.entity("notes"), order=Order.KEY)
    alone = RowTemplate(parts=(Slot(column="id", form=Form.TEXT, escape=Escape(name="bare", null="")),))
    assert rendered(session, query, alone) == "".join(str(row["id"]) for row in rows).encode()
    assert rendered(session, query, RowTemplate(parts=("x'\\",))) == b"x'\\" * len(rows)


def test_otherwise_stands_in_where_a_form_has_nothing(notes: Notes) -> None:
    """A text is no number, so its own slot writes it; only a NULL is written as NULL."""
    catalog, session, rows = notes
    query = query_of(catalog.entity("notes"), order=Order.KEY)
    other = Slot(column="text", form=Form.TEXT, escape=Escape(name="text", null="never", open="t:"))
    slot = Slot(column="text", form=Form.NUMBER, escape=Escape(name="number", null="N", open="n:"), otherwise=other)
    found = rendered(session, query, RowTemplate(parts=(slot, "\x03"))).decode().split("\x03")[:-1]
    texts = [row["text"] for row in rows]
    assert [value for value, text in zip(found, texts, strict=True) if text is None] == ["N"] * texts.count(None)
    assert all(value.endswith(text) for value, text in zip(found, texts, strict=True) if text is not None)


def test_chunks_hold_whole_rows(notes: Notes) -> None:
    catalog, session, rows = notes
    query = query_of(catalog.entity("notes"))
    chunks = list(session.render(query, template_of(ESCAPES["json"]), rows_per_chunk=10))
    assert sum(chunk.rows for chunk in chunks) == len(rows)
    assert all(chunk.data.startswith(b"[(") and chunk.data.endswith(b")\r\n") for chunk in chunks)
    assert all(chunk.data.count(b")\r\n[(") == chunk.rows - 1 for chunk in chunks)


@pytest.mark.parametrize("dialect", [CsvDialect(), CsvDialect(delimiter=";", null="NULL"), CsvDialect(quote="'")])
def test_a_native_csv_has_the_bytes_of_its_template(notes: Notes, dialect: CsvDialect) -> None:
    """Whatever lane the engine takes."""
    catalog, session, _ = notes
    query = query_of(catalog.entity("notes"), order=Order.KEY)
    template = csv_template(query.columns, dialect)
    plain = replace(template, csv=None)
    assert session.lane(query, plain) == "rendered"
    assert rendered(session, query, template) == rendered(session, query, plain)


def test_no_rows_give_no_chunk(case: EngineCase, place: Place, engine: Engine, tmp_path: Path) -> None:
    noted(case, place, [])
    with opened(engine, tmp_path) as (catalog, session):
        query = query_of(catalog.entity("notes"))
        assert list(session.render(query, template_of(ESCAPES["csv"]))) == []
        assert list(session.batches(query)) == []
        assert session.count(query) == 0


def test_wide_rows_are_rendered(case: EngineCase, place: Place, engine: Engine, tmp_path: Path) -> None:
    """FAULTS 42, as far as each engine goes: no expression is too deep for 500 fields."""
    count = 500
    fields = {f"f{number}": case.types[Kind.INTEGER] for number in range(count)}
    create(case, place, "wide", fields, [[str(number) for number in range(count)]])
    with opened(engine, tmp_path) as (catalog, session):
        query = query_of(catalog.entity("wide"))
        found = rendered(session, query, csv_template(query.columns, CsvDialect(null="-")))
    assert found.decode() == ",".join(["1", *map(str, range(count))]) + "\n"
