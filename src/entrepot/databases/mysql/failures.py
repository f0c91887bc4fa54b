"""What MySQL and its driver complain about, in our words. The password never appears in any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from entrepot.databases import complaints
from entrepot.model.errors import AccessError, BugError, EntrepotError, UnavailableError

SCHEMA_CHANGED = frozenset({1051, 1054, 1146, 1412, 1932})
"""Unknown table, unknown column, no such table, table definition has changed, table gone from the engine."""
NAMED_TABLE = re.compile(r"for table `?(?:[^`']*`\.`)?([^`']+)[`']")

RIGHTS = re.compile(r"([A-Z]+(?: [A-Z]+)*(?:, ?[A-Z]+(?: [A-Z]+)*)*) command denied")


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Driver errors in the block leave it as ours. `doing` completes «while …»."""
    import pymysql

    try:
        yield
    except pymysql.Error as error:
        raise translate(error, doing) from error
    except RuntimeError as error:
        # the driver's only way to say that the server asked for a file of ours (LOAD DATA LOCAL)
        if "LOAD_LOCAL" not in str(error):
            raise
        raise rogue_server() from error


def translate(error: Exception, doing: str) -> EntrepotError:
    """By the server's error number; none at all means that the driver gave up."""
    number, sentence = number_of(error), sentence_of(error)
    if number in SCHEMA_CHANGED:
        return complaints.schema_changed(sentence)
    if number in KNOWN:
        return KNOWN[number](sentence, doing)
    if number is None or number < 1000:
        return complaints.connection_lost(sentence or "no answer", doing)
    return complaints.complaint("The database", str(number), sentence, doing)


def number_of(error: Exception) -> int | None:
    return error.args[0] if error.args and isinstance(error.args[0], int) else None


def sentence_of(error: Exception) -> str:
    text = str(error.args[1]) if len(error.args) > 1 else str(error)
    return text.strip().rstrip(".")


def permission_denied(what: str) -> AccessError:
    return complaints.hidden_table(f"'{what}'", f"GRANT SELECT on {what}")


def rogue_server() -> AccessError:
    return AccessError(
        "file_requested",
        "The server asked for a file of this machine instead of answering. It was refused.",
        remedy="Check whom the address points to; this is no honest database.",
    )


def _refused(sentence: str, _doing: str) -> EntrepotError:
    found = NAMED_TABLE.search(sentence)
    if not found:
        return complaints.refused("The database", sentence)
    table, rights = found[1].rpartition(".")[2], RIGHTS.match(sentence)
    if rights and not rights[1].startswith(("SELECT", "SHOW")):
        return complaints.missing_right(rights[1], table)
    return permission_denied(table)


def _locked(_sentence: str, doing: str) -> EntrepotError:
    return complaints.locked(doing)


def _deadlock(_sentence: str, doing: str) -> EntrepotError:
    return complaints.deadlock(doing)


def _changed(_sentence: str, doing: str) -> EntrepotError:
    return complaints.serialization_failure(doing)


def _full(sentence: str, doing: str) -> EntrepotError:
    return UnavailableError(
        "server_full",
        f"The database has no room left, while {doing}: {sentence}. Nothing was written.",
        remedy="Make room on the database's disk, or raise the limit that it names.",
    )


def _killed(_sentence: str, doing: str) -> EntrepotError:
    """By somebody else: a session that was asked to stop says so itself."""
    return UnavailableError(
        "query_killed", f"Somebody ended the query with KILL, while {doing}.", remedy="Ask who, then run it again."
    )


def _timeout(_sentence: str, doing: str) -> EntrepotError:
    return complaints.timed_out(doing)


def row_too_large() -> UnavailableError:
    return UnavailableError(
        "row_too_large",
        "A row is larger than the server gives out, or takes in, in one piece.",
        remedy="Raise max_allowed_packet on the server, or leave the large field out.",
    )


def _too_large(_sentence: str, _doing: str) -> EntrepotError:
    return row_too_large()


def broken_stream(detail: str) -> BugError:
    return BugError("broken_stream", f"The rows from the server make no sense: {detail}.", remedy="Please report it.")


def broken_rows(detail: str) -> BugError:
    return BugError(
        "broken_rows", f"Rows on their way into the database make no sense: {detail}.", remedy="Please report it."
    )


KNOWN: Mapping[int, Callable[[str, str], EntrepotError]] = {
    1044: _refused,  # access denied for user to database
    1142: _refused,  # command denied to user for table
    1143: _refused,  # command denied to user for column
    1227: _refused,  # you need this privilege
    1345: _refused,  # SHOW of a view
    1356: _refused,  # the view, or who defined it, lacks rights or tables
    1370: _refused,  # execute denied on routine
    1205: _locked,  # lock wait timeout
    1213: _deadlock,
    1020: _changed,  # record has changed since it was read
    1114: _full,  # table is full
    1021: _full,  # disk is full
    1197: _full,  # the transaction is longer than max_binlog_cache_size
    1301: _too_large,  # a function's result exceeds max_allowed_packet
    1053: complaints.connection_lost,  # server shutdown in progress
    1077: complaints.connection_lost,  # normal shutdown
    1080: complaints.connection_lost,  # forcing close
    1152: complaints.connection_lost,  # aborted connection
    1317: _killed,  # query interrupted
    1927: complaints.connection_lost,  # connection was killed
    1969: _timeout,  # max_statement_time exceeded
    2006: complaints.connection_lost,  # server has gone away
    2013: complaints.connection_lost,  # lost connection during query
    3024: _timeout,  # MySQL: max_execution_time exceeded
}
