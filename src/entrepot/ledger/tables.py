"""The tables as SQLAlchemy reads and writes them. The files in sql/ make them; a test compares the two."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from entrepot.ledger.columns import METADATA, JsonText, Moment, StatusWord, Title

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
    Column("tenant", Text),
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
INSTALLATION = Table(
    "installation",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text),
)
