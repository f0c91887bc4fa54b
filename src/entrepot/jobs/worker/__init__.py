"""The worker: looks for orders, and carries them out, several at once."""
