"""The data set: a bank's `transactions`, with `accounts` and `categories`, the same on every machine."""

from __future__ import annotations

import csv
import random
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

ACCOUNTS = 10_000
CATEGORIES = 200
START = datetime(2023, 1, 1)  # noqa: DTZ001 - rendered with an explicit +00 below
WORDS = (
    *("invoice", "rent", "café", "Überweisung", "salary", "groceries", "taxi, airport", 'the "Blue Note"', "подписка"),
    *("refund", "家賃", "insurance", "pharmacy", "fuel", "books", "train", "hôtel", "gift", "fee", "repair"),
)
ZEROS = re.compile(r"(?:\.0+|(\.\d*[1-9])0+)\+00")
COLUMNS = (
    *("id", "account_id", "booked_at", "amount", "currency", "description", "category_id", "is_pending"),
    *("metadata", "created_at"),
)


def account_id(number: int) -> str:
    return str(uuid.UUID(int=random.Random(number).getrandbits(128), version=4))


def import_files(folder: Path, rows: int) -> ImportFiles:
    """The same rows as files to import, made once: with a header, changed in every row, with faults in some."""
    plain = write_csv(folder, rows)
    header = ",".join(COLUMNS) + "\n"
    files = ImportFiles(
        clean=folder / f"import-{rows}.csv",
        loose=folder / f"import-{rows}-loose.csv",
        changed=folder / f"import-{rows}-changed.csv",
        faulty=folder / f"import-{rows}-faulty.csv",
        local=folder / f"import-{rows}-local.csv",
    )
    if not files.local.exists():
        with plain.open(encoding="utf-8") as source:
            _write(files.loose, header, source)
        with files.loose.open(encoding="utf-8") as source:
            _write(files.clean, "", (ZEROS.sub(r"\1+00", line) for line in source))
        with files.clean.open(encoding="utf-8") as source:
            _write(files.changed, "", (line.replace('""n"": ', '""n"": 1') for line in source))
            source.seek(0)
            _write(files.faulty, "", (fault(line) if at % 10 == 1 else line for at, line in enumerate(source)))
            source.seek(0)
            _write(files.local, "", (line.replace("+00", "") for line in source))
    return files


@dataclass(frozen=True, kw_only=True)
class ImportFiles:
    clean: Path
    """As PostgreSQL itself writes these rows."""
    loose: Path
    """As Python does: one in five moments ends with a zero too many."""
    changed: Path
    """Every row has another `metadata`."""
    faulty: Path
    """Every tenth row has an amount that is none."""
    local: Path
    """Moments without a zone, as MariaDB and SQLite have them."""


def fault(line: str) -> str:
    values = line.split(",", 4)
    values[3] = f"{values[3]} or so"
    return ",".join(values)


def _write(path: Path, header: str, lines: Iterable[str]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", newline="", encoding="utf-8") as file:
        file.write(header)
        file.writelines(lines)
    part.rename(path)


def transactions(rows: int) -> Iterator[tuple[object, ...]]:
    draw = random.Random(42)
    accounts = [account_id(number) for number in range(ACCOUNTS)]
    for number in range(1, rows + 1):
        booked = START + timedelta(microseconds=draw.randrange(60_000_000_000_000))
        amount = draw.randrange(-500_000_00, 500_000_00)
        words = " ".join(draw.choices(WORDS, k=draw.randrange(3, 7)))[:60].strip()
        category = draw.randrange(1, CATEGORIES + 1) if draw.random() > 0.1 else None
        metadata = f'{{"channel": "{draw.choice(("web", "app", "branch"))}", "n": {number % 1000}, "ok": true}}'
        yield (
            number,
            draw.choice(accounts),
            f"{booked}+00",
            f"{amount / 100:.2f}",
            draw.choice(("EUR", "GBP", "USD", "CHF")),
            words,
            category,
            "true" if number % 17 == 0 else "false",
            metadata,
            f"{booked + timedelta(seconds=number % 86_400)}+00",
        )


def write_csv(folder: Path, rows: int) -> Path:
    """`transactions-<rows>.csv`, made once."""
    path = folder / f"transactions-{rows}.csv"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(transactions(rows))
        part.rename(path)
    return path
