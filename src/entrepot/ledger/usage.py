"""How much stored files take, and whether more may be stored."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from entrepot.ledger.records import Records
from entrepot.ledger.tables import ARTIFACTS
from entrepot.ledger.turns import take_turn
from entrepot.model.errors import QuotaError
from entrepot.model.quotas import Quota, Use

TURN = "quota"
REMEDY = "Clean up (entrepot cleanup), shorten [retention], or have the quota raised."


class Usage:
    def __init__(self, records: Records) -> None:
        self._records = records

    def of(self, tenant: str | None) -> tuple[Use, ...]:
        """By kinds, the largest first. None: of all."""
        with self._records.reading() as connection:
            return _used(connection, tenant)

    def check(self, quota: Quota, size: int) -> None:
        """QuotaError unless so many bytes more may be stored now."""
        if quota.is_set:
            with self._records.reading() as connection:
                must_fit(connection, quota, size)


def must_fit_in_turn(connection: Connection, quota: Quota, size: int) -> None:
    """Inside the transaction that stores it: of two who would fill up the rest, one does."""
    if quota.is_set:
        take_turn(connection, TURN)
        must_fit(connection, quota, size)


def must_fit(connection: Connection, quota: Quota, size: int) -> None:
    if quota.is_of_tenant:
        used = _used(connection, quota.tenant)
        if _sum(used) + size > (quota.of_tenant or 0):
            raise _full(f"tenant {quota.tenant}", "[tenancy] quota", used, quota.of_tenant or 0, size)
    if quota.of_all is not None:
        used = _used(connection, None)
        if _sum(used) + size > quota.of_all:
            told = used if quota.tenant is None else ()  # what others have stored is not theirs to know
            raise _full("this installation", "[state] quota", told, quota.of_all, size)


def _used(connection: Connection, tenant: str | None) -> tuple[Use, ...]:
    size, count = func.sum(ARTIFACTS.c.bytes), func.count()
    query = select(ARTIFACTS.c.kind, count, size).group_by(ARTIFACTS.c.kind).order_by(size.desc(), ARTIFACTS.c.kind)
    if tenant is not None:
        query = query.where(ARTIFACTS.c.tenant == tenant)
    return tuple(Use(kind=kind, count=many, bytes=int(sum_)) for kind, many, sum_ in connection.execute(query))


def _sum(used: Sequence[Use]) -> int:
    return sum(each.bytes for each in used)


def _full(whose: str, setting: str, used: Sequence[Use], most: int, size: int) -> QuotaError:
    words = ", ".join(f"{each.bytes:,} of kind {each.kind} ({each.count:,})" for each in used)
    taken = f", which has {_sum(used):,}: {words}" if used else ""
    return QuotaError(
        "quota_exceeded",
        f"{size:,} bytes more do not fit into the {most:,} that {setting} gives {whose}{taken}.",
        remedy=REMEDY,
    )
