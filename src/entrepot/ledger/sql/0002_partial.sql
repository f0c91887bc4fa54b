-- A correction brings in records that an earlier job could not; a unit is one transaction of a job.

ALTER TABLE jobs ADD COLUMN corrects TEXT;

CREATE INDEX jobs_by_plan ON jobs (plan_id);

CREATE INDEX jobs_by_corrected ON jobs (corrects);

CREATE TABLE units (
    job TEXT NOT NULL REFERENCES jobs (id),
    unit BIGINT NOT NULL,
    facts TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (job, unit)
);
