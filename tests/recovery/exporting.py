"""A real export as a child process, and what it may leave behind when it dies."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from servers.postgres import PostgresDatabase

ROWS = 40_000
FORMATS = ("csv.gz", "json", "xlsx", "zip", "sql")
TABLES = ("account", "booking", "note")
FILL = f"""
CREATE TABLE account (id integer PRIMARY KEY, name text NOT NULL, born date);
INSERT INTO account SELECT n, 'name ' || n, date '1950-01-01' + n FROM generate_series(1, {ROWS}) n;
CREATE TABLE booking (
  id integer PRIMARY KEY, account integer REFERENCES account (id), amount numeric(12, 2), at timestamptz NOT NULL);
INSERT INTO booking SELECT n, n, n * 0.37, timestamptz '2024-01-01Z' + n * interval '1 minute'
  FROM generate_series(1, {ROWS}) n;
CREATE TABLE note (id integer PRIMARY KEY, words text);
INSERT INTO note SELECT n, 'a "quoted" note, with ünïcode ' || n FROM generate_series(1, {ROWS}) n;
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the children write: their files, and their folder for temporary files."""

    home: Path

    @property
    def out(self) -> Path:
        return self.home / "out"

    @property
    def temporary(self) -> Path:
        return self.home / "tmp"

    def make(self) -> Place:
        self.out.mkdir()
        self.temporary.mkdir()
        return self

    def start(self, url: str, name: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "ENTREPOT_DB": url, "TMPDIR": str(self.temporary)}
        return subprocess.Popen(
            [sys.executable, "-m", "entrepot", "export", *entities(name), "-o", str(self.out / name)],
            env=environment,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def left_over(self) -> list[str]:
        """What nobody should find once the dead are swept away."""
        parts = [path.name for path in self.out.glob(".*")]
        return [*parts, *(path.name for path in self.temporary.iterdir())]


def entities(name: str) -> Sequence[str]:
    """CSV holds one entity per file."""
    return ("booking",) if name.endswith(".csv.gz") else TABLES


def whole(path: Path) -> bool:
    """Whether an exported file is complete, judged by its content alone."""
    if path.name.endswith(".csv.gz"):
        return gzip.decompress(path.read_bytes()).count(b"\n") == ROWS + 1
    if path.suffix == ".json":
        document = json.loads(path.read_bytes())
        return all(len(document["entities"][name]) == ROWS for name in TABLES)
    if path.suffix == ".sql":
        text = path.read_text(encoding="utf-8")
        return text.endswith("-- complete\n") and text.count("ünïcode") == ROWS
    with zipfile.ZipFile(path) as archive:
        return archive.testzip() is None and len(archive.namelist()) > len(TABLES)


def empties(database: PostgresDatabase, seconds: float = 10.0) -> bool:
    """Whether no connection of Entrepot is left on the server, soon."""
    deadline = time.monotonic() + seconds
    question = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'entrepot'"
    while database.value(question) != 0:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
