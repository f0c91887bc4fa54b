"""The tables of what is to be done, as SQLAlchemy reads and writes them: orders, progress, events, schedules,
messages, the workers, parts of large exports, totals, removals, and the audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from entrepot.ledger.columns import METADATA, JsonText, Moment

ORDERS = Table(
    "orders",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("request", JsonText),
    Column("principal", JsonText),
    Column("tenant", Text),
    Column("queue", Text),
    Column("priority", BigInteger),
    Column("submission", Text),
    Column("body", Text),
    Column("time_limit", BigInteger),
    Column("attempts", BigInteger),
    Column("deaths", BigInteger),
    Column("not_before", Moment),
    Column("cancel_asked_at", Moment),
)
PROGRESS = Table(
    "progress",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("epoch", BigInteger),
    Column("facts", JsonText),
    Column("updated_at", Moment),
)
EVENTS = Table(
    "events",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("at", Moment),
    Column("kind", Text),
    Column("facts", JsonText),
)
SCHEDULES = Table(
    "schedules",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("facts", JsonText),
    Column("paused", BigInteger),
    Column("created_at", Moment),
    Column("updated_at", Moment),
)
OCCURRENCES = Table(
    "occurrences",
    METADATA,
    Column("schedule", Text, primary_key=True),
    Column("due", Moment, primary_key=True),
    Column("outcome", Text),
    Column("job", Text),
    Column("created_at", Moment),
)
DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("job", Text),
    Column("target", Text),
    Column("event", Text),
    Column("message", JsonText),
    Column("status", Text),
    Column("attempts", BigInteger),
    Column("not_before", Moment),
    Column("error", Text),
    Column("created_at", Moment),
    Column("done_at", Moment),
)
TOTALS = Table(
    "totals",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("status", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("facts", JsonText),
)
PARTS = Table(
    "parts",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("job", Text),
    Column("epoch", BigInteger),
    Column("number", BigInteger),
    Column("function", Text),
    Column("spec", JsonText),
    Column("owner", Text),
    Column("beats", BigInteger),
    Column("rows", BigInteger),
    Column("made", JsonText),
)
WORKERS = Table(
    "workers",
    METADATA,
    Column("owner", Text, primary_key=True),
    Column("beat", BigInteger),
    Column("lease_ms", BigInteger),
    Column("sessions", Text),
    Column("host", Text),
    Column("machine", Text),
    Column("pid", BigInteger),
    Column("born", BigInteger),
)
AUDIT = Table(
    "audit",
    METADATA,
    Column("number", BigInteger, primary_key=True),
    Column("at", Moment),
    Column("principal", Text),
    Column("tenant", Text),
    Column("action", Text),
    Column("object", Text),
    Column("database", Text),
    Column("entity", Text),
    Column("origin", Text),
    Column("result", Text),
    Column("facts", JsonText),
    Column("previous", Text),
    Column("seal", Text),
)
AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("number", BigInteger),
    Column("seal", Text),
    Column("signature", Text),
)
REMOVALS = Table(
    "removals",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text),
    Column("job", Text),
    Column("bytes", BigInteger),
    Column("at", Moment),
    Column("done_at", Moment),
)
