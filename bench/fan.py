"""A large export made by several workers: `python -m bench --way fan --rows 5000000`.

Against one that is made alone, without a job. Whatever the times, the bytes must be the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from hashlib import file_digest
from pathlib import Path
from statistics import median

import psycopg

from bench.dataset import write_csv
from bench.servers import loaded
from entrepot import Entrepot, ExportOptions
from entrepot.use_cases.submissions import Manner

WORKERS = (1, 2, 4)
FORMATS = (("csv", None), ("csv", "gzip"), ("ndjson", "zstd"))
PARTS = 10
"""As many as 5,000,000 rows have by default."""
AWAKE = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
"""Each worker holds a lock from its beginning on."""
LOOK = 0.01
Found = tuple[float, str]
"""How long it took, and the SHA-256 of what came of it."""


def fan_lines(rows: int, runs: int, data: Path, folder: Path) -> Iterator[str]:
    """The table as it comes, with `over` where bytes differ."""
    with loaded(rows, write_csv(data, rows), folder, frozenset({"postgres"})) as sources:
        shop = _shop(sources.postgres, folder, rows // PARTS)
        yield from _head(rows)
        for name, packed in FORMATS:
            options = ExportOptions(format=name, compress=packed, overwrite=True)
            direct = partial(shop.export, "transactions", options=options)
            alone = _measured(runs, folder / "out", lambda to, export=direct: export(to=to))
            together = []
            for count in WORKERS:
                with _workers(count, sources.postgres, folder):
                    work = partial(_job, shop, options)
                    together.append(_measured(runs, folder / "out", work))
            yield _line((name, packed), alone, tuple(together))


def _head(rows: int) -> Iterator[str]:
    yield f"| {rows:,} rows | directly | {' | '.join(f'workers: {count}' for count in WORKERS)} | bytes |"
    yield f"|---|--:|{'--:|' * len(WORKERS)}---|"


def _line(format: tuple[str, str | None], alone: Found, together: tuple[Found, ...]) -> str:
    times = " | ".join(f"{seconds:.1f} s" for seconds, _ in (alone, *together))
    same = {digest for _, digest in together} == {alone[1]}
    return f"| {' '.join(filter(None, format))} | {times} | {'equal' if same else 'differ (over)'} |"


def _shop(url: str, folder: Path, rows: int) -> Entrepot:
    """Its records are on the same server, as they may be. `rows`: in a part."""
    settings = folder / "entrepot.toml"
    sections = ('[databases.main]\nurl = "env:BENCH_DB"', f'[state]\nurl = "{url}"', f"[work]\npart_rows = {rows}\n")
    settings.write_text("\n".join(sections), encoding="utf-8")
    os.environ["BENCH_DB"] = url
    return Entrepot("main", config=settings)


def _measured(runs: int, to: Path, export: Callable[[Path], object]) -> Found:
    found = [_once(to, export) for _ in range(runs)]
    return median(seconds for seconds, _ in found), found[0][1]


def _once(to: Path, export: Callable[[Path], object]) -> Found:
    began = time.perf_counter()
    export(to)
    seconds = time.perf_counter() - began
    with to.open("rb") as file:
        return seconds, file_digest(file, "sha256").hexdigest()


def _job(shop: Entrepot, options: ExportOptions, to: Path) -> None:
    job = shop.submit_export("transactions", to=to, options=options, manner=Manner(wake=False))
    while not shop.job(job.id).job.status.final:
        time.sleep(LOOK)


@contextmanager
def _workers(count: int, url: str, folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "entrepot", "worker", "--concurrency", "1"]
    environment = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    with ExitStack() as stack, psycopg.connect(url, autocommit=True) as connection:
        for _ in range(count):
            worker = subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.DEVNULL)
            stack.enter_context(worker)
            stack.callback(worker.terminate)
        while connection.execute(AWAKE).fetchone() != (count,):
            time.sleep(LOOK)
        yield
