-- Jobs that are over, added up when they end, by their kind and by how they ended.

CREATE TABLE totals (
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    code TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (kind, status, code)
);

-- How much is stored of each kind, without a look at every file.
CREATE INDEX artifacts_by_kind ON artifacts (kind, bytes);
