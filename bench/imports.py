"""Imports: every case begins with the same table, empty or full."""

from __future__ import annotations

from pathlib import Path

from bench.cases import MB, Case
from bench.dataset import COLUMNS
from bench.places import KEYS, NO_KEYS, Places

MEMORY = 350 * MB
COPY, TRICK = "psql copy", "psql copy, keys dropped and added"
STAGED_NEW, STAGED_OLD = "psql upsert, all new", "psql upsert, all existing"
SHELL, LOADED = "sqlite3 .import", "mariadb LOAD DATA"
CHECKED = "sqlite3 .import, keys checked"
CLEAN_PREVIEW = "preview"
STORED = {
    "category_id": "nullif(category_id, '')",
    "is_pending": "CASE is_pending WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE is_pending END",
}
"""What the shell, to which everything is text, makes of two columns before their keys and types can be checked."""


def import_cases(places: Places) -> tuple[Case, ...]:
    return (*_copying(places), *_ours(places), *_sqlite(places), *_mariadb(places))


def _copying(places: Places) -> tuple[Case, ...]:
    """What PostgreSQL's own client needs."""
    copy = f"\\copy transactions from '{places.files.clean}' csv header"

    def case(name: str, script: str, table: str = "empty", reference: str | None = COPY) -> Case:
        return Case(
            name=name,
            engine="postgres",
            command=f'{psql(places)} <<"END"\n{script}\nEND',
            prepare=prepared(places, table),
            reference=reference,
        )

    return (
        case(COPY, copy, reference=None),
        case(TRICK, f"BEGIN; {NO_KEYS}\n{copy}\n{KEYS} COMMIT;"),
        case(STAGED_NEW, _staged(str(places.files.clean))),
        case(STAGED_OLD, _staged(str(places.files.changed)), "full"),
    )


def _staged(file: str) -> str:
    taken = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    return (
        f"BEGIN; CREATE TEMP TABLE stage (LIKE transactions) ON COMMIT DROP;\n\\copy stage from '{file}' csv header\n"
        f"INSERT INTO transactions SELECT * FROM stage ON CONFLICT (id) DO UPDATE SET {taken}; COMMIT;"
    )


def _ours(places: Places) -> tuple[Case, ...]:
    files = places.files

    def case(
        name: str,
        options: str,
        reference: str,
        gate: float,
        *,
        file: Path = files.clean,
        also: tuple[str, float] | None = None,
    ) -> Case:
        return Case(
            name=name,
            engine="postgres",
            command=f"{_import(file, places.postgres)} {options}",
            prepare=prepared(places, "full" if file == files.changed else "empty"),
            reference=reference,
            gate=gate,
            also=also,
            memory=MEMORY,
        )

    return (
        case("import", "--yes", COPY, 1.15),
        case("import, exclusive", "--yes --exclusive", COPY, 0.45, also=(TRICK, 1.3)),
        case("import, mapped", "--yes", COPY, 1.25, file=files.loose),
        case("upsert, all new", "--yes --mode upsert", STAGED_NEW, 1.3),
        case("upsert, all existing", "--yes --mode upsert", STAGED_OLD, 1.6, file=files.changed),
        case(CLEAN_PREVIEW, "--dry-run", COPY, 0.3),
        case("preview, all existing", "--dry-run --mode upsert", COPY, 0.5, file=files.changed),
        case("preview, 1 in 10 faulty", "--dry-run --errors skip", CLEAN_PREVIEW, 2.0, file=files.faulty),
    )


def _sqlite(places: Places) -> tuple[Case, ...]:
    path = places.sqlite
    prepare = f"rm -f {path} {path}-wal {path}-shm; cp {path}.empty {path}"
    shell = f'sqlite3 {path} ".import --csv --skip 1 {places.files.local} transactions"'
    taken = f"SELECT {', '.join(STORED.get(name, name) for name in COLUMNS)} FROM stage"
    checked = (
        f'sqlite3 {path} "PRAGMA foreign_keys = ON" "CREATE TEMP TABLE stage AS SELECT * FROM transactions"'
        f' ".import --csv --skip 1 --schema temp {places.files.local} stage" "INSERT INTO transactions {taken}"'
    )
    ours = f"{_import(places.files.local, f'sqlite:///{path}')} --yes"
    return (
        Case(name=SHELL, engine="sqlite", command=shell, prepare=prepare),
        Case(name=CHECKED, engine="sqlite", command=checked, prepare=prepare, reference=SHELL),
        Case(
            name="import into sqlite",
            engine="sqlite",
            command=ours,
            prepare=prepare,
            reference=SHELL,
            gate=1.6,
            also=(CHECKED, 1.6),
            memory=MEMORY,
        ),
    )


def _mariadb(places: Places) -> tuple[Case, ...]:
    client = places.mariadb_client
    load = (
        f"LOAD DATA INFILE '{places.files.local}' INTO TABLE transactions CHARACTER SET utf8mb4"
        " FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' IGNORE 1 LINES"
        " (id, account_id, booked_at, amount, currency, description, @category_id, @is_pending, metadata, created_at)"
        " SET category_id = nullif(@category_id, ''), is_pending = (@is_pending = 'true')"
    )
    prepare = f'{client} -e "TRUNCATE transactions"'
    return (
        Case(name=LOADED, engine="mariadb", command=f'{client} <<"END"\n{load}\nEND', prepare=prepare),
        Case(
            name="import into mariadb",
            engine="mariadb",
            command=f"{_import(places.files.local, places.mariadb)} --yes",
            prepare=prepare,
            reference=LOADED,
            gate=1.3,
            memory=MEMORY,
        ),
    )


def _import(file: object, url: str) -> str:
    return f"ENTREPOT_STATE={{out}}/state entrepot import {file} --into transactions --db {url}"


def psql(places: Places) -> str:
    return f"psql -X -q -v ON_ERROR_STOP=1 -d {places.postgres}"


def prepared(places: Places, table: str) -> str:
    """`empty` or `full`."""
    return f"{psql(places)} -f {table}.sql"
