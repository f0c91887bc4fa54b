"""What is measured, against what, with the ratio that is owed."""

from __future__ import annotations

from dataclasses import dataclass

from bench.servers import Sources

MB = 1_000_000
PSQL = "psql csv"


@dataclass(frozen=True, kw_only=True)
class Case:
    name: str
    engine: str
    command: str
    """A shell command; `{out}` is a fresh folder."""
    prepare: str = ""
    """What comes before it every time, and is not measured."""
    reference: str | None = None
    """The case whose time is 1.0; None for references themselves."""
    gate: float | None = None
    """The highest ratio that is acceptable."""
    also: tuple[str, float] | None = None
    """Another reference, with its gate."""
    memory: int | None = None
    """The most resident memory, of all its processes together."""
    check: str = ""
    """What must succeed afterwards, and is not measured."""
    rows: int | None = None
    """How many, if fewer than all: ratios are per row."""
    peer: bool = False
    """Somebody else's program: where it fails, the table says so, and the rest goes on."""


def cases(sources: Sources) -> tuple[Case, ...]:
    return (*_postgres(sources), *_sqlite(sources), *_mariadb(sources))


def _postgres(sources: Sources) -> tuple[Case, ...]:
    export = f"entrepot export transactions --db {sources.postgres} -o {{out}}/transactions"
    psql = f"psql -X -q -d {sources.postgres}"
    copy = f"{psql} -c \"\\copy transactions to '{{out}}/t.csv' csv\""

    def ours(name: str, ending: str, gate: float, memory: int, options: str = "") -> Case:
        command = f"{export}{ending} {options}".rstrip()
        return Case(name=name, engine="postgres", command=command, reference=PSQL, gate=gate, memory=memory)

    return (
        Case(name=PSQL, engine="postgres", command=copy),
        ours("csv", ".csv", 1.05, 64 * MB),
        ours("csv, gzip", ".csv.gz", 1.1, 64 * MB),
        ours("csv, zstd", ".csv.zst", 1.1, 64 * MB),
        ours("ndjson", ".ndjson", 1.8, 64 * MB),
        ours("json", ".json", 1.8, 64 * MB),
        ours("sql", ".sql", 1.6, 64 * MB),
        ours("sql for sqlite", ".sql", 1.6, 64 * MB, "--dialect sqlite"),
        ours("parquet", ".parquet", 1.7, 300 * MB),
        ours("xlsx", ".xlsx", 2.5, 128 * MB),
        ours("package, fingerprints", ".zip", 2.5, 300 * MB),
        Case(
            name="pg_dump --inserts",
            engine="postgres",
            command=f"pg_dump -d {sources.postgres} -t transactions --inserts -f {{out}}/t.sql",
            reference=PSQL,
        ),
    )


def _sqlite(sources: Sources) -> tuple[Case, ...]:
    path = sources.sqlite.removeprefix("sqlite:///")
    return (
        Case(
            name="sqlite3 shell csv",
            engine="sqlite",
            command=f'sqlite3 -csv {path} "select * from transactions" > {{out}}/t.csv',
        ),
        Case(
            name="sqlite → csv",
            engine="sqlite",
            command=f"entrepot export transactions --db {sources.sqlite} -o {{out}}/transactions.csv",
            reference="sqlite3 shell csv",
            gate=1.7,
            memory=64 * MB,
        ),
        Case(
            name="sqlite → xlsx",
            engine="sqlite",
            command=f"entrepot export transactions --db {sources.sqlite} -o {{out}}/transactions.xlsx",
            reference="sqlite3 shell csv",
        ),
    )


def _mariadb(sources: Sources) -> tuple[Case, ...]:
    def ours(name: str, ending: str) -> Case:
        return Case(
            name=name,
            engine="mariadb",
            command=f"entrepot export transactions --db {sources.mariadb} -o {{out}}/transactions{ending}",
            reference="mariadb --batch",
            memory=64 * MB,
        )

    return (
        Case(
            name="mariadb --batch",
            engine="mariadb",
            command=f'{sources.mariadb_client} --batch --quick -e "select * from transactions" > {{out}}/t.tsv',
        ),
        ours("mariadb → csv", ".csv"),
        ours("mariadb → ndjson", ".ndjson"),
        ours("mariadb → xlsx", ".xlsx"),
    )
