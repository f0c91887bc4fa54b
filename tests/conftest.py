"""Servers that tests ask for by fixture; each starts at its first use and stops at the end."""

pytest_plugins = ["servers.postgres", "servers.mariadb", "servers.forked"]
