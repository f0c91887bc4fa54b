-- Signs of life: who gave the last one long ago is paused. In a folder there is one worker, and its lock has them.

CREATE TABLE workers (
    owner TEXT PRIMARY KEY,
    beat BIGINT NOT NULL,
    lease_ms BIGINT NOT NULL,
    sessions TEXT NOT NULL,
    host TEXT NOT NULL,
    machine TEXT NOT NULL,
    pid BIGINT NOT NULL,
    born BIGINT NOT NULL
);
