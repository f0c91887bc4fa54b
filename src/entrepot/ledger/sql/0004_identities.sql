-- What became of the ids of a source, by the job that found it out; it counts if that job happened, and as long as no
-- undo that happened took the row away.

DROP TABLE identity;

CREATE TABLE identity (
    database TEXT NOT NULL,
    source TEXT NOT NULL,
    tenant TEXT NOT NULL,
    entity TEXT NOT NULL,
    source_key TEXT NOT NULL,
    job TEXT NOT NULL REFERENCES jobs (id),
    target_key TEXT NOT NULL,
    gone_by TEXT REFERENCES jobs (id),
    PRIMARY KEY (database, source, tenant, entity, source_key, job)
);

CREATE INDEX identity_by_row ON identity (database, entity, target_key);

CREATE INDEX identity_by_job ON identity (job);
