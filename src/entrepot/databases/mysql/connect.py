"""A URL becomes a connection whose every setting that changes bytes, order or rights is pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast

from entrepot.databases.mysql.address import Address
from entrepot.databases.mysql.failures import number_of, rogue_server, sentence_of, translated
from entrepot.model.errors import AccessError, EntrepotError, InputError, UnavailableError, missing_extra

if TYPE_CHECKING:
    import pymysql

    Connection = pymysql.Connection[Any]

CONNECT_SECONDS = 10
LOCK_SECONDS = 10
READ_SECONDS = 3600
"""A consumer may be slow for an hour (a full disk, a suspended process) before the server gives up."""
PINNED = (
    # quotes alone delimit text; dates that were kept once compare as they are; CHAR is not padded
    "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,ALLOW_INVALID_DATES'",
    "SET SESSION time_zone = '+00:00'",
    f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}",
    f"SET SESSION net_write_timeout = {READ_SECONDS}",
    "SET SESSION wait_timeout = 28800",
    "SET SESSION group_concat_max_len = 4294967295",
    "SET SESSION sql_select_limit = DEFAULT",
    "SET SESSION max_error_count = 65535",  # the warning that a value was too long must not be crowded out
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SET SESSION div_precision_increment = 10",  # day numbers keep their microseconds
)
ONE_OF = (
    # MariaDB's name (seconds), then MySQL's (milliseconds)
    ("SET SESSION max_statement_time = 0", "SET SESSION max_execution_time = 0"),
    # while rows are compared here, the transaction there is idle
    ("SET SESSION idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0", "DO 0"),
    ("SET SESSION idle_write_transaction_timeout = 0", "DO 0"),
)
STRICT = "NO_BACKSLASH_ESCAPES,ALLOW_INVALID_DATES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO"
WRITING = (
    # what does not fit is an error; dates that were kept once can be kept again; a key of 0 stays 0
    f"SET SESSION sql_mode = '{STRICT}'",
    "SET SESSION autocommit = 0",  # a transaction that the server ended by itself must not go on row by row
    "SET SESSION foreign_key_checks = 1, unique_checks = 1",
    "SET SESSION sql_safe_updates = 0, sql_big_selects = 1, completion_type = 0",
    f"SET SESSION innodb_lock_wait_timeout = {LOCK_SECONDS}",
    f"SET SESSION net_read_timeout = {READ_SECONDS}",  # whoever makes the rows may be slow, too
)
"""What is pinned besides, where rows are changed."""
MARIA_ONLY = ("SET SESSION check_constraint_checks = 1", "DO 0")
UNKNOWN_VARIABLE = 1193
OLDEST = {"MariaDB": (10, 3), "MySQL": (8, 0)}


def connect(address: Address, flags: int = 0) -> Connection:
    """An autocommit connection with our settings. Never answers a server that asks for a file."""
    connection = _open(address, flags)
    try:
        with translated("connecting"):
            _require_version(connection)
            _pin(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_change(address: Address) -> Connection:
    """As `connect`, strict, without autocommit, and able to send rows (`local_load`). An UPDATE counts the rows that
    it found."""
    from pymysql.constants import CLIENT

    connection = connect(address, CLIENT.LOCAL_FILES | CLIENT.FOUND_ROWS)
    try:
        with translated("connecting"), connection.cursor() as cursor:
            for statement in WRITING:
                cursor.execute(statement)
            _first_known(cursor, *MARIA_ONLY)
    except BaseException:
        connection.close()
        raise
    return connection


class _Inside(Protocol):
    def _force_close(self) -> None: ...


def hang_up(connection: Connection) -> None:
    """At once, without a word to the server."""
    cast("_Inside", connection)._force_close()


def _open(address: Address, flags: int) -> Connection:
    try:
        import pymysql

        from entrepot.databases.mysql import driver
    except ImportError as error:
        raise missing_extra("mysql", "Reading MySQL and MariaDB") from error
    arguments: dict[str, Any] = {**address.place_arguments(), **address.ssl_arguments()}
    try:
        return driver.Connection(
            **arguments,
            user=address.user,
            password=address.password.encode(),
            database=address.database,
            charset="utf8mb4",
            collation="utf8mb4_bin",  # texts made on the way compare byte by byte
            autocommit=True,
            local_infile=False,
            client_flag=flags,
            connect_timeout=CONNECT_SECONDS,
            program_name=address.program,
        )
    except pymysql.Error as error:
        raise _not_connected(error, address) from error
    except RuntimeError as error:
        raise _unexpected(error, address) from error


def _unexpected(error: RuntimeError, address: Address) -> EntrepotError:
    if "LOAD_LOCAL" in str(error):
        return rogue_server()
    if "cryptography" in str(error):
        return missing_extra("mysql", "Signing in to this server")
    return _unreachable(address, str(error))


def _require_version(connection: Connection) -> None:
    version = connection.get_server_info()
    product, numbers = product_version(version)
    if numbers < OLDEST[product]:
        oldest = ".".join(map(str, OLDEST[product]))
        raise UnavailableError(
            "server_too_old",
            f"The server is {product} {version}; Entrepot reads {oldest} and newer.",
            remedy="Upgrade the server, or export with the tools that came with it.",
        )


def product_version(version: str) -> tuple[str, tuple[int, int]]:
    """
    >>> product_version("5.5.5-10.11.19-MariaDB-0+deb12u1")
    ('MariaDB', (10, 11))
    """
    product = "MariaDB" if "mariadb" in version.lower() else "MySQL"
    # MariaDB calls itself 5.5.5-… towards old replication clients
    numbers = version.removeprefix("5.5.5-").split("-")[0].split(".")
    return product, (int(numbers[0]), int(numbers[1]))


def _pin(connection: Connection) -> None:
    with connection.cursor() as cursor:
        for statement in PINNED:
            cursor.execute(statement)
        for first, second in ONE_OF:
            _first_known(cursor, first, second)


def _first_known(cursor: pymysql.cursors.Cursor, *statements: str) -> None:
    import pymysql

    for statement in statements:
        try:
            cursor.execute(statement)
        except pymysql.Error as error:
            if number_of(error) != UNKNOWN_VARIABLE:
                raise
        else:
            return


def _not_connected(error: Exception, address: Address) -> EntrepotError:
    number = number_of(error)
    if number in (1045, 1698, 1130, 1251):
        return AccessError(
            "wrong_password",
            f"The server {address.place} refuses the user '{address.user}': wrong name or password, or not let in.",
            remedy="Check user and password in the address (write %40 for @ inside them), and from where the user may "
            "connect.",
        )
    if number == 1044:
        return AccessError(
            "permission_denied",
            f"The user '{address.user}' may not use the database '{address.database}' on {address.place}.",
            remedy="Ask for GRANT SELECT on it, or check the name behind the last / of the address.",
        )
    if number == 1049:
        return InputError(
            "unknown_database",
            f"There is no database '{address.database}' on {address.place}.",
            remedy="Check the name behind the last / of the address.",
        )
    return _unreachable(address, sentence_of(error))


def _unreachable(address: Address, words: str) -> UnavailableError:
    return UnavailableError(
        "unreachable",
        f"The server {address.place} cannot be reached: {address.clean(words)}.",
        remedy="Check host and port, that the server runs, and that a firewall lets you through.",
    )
