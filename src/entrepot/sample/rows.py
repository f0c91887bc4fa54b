"""Seeded rows of the sample, entity by entity, parents first: the same on every machine."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from entrepot.sample import words

Row = tuple[object, ...]
START = datetime(2024, 1, 1, 8)  # noqa: DTZ001 - the application keeps naive local times, as many do
ORDERS = 12_000


class Sample:
    """Draws the rows. Each method may be called once, in the order of `tables()`."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.users_of: dict[int, list[int]] = {}
        self.products_of: dict[int, list[tuple[int, int]]] = {}
        self.tenant_of_customer: list[int] = []
        self.shipped: list[int] = []
        self.lines: list[Row] = []

    def tables(self) -> Iterator[tuple[str, Iterator[Row]]]:
        yield "currencies", iter(words.CURRENCIES)
        yield "tenants", self.tenants()
        yield "users", self.users()
        yield "categories", self.categories()
        yield "products", self.products()
        yield "customers", self.customers()
        yield "orders", self.orders()
        yield "order_lines", iter(self.lines)
        yield "shipments", self.shipments()
        yield "attachments", self.attachments()
        yield "events", self.events()

    def moment(self) -> str:
        return str(START + timedelta(seconds=self.random.randrange(600 * 86_400)))

    def person(self) -> str:
        return f"{self.random.choice(words.FIRST_NAMES)} {self.random.choice(words.LAST_NAMES)}"

    def tenants(self) -> Iterator[Row]:
        for number, (slug, name, country) in enumerate(words.TENANTS, 1):
            plan = ("standard", "enterprise", "free")[number % 3]
            yield number, slug, name, country, plan, number * 20 - 19, str(START + timedelta(days=number))

    def users(self) -> Iterator[Row]:
        for number in range(1, 20 * len(words.TENANTS) + 1):
            tenant = (number - 1) // 20 + 1
            self.users_of.setdefault(tenant, []).append(number)
            settings = {
                "theme": self.random.choice(["light", "dark"]),
                "page_size": number % 5 * 10,
                "tags": ["ä", "β"],
            }
            preferences = json.dumps(settings, ensure_ascii=False) if number % 4 else None
            email = f"user{number}@{words.TENANTS[tenant - 1][0]}.example"
            yield number, tenant, email, self.person(), number % 9 != 0, preferences, self.moment()

    def categories(self) -> Iterator[Row]:
        number = 0
        for parent, children in words.CATEGORIES.items():
            number += 1
            top = number
            yield top, None, parent
            for child in children:
                number += 1
                yield number, top, child

    def products(self) -> Iterator[Row]:
        for number in range(1, 1_501):
            tenant = number % len(words.TENANTS) + 1
            cents = self.random.randrange(95, 25_000)
            self.products_of.setdefault(tenant, []).append((number, cents))
            name = f"{self.random.choice(words.ADJECTIVES)} {self.random.choice(words.GOODS)}"
            origin = {
                "origin": self.random.choice(words.ORIGINS),
                "organic": number % 3 == 0,
                "shelf_days": number % 90,
            }
            weight = round(self.random.uniform(0.05, 25), 3) if number % 11 else None
            attributes = json.dumps(origin, ensure_ascii=False) if number % 7 else None
            category = self.random.choice([2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 17, 18, 19])
            yield number, tenant, category, f"{number:07d}", name, money(cents), weight, attributes

    def customers(self) -> Iterator[Row]:
        for number in range(1, 3_001):
            tenant = self.random.randrange(len(words.TENANTS)) + 1
            self.tenant_of_customer.append(tenant)
            city, country = self.random.choice(words.CITIES)
            name = f"{self.random.choice(words.LAST_NAMES)} {self.random.choice(words.TRADES)}"
            phone = f"0{self.random.randrange(10**8):08d}" if number % 3 else None
            notes = self.random.choice(words.NOTES) if number % 5 == 0 else ("" if number % 5 == 1 else None)
            email = f"buyer{number}@customer.example" if number % 6 else None
            yield number, tenant, name, city, country, email, phone, notes, self.moment()

    def orders(self) -> Iterator[Row]:
        for number in range(1, ORDERS + 1):
            customer = self.random.randrange(len(self.tenant_of_customer)) + 1
            tenant = self.tenant_of_customer[customer - 1]
            total = self.order_lines(number, tenant)
            status = self.random.choice(("open", "packed", "shipped", "shipped", "shipped", "cancelled"))
            if status == "shipped":
                self.shipped.append(number)
            taken_by = self.random.choice(self.users_of[tenant]) if number % 10 else None
            at = self.moment()
            yield number, customer, taken_by, f"SO-{number:06d}", status, at[:10], money(total), at

    def order_lines(self, order: int, tenant: int) -> int:
        """Adds the lines of one order; their sum in cents."""
        total = 0
        for line in range(1, self.random.randrange(1, 6) + 1):
            product, cents = self.random.choice(self.products_of[tenant])
            quantity = self.random.randrange(1, 25)
            total += cents * quantity
            self.lines.append((order, line, product, quantity, money(cents)))
        return total

    def shipments(self) -> Iterator[Row]:
        for number, order in enumerate(self.shipped, 1):
            left = START + timedelta(minutes=self.random.randrange(800_000))
            arrived = left + timedelta(hours=self.random.randrange(4, 90)) if number % 8 else None
            code = f"{self.random.randrange(10**14):014d}" if number % 4 else None
            yield number, order, self.random.choice(words.CARRIERS), code, str(left), arrived and str(arrived)

    def attachments(self) -> Iterator[Row]:
        for number in range(1, 41):
            name = f"Lieferschein {number:03d}.txt" if number % 2 else f"納品書-{number:03d}.txt"
            key = f"orders/{number:04d}/{number:04d}.txt"
            checksum = hashlib.sha256(file_content(number)).digest()
            yield number, number * 7, name, "text/plain", key, checksum, self.moment()

    def events(self) -> Iterator[Row]:
        for number in range(1, 12_001):
            tenant = self.random.randrange(len(words.TENANTS)) + 1
            kind = self.random.choice(words.EVENT_KINDS)
            payload = {"ip": f"192.0.2.{number % 250}", "ms": number % 997, "ok": number % 13 != 0, "ratio": number / 8}
            user = self.random.choice(self.users_of[tenant]) if number % 5 else None
            yield number, tenant, user, kind, json.dumps(payload), self.moment()


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def file_content(number: int) -> bytes:
    """The bytes of one attachment."""
    return (f"Delivery note {number}\nThank you — merci — ありがとう\n" * (number % 9 + 1)).encode()
