-- What cleaning up has removed. It is written down with the record's end, so that whoever dies before the file is gone
-- leaves it to the next; and so that somebody who asks for it hears when it went.

CREATE TABLE removals (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    job TEXT,
    bytes BIGINT NOT NULL,
    at TEXT NOT NULL,
    done_at TEXT
);

CREATE INDEX removals_by_end ON removals (done_at);

CREATE INDEX removals_by_job ON removals (job);

-- Whose a stored file is: of somebody who is bound to that tenant.
ALTER TABLE artifacts ADD COLUMN tenant TEXT;

CREATE INDEX artifacts_by_tenant ON artifacts (tenant);

-- Before a job goes, it is looked who refers to it.
CREATE INDEX jobs_by_undone ON jobs (undoes);

CREATE INDEX identity_by_taker ON identity (gone_by) WHERE gone_by IS NOT NULL;

CREATE INDEX occurrences_by_job ON occurrences (job);

CREATE INDEX deliveries_by_job ON deliveries (job);
