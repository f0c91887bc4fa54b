"""PyMySQL's connection, without certificates where nobody looks at any."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Protocol, cast

import pymysql

if TYPE_CHECKING:
    Driver = pymysql.Connection[Any]
else:
    Driver = pymysql.Connection


class _Inside(Protocol):
    def _create_ssl_ctx(self, sslp: dict[str, Any]) -> ssl.SSLContext: ...


class Connection(Driver):
    """The driver reads all certificates of the system for every connection, also for one that is encrypted without a
    look at whom it reaches: twenty milliseconds each time."""

    def _create_ssl_ctx(self, sslp: dict[str, Any]) -> ssl.SSLContext:
        if sslp.get("ca") or sslp.get("verify_mode"):
            return cast("_Inside", super())._create_ssl_ctx(sslp)
        blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        blind.check_hostname = False
        blind.verify_mode = ssl.CERT_NONE
        return blind
