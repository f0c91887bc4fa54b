"""`by_pandas.py insert|copy FILE URL` and `by_pandas.py out FILE URL ROWS`: pandas with SQLAlchemy and psycopg."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

pandas = import_module("pandas")
sqlalchemy = import_module("sqlalchemy")
postgresql = import_module("sqlalchemy.dialects.postgresql")
CHUNK = 10_000
MOMENTS = ("booked_at", "created_at")


def insert(file: str, url: str) -> None:
    """`to_sql` as it is by default; it cannot know the table's types, so they are given."""
    types = {"account_id": sqlalchemy.Uuid(as_uuid=False), "amount": sqlalchemy.Numeric(14, 2)}
    types |= {"metadata": postgresql.JSONB()} | {name: sqlalchemy.DateTime(timezone=True) for name in MOMENTS}
    frame = pandas.read_csv(
        file,
        dtype={"amount": str, "category_id": "Int64"},
        converters={"metadata": json.loads},
        parse_dates=list(MOMENTS),
        date_format="ISO8601",
    )
    with _engine(url).begin() as connection:
        frame.to_sql("transactions", connection, if_exists="append", index=False, chunksize=CHUNK, dtype=types)


def copy(file: str, url: str) -> None:
    """`to_sql` with the callable that pandas' documentation recommends for PostgreSQL: no type matters to it."""
    frame = pandas.read_csv(file, dtype=str)
    with _engine(url).begin() as connection:
        frame.to_sql("transactions", connection, if_exists="append", index=False, chunksize=CHUNK, method=copied)


def copied(table: Any, connection: Any, names: list[str], rows: Iterable[Any]) -> None:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN WITH CSV"
    with connection.connection.cursor() as cursor, cursor.copy(statement) as sent:
        sent.write(lines.getvalue())


def out(file: str, url: str, rows: str) -> None:
    with _engine(url).connect().execution_options(stream_results=True) as connection:
        chunks = pandas.read_sql(f"SELECT * FROM transactions LIMIT {int(rows)}", connection, chunksize=CHUNK)
        for at, chunk in enumerate(chunks):
            chunk.to_csv(file, mode="a", header=at == 0, index=False)


def _engine(url: str) -> Any:
    return sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


if __name__ == "__main__":
    {"insert": insert, "copy": copy, "out": out}[sys.argv[1]](*sys.argv[2:])
