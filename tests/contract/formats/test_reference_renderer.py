"""The reference implementation of templates says what the words of `Escape` and `Form` say."""

from __future__ import annotations

import pytest

from contract.formats.memory_source import escaped, formed
from entrepot.model.templates import Escape, Form
from entrepot.model.types import Kind


@pytest.mark.parametrize(
    ("escape", "text", "written"),
    [
        (Escape(name="x", null="N", open="<", close=">"), None, "N"),
        (Escape(name="x", null="N", open="<", close=">"), "", "<>"),
        (Escape(name="x", null="", replace=(("a", "b"), ("b", "c"))), "ab", "cc"),
        (Escape(name="x", null="", rare_characters="!", rare=(("a", "b"),)), "a", "a"),
        (Escape(name="x", null="", rare_characters="!", rare=(("a", "b"),)), "a!", "b!"),
        (Escape(name="x", null="", rare_texts=("_x",), rare=(("_", "?"),)), "a_b", "a_b"),
        (Escape(name="x", null="", rare_texts=("_x",), rare=(("_", "?"),)), "a_x", "a?x"),
        (Escape(name="x", null="", open="<", close=">", wrap_when=","), "a", "a"),
        (Escape(name="x", null="", open="<", close=">", wrap_when=","), "a,", "<a,>"),
        (Escape(name="x", null="", open="<", close=">", wrap_when=","), "", "<>"),
        (Escape(name="x", null="N", open="<", close=">", wrap_when=","), "N", "<N>"),
        (Escape(name="x", null="", open="<", close=">", limit=2, over="{"), "ab", "<ab>"),
        (Escape(name="x", null="", open="<", close=">", limit=2, over="{"), "abc", "{ab>"),
        (Escape(name="x", null="", guard_first="=", guard="'"), "=a=", "'=a="),
        (Escape(name="x", null="", guard_first="=", guard="'"), "a=", "a="),
        (Escape(name="x", null="", guard_first="=", guard="'"), "", ""),
        (Escape(name="x", null="", open='"', close='"', wrap_when=",", guard_first="=", guard="'"), "=,", '"\'=,"'),
    ],
)
def test_an_escape_does_what_its_fields_say(escape: Escape, text: str | None, written: str) -> None:
    assert escaped(text, escape) == written


@pytest.mark.parametrize(
    ("kind", "form", "text", "shaped"),
    [
        (Kind.BOOLEAN, Form.TEXT, "true", "true"),
        (Kind.BOOLEAN, Form.BIT, "true", "1"),
        (Kind.BOOLEAN, Form.NAIVE, "false", "0"),
        (Kind.BYTES, Form.HEX, "\\xde", "de"),
        (Kind.TIMESTAMP, Form.ISO, "2024-01-02 10:00:00.5", "2024-01-02T10:00:00.5"),
        (Kind.TIMESTAMP_TZ, Form.ISO, "2024-01-02 10:00:00.5+00", "2024-01-02T10:00:00.5+00:00"),
        (Kind.TIMESTAMP_TZ, Form.ISO, "infinity", "infinity"),
        (Kind.TIMESTAMP_TZ, Form.NAIVE, "2024-01-02 10:00:00+00", "2024-01-02 10:00:00"),
        (Kind.DATE, Form.SERIAL, "1900-03-01", "61"),
        (Kind.DATE, Form.SERIAL, "1900-02-28", None),
        (Kind.DATE, Form.SERIAL, "infinity", None),
        (Kind.TIMESTAMP, Form.SERIAL, "2024-01-02 12:00:00", "45293.5"),
        (Kind.DECIMAL, Form.NUMBER, "12.50", "12.50"),
        (Kind.DECIMAL, Form.NUMBER, "1234567890123456", None),
        (Kind.FLOAT, Form.NUMBER, "NaN", None),
    ],
)
def test_a_form_shapes_a_value(kind: Kind, form: Form, text: str, shaped: str | None) -> None:
    assert formed(text, kind, form) == shaped
