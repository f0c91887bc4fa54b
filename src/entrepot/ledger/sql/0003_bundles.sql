-- Several tables of one import: each has a draft and its place among them, and the first one stands for all.

ALTER TABLE drafts ADD COLUMN bundle TEXT;

ALTER TABLE drafts ADD COLUMN part BIGINT;

CREATE INDEX drafts_by_bundle ON drafts (bundle);
