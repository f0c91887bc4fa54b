"""FAULTS 38, the type zoo: the text form of every type of every engine, in both ways that rows go out."""

from __future__ import annotations

from pathlib import Path

from contract.databases.case import EngineCase, Place, Specimen
from contract.databases.reading import create, opened, query_of, rendered, texts
from entrepot.formats.csv.template import csv_template
from entrepot.model.catalog import Catalog
from entrepot.model.ports import Engine, Session
from entrepot.model.selection import Order
from entrepot.model.templates import CsvDialect, Escape, Form, RowTemplate, Slot
from entrepot.model.types import Kind

BARE = Escape(name="bare", null="\x01")


def zoo(case: EngineCase, place: Place) -> dict[str, Specimen]:
    """A table per specimen; each value a row."""
    animals = {f"zoo_{number}": specimen for number, specimen in enumerate(case.specimens)}
    for name, specimen in animals.items():
        create(case, place, name, {"value": specimen.native}, [(sql,) for sql, _ in specimen.values])
    return animals


def test_a_type_is_understood_and_its_values_have_their_text_form(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path
) -> None:
    animals = zoo(case, place)
    with opened(engine, tmp_path) as (catalog, session):
        found = {specimen.native: observed(catalog, session, name) for name, specimen in animals.items()}
    assert found == {a.native: (a.kind, [text for _, text in a.values]) for a in case.specimens}


def observed(catalog: Catalog, session: Session, name: str) -> tuple[Kind, list[str | None]]:
    query = query_of(catalog.entity(name), "value", order=Order.KEY)
    return query.columns[0].type.kind, [row[0] for row in texts(session, query)]


def test_rendered_rows_have_the_same_texts(case: EngineCase, place: Place, engine: Engine, tmp_path: Path) -> None:
    animals = zoo(case, place)
    template = RowTemplate(parts=(Slot(column="value", form=Form.TEXT, escape=BARE), "\x02"))
    with opened(engine, tmp_path) as (catalog, session):
        for name, specimen in animals.items():
            query = query_of(catalog.entity(name), "value", order=Order.KEY)
            found = rendered(session, query, template).decode().split("\x02")[:-1]
            expected = ["\x01" if text is None else text for _, text in specimen.values]
            assert (specimen.native, found) == (specimen.native, expected)


def test_csv_is_the_same_by_the_native_and_by_the_rendered_lane(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path
) -> None:
    animals = zoo(case, place)
    with opened(engine, tmp_path) as (catalog, session):
        for name in animals:
            query = query_of(catalog.entity(name), order=Order.KEY)
            native = csv_template(query.columns, CsvDialect())
            plain = RowTemplate(parts=native.parts)
            assert rendered(session, query, native) == rendered(session, query, plain), animals[name].native


FORMS: dict[Kind, dict[Form, list[str]]] = {
    Kind.BOOLEAN: {Form.TEXT: ["true", "false"], Form.BIT: ["1", "0"], Form.NUMBER: ["1", "0"]},
    Kind.BYTES: {Form.TEXT: ["\\xdeadbeef"], Form.HEX: ["deadbeef"]},
    Kind.TIMESTAMP: {
        Form.ISO: ["2024-01-02T10:00:00.5", "1899-12-31T00:00:00"],
        Form.SERIAL: ["45293.41667245370", "-"],
    },
    Kind.INTEGER: {Form.NUMBER: ["42", "-"]},
    Kind.DECIMAL: {Form.NUMBER: ["7.25"]},
    Kind.TEXT: {Form.ISO: ["2024-01-02 10:00:00"]},
}
VALUES = {
    Kind.BOOLEAN: ["true", "false"],
    Kind.TIMESTAMP: ["'2024-01-02 10:00:00.5'", "'1899-12-31 00:00:00'"],
    Kind.INTEGER: ["42", "9007199254740993"],
    Kind.DECIMAL: ["7.25"],
    Kind.TEXT: ["'2024-01-02 10:00:00'"],
}


def test_values_have_their_other_forms(case: EngineCase, place: Place, engine: Engine, tmp_path: Path) -> None:
    """ISO for JSON, BIT and HEX for scripts, SERIAL and NUMBER for spreadsheets (`-` where they hold nothing)."""
    bytes_value = next(sql for s in case.specimens if s.kind is Kind.BYTES for sql, text in s.values if text)
    values = {**VALUES, Kind.BYTES: [bytes_value]}
    for kind, expressions in values.items():
        create(case, place, kind, {"value": case.types[kind]}, [(sql,) for sql in expressions])
    found: dict[tuple[Kind, Form], list[str]] = {}
    with opened(engine, tmp_path) as (catalog, session):
        for kind, forms in FORMS.items():
            for form in forms:
                slot = Slot(column="value", form=form, escape=Escape(name="bare", null="-"))
                query = query_of(catalog.entity(kind), order=Order.KEY)
                lines = rendered(session, query, RowTemplate(parts=(slot, "\n"))).decode().splitlines()
                found[kind, form] = [shortened(line) if form is Form.SERIAL else line for line in lines]
    forms_of_bytes = [found.pop((Kind.BYTES, form))[0] for form in (Form.TEXT, Form.HEX)]
    assert forms_of_bytes[0] == "\\x" + forms_of_bytes[1]
    wanted = {(k, f): v for k, forms in FORMS.items() if k is not Kind.BYTES for f, v in forms.items()}
    assert found == {
        key: [shortened(v) if key[1] is Form.SERIAL else v for v in texts] for key, texts in wanted.items()
    }


def shortened(day_number: str) -> str:
    """To the millisecond: engines may write as many digits as they like."""
    return day_number if day_number == "-" else f"{float(day_number):.8f}"
