"""Several tables as one import: decided about together, parents first, and written in one transaction."""
