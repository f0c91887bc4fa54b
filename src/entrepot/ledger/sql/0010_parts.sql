-- Parts of large exports, which any worker may make; they belong to one attempt at a job, and go with it.

CREATE TABLE parts (
    id TEXT PRIMARY KEY,
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    epoch BIGINT NOT NULL,
    number BIGINT NOT NULL,
    function TEXT NOT NULL,
    spec TEXT NOT NULL,
    owner TEXT NOT NULL,
    beats BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    made TEXT
);

CREATE INDEX parts_by_job ON parts (job, number);
