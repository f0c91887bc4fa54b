-- What a worker is to do. The job is its owner's to write; the order is everybody's who may ask.

CREATE TABLE orders (
    job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    request TEXT NOT NULL,
    principal TEXT NOT NULL,
    tenant TEXT,
    queue TEXT NOT NULL,
    priority BIGINT NOT NULL,
    submission TEXT UNIQUE,
    body TEXT NOT NULL,
    time_limit BIGINT,
    attempts BIGINT NOT NULL,
    deaths BIGINT NOT NULL,
    not_before TEXT,
    cancel_asked_at TEXT
);

CREATE INDEX orders_by_queue ON orders (queue, priority);

CREATE INDEX jobs_by_end ON jobs (finished_at);

-- How far a job is; one row, written over.
CREATE TABLE progress (
    job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    epoch BIGINT NOT NULL,
    facts TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

-- What happened to a job, numbered from 1.
CREATE TABLE events (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (job, number)
);

CREATE TABLE schedules (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    facts TEXT NOT NULL,
    paused BIGINT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

-- Every due time of a schedule once, whoever sees it first.
CREATE TABLE occurrences (
    schedule TEXT NOT NULL,
    due TEXT NOT NULL,
    outcome TEXT NOT NULL,
    job TEXT,
    created_at TEXT NOT NULL,
    PRIMARY KEY (schedule, due)
);

-- Messages to be sent, and what became of them.
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    job TEXT,
    target TEXT NOT NULL,
    event TEXT NOT NULL,
    message TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    not_before TEXT,
    error TEXT,
    created_at TEXT NOT NULL,
    done_at TEXT
);

CREATE INDEX deliveries_by_status ON deliveries (status, not_before);

-- Who did what, each line sealed with the one before it; nothing is ever changed here.
CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at TEXT NOT NULL,
    principal TEXT NOT NULL,
    tenant TEXT,
    action TEXT NOT NULL,
    object TEXT,
    database TEXT,
    entity TEXT,
    origin TEXT NOT NULL,
    result TEXT NOT NULL,
    facts TEXT NOT NULL,
    previous TEXT NOT NULL,
    seal TEXT NOT NULL
);

CREATE INDEX audit_by_time ON audit (at);
