"""Servers that tests ask for by fixture; each starts at its first use and stops at the end."""

pytest_plugins = ["servers.postgres", "servers.mariadb", "servers.forked"]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: packed ones hold the time of packing, and parallel runs must agree on the names."""
    return argname if isinstance(val, bytes) else None
