"""Files with ids of their own: what they mean here, keys for new rows, and what is remembered of a source."""
