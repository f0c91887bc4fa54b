"""`by_django.py into FILE URL`, `by_django.py out FILE URL ROWS`: django-import-export, in bulk where it can."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

django = import_module("django")
settings = import_module("django.conf").settings
MOMENTS = ("booked_at", "created_at")


def set_up(url: str) -> None:
    parts = urlsplit(url)
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "PASSWORD": parts.password,
        "HOST": parts.hostname,
        "PORT": parts.port,
    }
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=["import_export"], USE_TZ=True)
    django.setup()


def resource() -> Any:
    """The tables that are there, as models, and what takes them in and out."""
    models = import_module("django.db.models")
    resources = import_module("import_export.resources")
    widgets = import_module("import_export.widgets")
    fields = import_module("import_export.fields")

    def meta(table: str) -> Any:
        return type("Meta", (), {"app_label": "bank", "db_table": table, "managed": False})

    class Account(models.Model):
        id = models.UUIDField(primary_key=True)
        Meta = meta("accounts")

    class Category(models.Model):
        id = models.IntegerField(primary_key=True)
        Meta = meta("categories")

    class Transaction(models.Model):
        id = models.BigIntegerField(primary_key=True)
        account = models.ForeignKey(Account, models.PROTECT)
        booked_at = models.DateTimeField()
        amount = models.DecimalField(max_digits=14, decimal_places=2)
        currency = models.CharField(max_length=3)
        description = models.TextField()
        category = models.ForeignKey(Category, models.PROTECT, null=True)
        is_pending = models.BooleanField()
        metadata = models.JSONField()
        created_at = models.DateTimeField()
        Meta = meta("transactions")

    class Moment(widgets.DateTimeWidget):
        """The one that comes with it refuses PostgreSQL's own spelling of a moment."""

        def clean(self, value: str, row: object = None, **more: object) -> Any:
            return import_module("datetime").datetime.fromisoformat(value)

    class Transactions(resources.ModelResource):
        account = fields.Field("account", "account_id", widgets.ForeignKeyWidget(Account))
        category = fields.Field("category", "category_id", widgets.ForeignKeyWidget(Category))
        booked_at = fields.Field("booked_at", "booked_at", Moment())
        created_at = fields.Field("created_at", "created_at", Moment())

        class Meta:
            model = Transaction
            use_bulk = True
            skip_diff = True

    return Transactions()


def into(file: str, url: str) -> None:
    set_up(url)
    dataset = import_module("tablib").Dataset()
    with open(file, encoding="utf-8", newline="") as source:  # noqa: PTH123 - as its documentation does
        dataset.load(source, format="csv")
    resource().import_data(dataset, raise_errors=True, use_transactions=True)


def out(file: str, url: str, rows: str) -> None:
    set_up(url)
    taken = resource()
    with open(file, "w", encoding="utf-8", newline="") as target:  # noqa: PTH123
        target.write(taken.export(taken.get_queryset()[: int(rows)]).csv)


if __name__ == "__main__":
    {"into": into, "out": out}[sys.argv[1]](*sys.argv[2:])
