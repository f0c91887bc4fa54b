-- What belongs to the installation itself. A ledger in a folder keeps its key in a file beside it.

CREATE TABLE installation (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
