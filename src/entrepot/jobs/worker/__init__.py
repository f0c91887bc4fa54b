"""The worker: looks for orders, and carries them out as workflows of DBOS, which nothing else imports."""
