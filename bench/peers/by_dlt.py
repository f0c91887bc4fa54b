"""`by_dlt.py into FILE URL FOLDER`: dlt, the file read by Arrow and loaded with COPY; its state is kept in FOLDER."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

dlt = import_module("dlt")
arrow = import_module("pyarrow")
arrow_csv = import_module("pyarrow.csv")
MOMENT = arrow.timestamp("us", "UTC")
TYPES = {
    "account_id": arrow.string(),
    "amount": arrow.decimal128(14, 2),
    "booked_at": MOMENT,
    "created_at": MOMENT,
    "metadata": arrow.string(),
}


def into(file: str, url: str, folder: str) -> None:
    @dlt.resource(name="transactions", write_disposition="append", columns={"metadata": {"data_type": "json"}})
    def transactions() -> Iterator[Any]:
        yield from arrow_csv.open_csv(file, convert_options=arrow_csv.ConvertOptions(column_types=TYPES))

    pipeline = dlt.pipeline("bench", pipelines_dir=folder, dataset_name="public", destination=_postgres(url))
    pipeline.run(transactions(), loader_file_format="csv").raise_on_failed_jobs()


def _postgres(url: str) -> Any:
    return dlt.destinations.postgres(credentials=url)


if __name__ == "__main__":
    {"into": into}[sys.argv[1]](*sys.argv[2:])
