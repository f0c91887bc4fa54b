"""The least that an engine must say to be compiled for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from entrepot.databases.dialect import Dialect
from entrepot.model.catalog import Field
from entrepot.model.templates import Form


class PlainDialect(Dialect):
    native_escapes: ClassVar[Mapping[str, str]] = {"json": "to_json({})"}

    def text(self, sql: str, field: Field, form: Form) -> str:
        return f"{form}({sql})"

    def looks_numeric(self, sql: str) -> str:
        return f"numeric({sql})"

    def float_text(self, sql: str) -> str:
        return f"float({sql})"
