"""A journal beside the rows as they are now: which of them can become what they were."""
