"""The tables as SQLAlchemy reads and writes them. The files in sql/ make them; a test compares the two."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from entrepot.model.records import Status

FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


class Moment(TypeDecorator[datetime]):
    """A text in UTC that sorts by time; the same in every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime(FORM)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class JsonText(TypeDecorator[Mapping[str, Any]]):
    """Escaped to ASCII: neither a NUL nor half a character can trouble a database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, separators=(",", ":"), allow_nan=False)

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

JOBS = Table(
    "jobs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text),
    Column("status", StatusWord),
    Column("phase", Text),
    Column("database", Text),
    Column("entity", Text),
    Column("created_at", Moment),
    Column("updated_at", Moment),
    Column("finished_at", Moment),
    Column("plan_id", Text),
    Column("draft_id", Text),
    Column("undoes", Text),
    Column("receipt", JsonText),
    Column("error", JsonText),
    Column("owner", Text),
    Column("epoch", BigInteger),
    Column("corrects", Text),
)
ARTIFACTS = Table(
    "artifacts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text),
    Column("name", Title),
    Column("media_type", Text),
    Column("bytes", BigInteger),
    Column("sha256", Text),
    Column("job", Text),
    Column("created_at", Moment),
    Column("expires_at", Moment),
)
DRAFTS = Table(
    "drafts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("artifact_id", Text),
    Column("name", Title),
    Column("bytes", BigInteger),
    Column("sha256", Text),
    Column("request", JsonText),
    Column("staged", JsonText),
    Column("created_at", Moment),
    Column("bundle", Text),
    Column("part", BigInteger),
)
PLANS = Table(
    "plans",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("draft_id", Text),
    Column("database", Text),
    Column("digest", Text),
    Column("summary", JsonText),
    Column("created_at", Moment),
    Column("expires_at", Moment),
)
JOURNALS = Table(
    "journals",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("unit", BigInteger, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("artifact_id", Text),
    Column("facts", JsonText),
    Column("created_at", Moment),
)
UNITS = Table(
    "units",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("unit", BigInteger, primary_key=True),
    Column("facts", JsonText),
    Column("created_at", Moment),
)
MAPPINGS = Table(
    "mappings",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("database", Text),
    Column("entity", Text),
    Column("name", Text),
    Column("columns", Text),
    Column("mapping", JsonText),
    Column("created_at", Moment),
    Column("used_at", Moment),
)
IDENTITY = Table(
    "identity",
    METADATA,
    Column("database", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("tenant", Text, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("source_key", Text, primary_key=True),
    Column("job", Text, primary_key=True),
    Column("target_key", Text),
    Column("gone_by", Text),
)
