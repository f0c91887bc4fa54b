"""The one way out to addresses that somebody else names: looked up, checked, pinned, bounded in time and size."""
