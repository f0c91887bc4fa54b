"""What an engine's own tool dumps, read as data, comes into an empty twin as the same; and so do our own scripts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from acceptance.zoo import CASES, Twins, filled, specimens, twins_of
from entrepot.model.drafts import Reading
from entrepot.model.plans import ImportRequest

PG_DUMPS = ((), ("--inserts",), ("--rows-per-insert=3", "--data-only", "--column-inserts"))
MARIA_DUMPS = ((), ("--hex-blob", "--skip-extended-insert", "--complete-insert"), ("--skip-opt",))


@pytest.fixture(params=CASES)
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Twins]:
    with twins_of(request.param, request, tmp_path) as made:
        yield made


def run(*command: str) -> bytes:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed here")
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def dumps(twins: Twins) -> Iterator[tuple[str, bytes]]:
    """Every form in which the tools of the engine write the table."""
    address = urlsplit(twins.first.url)
    if twins.case.name == "postgres":
        for options in PG_DUMPS:
            yield " ".join(options), run("pg_dump", *options, "--table=zoo", twins.first.url)
    elif twins.case.name == "mysql":
        login = (f"--user={address.username}", f"--password={address.password}", f"--host={address.hostname}")
        for options in MARIA_DUMPS:
            place = (f"--port={address.port}", "--protocol=tcp", address.path.strip("/"), "zoo")
            yield " ".join(options), run("mariadb-dump", *options, *login, *place)
    else:
        yield "shell", run("sqlite3", unquote(address.path)[1:], ".dump")


def restored(twins: Twins, text: bytes) -> None:
    """What the engine's own client makes of the dump of MariaDB, whose tool rounds a `float`."""
    if twins.case.name == "mysql" and b"CREATE TABLE" in text:
        address = urlsplit(twins.first.url)
        twins.first.execute("DROP TABLE IF EXISTS zoo")
        login = (f"--user={address.username}", f"--password={address.password}", f"--host={address.hostname}")
        command = ("mariadb", *login, f"--port={address.port}", "--protocol=tcp", "--default-character-set=utf8mb4")
        command = (*command, address.path.strip("/"))
        done = subprocess.run(command, input=text, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr


def imported(twins: Twins, file: Path, table: str | None = None) -> None:
    twins.second.execute("DELETE FROM zoo")
    request = ImportRequest(entity="zoo", prove=twins.case.name != "postgres", reading=Reading(entity=table))
    receipt = twins.entrepot(twins.second).bring_in(file, request)
    assert receipt.counts["created"] == sum(receipt.counts.values()) > 0


def test_what_the_tools_of_an_engine_dump_comes_into_an_empty_twin(twins: Twins) -> None:
    filled(twins, specimens(twins.case, importable=True))
    for name, text in dumps(twins):
        file = twins.folder / "dump.sql"
        file.write_bytes(text)
        restored(twins, text)
        imported(twins, file)
        expected = twins.entrepot(twins.first).fingerprint("zoo")
        assert twins.entrepot(twins.second).fingerprint("zoo") == expected, name
        if twins.case.name != "sqlite":
            assert twins.as_the_server_says(twins.second) == twins.as_the_server_says(twins.first), name


def test_our_own_script_comes_into_an_empty_twin(twins: Twins) -> None:
    filled(twins, specimens(twins.case, importable=True))
    out = twins.entrepot(twins.first)
    imported(twins, out.export("zoo", to=twins.folder / "zoo.sql.gz").path)
    assert twins.entrepot(twins.second).fingerprint("zoo") == out.fingerprint("zoo")
