"""The end of a transaction, where a lost answer leaves everything open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.databases.complaints import connection_lost, outcome_unknown
from entrepot.databases.mysql.failures import number_of, sentence_of, translate

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

NEVER_SENT = 0
"""The driver's number for a connection that was closed before."""
OPEN = frozenset({1053, 1077, 1080, 1152, 1158, 1159, 1160, 1161, 1317, 1927, 2006, 2013})
"""Errors that say nothing about whether it happened: shutdown, a broken line, a kill."""


def commit(connection: Connection) -> None:
    import pymysql

    try:
        connection.commit()
    except pymysql.Error as error:
        number, sentence = number_of(error), sentence_of(error)
        if number == NEVER_SENT:
            raise connection_lost("it was closed before", "committing") from error
        if number is None or number in OPEN:
            raise outcome_unknown(sentence) from error
        raise translate(error, "committing") from error
