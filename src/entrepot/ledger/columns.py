"""What the columns of the ledger hold: moments, documents, names, statuses; the same in every database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from entrepot.model.records import Status

FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def moment_text(value: datetime) -> str:
    return value.astimezone(UTC).strftime(FORM)


def json_text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


class Moment(TypeDecorator[datetime]):
    """A text in UTC that sorts by time; the same in every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class JsonText(TypeDecorator[Mapping[str, Any]]):
    """Escaped to ASCII: neither a NUL nor half a character can trouble a database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else json_text(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Mapping[str, Any] | None:
        return None if value is None else json.loads(value)


class Title(TypeDecorator[str]):
    """A name from outside, which may hold bytes that are no text: those are written out (`\\xff`)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.replace("\0", "\\x00").encode(errors="backslashreplace").decode()


class StatusWord(TypeDecorator[Status]):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Status | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Status | None:
        return None if value is None else Status(value)


METADATA = MetaData()
