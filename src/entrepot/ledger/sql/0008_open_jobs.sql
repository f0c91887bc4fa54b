-- A worker looks ten times a second: from the jobs that are open to their orders, however many are over.

DROP INDEX jobs_by_end;

CREATE INDEX jobs_by_end ON jobs (finished_at, owner);

DROP INDEX orders_by_queue;
