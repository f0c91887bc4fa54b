"""Imports by peers, into the table that ours and psql fill, with its keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from bench.cases import Case
from bench.dataset import ImportFiles
from bench.imports import COPY, prepared, psql
from bench.peers.homes import Homes
from bench.places import Places

SLOW, SLOWER = 100_000, 5_000
"""Rows for those who take a minute for a million, or an hour."""
ALONE = "SLING_DISABLE_TELEMETRY=true RUNTIME__DLTHUB_TELEMETRY=false"
"""Nobody calls home while being measured."""
PGLOADER = """LOAD CSV FROM '{file}' INTO {url}?tablename=transactions
  WITH skip header = 1, fields terminated by ',', fields optionally enclosed by '"', fields escaped by double-quote
  SET client_encoding TO 'utf8';
"""


def peer_imports(places: Places, homes: Homes, files: Callable[[int], ImportFiles], rows: int) -> tuple[Case, ...]:
    """`files` makes the same data set with fewer rows; whoever is absent has no case."""

    def case(name: str, peer: str, command: Callable[[Path], str], most: int = rows) -> Case | None:
        if peer in homes.absent:
            return None
        count = min(rows, most)
        return Case(
            name=name,
            engine="postgres",
            command=command(files(count).clean),
            prepare=prepared(places, "empty"),
            check=f'test "$({psql(places)} -A -t -c "SELECT count(*) FROM transactions")" = {count}',
            reference=COPY,
            rows=count,
            peer=True,
        )

    def by(peer: str, *words: str) -> Callable[[Path], str]:
        way, *more = words
        return lambda file: homes.script(peer, way, file, places.postgres, *more)

    known = (
        case("pgloader", "pgloader", lambda file: _pgloader(file, places.postgres)),
        case("pandas.to_sql", "pandas", by("pandas", "insert"), SLOW),
        case("pandas.to_sql, COPY callable", "pandas", by("pandas", "copy")),
        case("django-import-export, bulk", "django", by("django", "into"), SLOWER),
        case("dlt", "dlt", lambda file: f"{ALONE} {by('dlt', 'into', '{out}/dlt')(file)}"),
        case("sling", "sling", lambda file: _sling(file, places.postgres, homes)),
    )
    return tuple(found for found in known if found)


def _pgloader(file: Path, url: str) -> str:
    """Its own address cannot be told apart from a table's name otherwise."""
    script = PGLOADER.format(file=file, url=url)
    return f'cat > {{out}}/load <<"END"\n{script}\nEND\npgloader --on-error-stop --root-dir {{out}} {{out}}/load'


def _sling(file: Path, url: str, homes: Homes) -> str:
    """Its program is run as it is, without the Python that wraps it; it looks at its own folder only."""
    program = "lib/python*/site-packages/sling_linux_amd64/bin/sling-linux-amd64"
    sent = f"--src-stream file://{file} --tgt-conn '{_plain(url)}' --tgt-object public.transactions --mode truncate"
    return f"{ALONE} SLING_LOADED_AT_COLUMN=false SLING_HOME_DIR={{out}} {homes.folders['sling']}/{program} run {sent}"


def _plain(url: str) -> str:
    return urlsplit(url)._replace(query="sslmode=disable").geturl()
