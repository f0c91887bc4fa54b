"""The data set: a bank's `transactions`, with `accounts` and `categories`, the same on every machine."""

from __future__ import annotations

import csv
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

ACCOUNTS = 10_000
CATEGORIES = 200
START = datetime(2023, 1, 1)  # noqa: DTZ001 - rendered with an explicit +00 below
WORDS = (
    *("invoice", "rent", "café", "Überweisung", "salary", "groceries", "taxi, airport", 'the "Blue Note"', "подписка"),
    *("refund", "家賃", "insurance", "pharmacy", "fuel", "books", "train", "hôtel", "gift", "fee", "repair"),
)
COLUMNS = (
    *("id", "account_id", "booked_at", "amount", "currency", "description", "category_id", "is_pending"),
    *("metadata", "created_at"),
)


def account_id(number: int) -> str:
    return str(uuid.UUID(int=random.Random(number).getrandbits(128), version=4))


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
