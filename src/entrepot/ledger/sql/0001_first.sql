-- Moments are texts in UTC (2026-11-21T11:30:00.000000Z), which sort as they are; documents are JSON texts.

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    phase TEXT NOT NULL,
    database TEXT NOT NULL,
    entity TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    finished_at TEXT,
    plan_id TEXT,
    draft_id TEXT,
    undoes TEXT REFERENCES jobs (id),
    receipt TEXT,
    error TEXT,
    owner TEXT NOT NULL,
    epoch BIGINT NOT NULL
);

CREATE INDEX jobs_by_time ON jobs (created_at);

CREATE TABLE artifacts (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    job TEXT REFERENCES jobs (id),
    created_at TEXT NOT NULL,
    expires_at TEXT
);

CREATE INDEX artifacts_by_expiry ON artifacts (expires_at);

CREATE INDEX artifacts_by_job ON artifacts (job);

-- What hangs on a file goes with it: a draft without its file can neither be run nor undone.
CREATE TABLE drafts (
    id TEXT PRIMARY KEY,
    artifact_id TEXT NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    request TEXT NOT NULL,
    staged TEXT,
    created_at TEXT NOT NULL
);

CREATE INDEX drafts_by_artifact ON drafts (artifact_id);

CREATE TABLE plans (
    id TEXT PRIMARY KEY,
    draft_id TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    database TEXT NOT NULL,
    digest TEXT NOT NULL,
    summary TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);

CREATE INDEX plans_by_draft ON plans (draft_id);

CREATE TABLE journals (
    job TEXT NOT NULL REFERENCES jobs (id),
    unit BIGINT NOT NULL,
    entity TEXT NOT NULL,
    artifact_id TEXT NOT NULL REFERENCES artifacts (id) ON DELETE CASCADE,
    facts TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (job, unit, entity)
);

CREATE INDEX journals_by_artifact ON journals (artifact_id);

-- Without a name: remembered of a finished import, found by the columns of the file.
CREATE TABLE mappings (
    id TEXT PRIMARY KEY,
    database TEXT NOT NULL,
    entity TEXT NOT NULL,
    name TEXT,
    columns TEXT NOT NULL,
    mapping TEXT NOT NULL,
    created_at TEXT NOT NULL,
    used_at TEXT
);

CREATE INDEX mappings_by_entity ON mappings (database, entity);

-- Which row became which, for every system that rows came from.
CREATE TABLE identity (
    source TEXT NOT NULL,
    entity TEXT NOT NULL,
    source_key TEXT NOT NULL,
    target_key TEXT NOT NULL,
    PRIMARY KEY (source, entity, source_key)
);
