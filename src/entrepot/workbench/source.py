"""DuckDB, locked down, and CSV as it reads it. Its errors become ours here."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from entrepot.model.errors import BugError, DamagedError, EntrepotError, StorageError
from entrepot.model.templates import CsvDialect
from entrepot.workbench.borders import longest_row
from entrepot.workbench.refusing import out_of_memory

SLACK_BYTES = 100_000
FACT = re.compile(
    "Expected Number of Columns: [0-9]+ Found: [0-9]+|Value with unterminated quote|Invalid unicode"
    "|The CSV Parser state machine reached an invalid state"
)
LONGEST_FACT = 300
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
COMMAS = CsvDialect()
CONFIG: dict[str, bool | float | int | list[str] | str] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


@dataclass(frozen=True, kw_only=True)
class Database:
    """One for the child's whole life: every new one would keep address space that its allocator got."""

    connection: duckdb.DuckDBPyConnection
    memory_bytes: int

    @property
    def longest_row_bytes(self) -> int:
        return longest_row(self.memory_bytes)

    def csv(self, paths: Sequence[str], columns: int, dialect: CsvDialect = COMMAS, longest: int | None = None) -> str:
        """A table expression with columns v0, v1, …: people's names could differ in nothing but case. `longest` is what
        no row exceeds, if that is less than any may have.

        Never in parallel: it guesses where rows begin, wrongly in long texts full of quotes and line breaks."""
        names = ",".join(f"'v{number}':'VARCHAR'" for number in range(max(1, columns)))
        longest = longest or self.longest_row_bytes
        return (
            f"read_csv([{', '.join(map(literal, paths))}], auto_detect=false, parallel=false, header=true,"
            f" buffer_size={longest + SLACK_BYTES}, max_line_size={longest + 1},"
            f" columns={{{names}}},"
            f" delim={literal(dialect.delimiter)}, quote={literal(dialect.quote)}, escape={literal(dialect.quote)},"
            f" nullstr={literal(dialect.null)}, allow_quoted_nulls=false, new_line={newline(dialect)})"
        )


@contextmanager
def connected(memory_bytes: int, tables: Path) -> Iterator[Database]:
    """A database that sees the work folder (the current one) and nothing else, and keeps its tables and spills in
    `tables`.

    Its tables are in a file because of those in memory up to 30 bytes of each record cannot be put aside. Nobody needs
    that file afterwards, so it is neither packed nor forced to the disk, and costs no time then.

    One thread: a second one would wait for the next pipe to open while it holds what the first needs.
    It also keeps the order of rows; to insist on it would only keep Parquet from counting bytes.
    `type_pushdown` would turn TRY_CAST over read_csv into a cast that aborts; the progress bar would be printed.
    """
    here = str(Path.cwd()) + "/"
    with duckdb.connect(tables / "workbench.duckdb", config=CONFIG) as connection:
        for setting in (
            f"SET memory_limit='{memory_bytes // 1000}KB'",
            "SET fsync_mode='NONE'",
            "SET force_compression='uncompressed'",
            "SET threads=1",
            "SET preserve_insertion_order=false",
            "SET enable_progress_bar=false",
            "SET disabled_optimizers='type_pushdown'",
            "SET TimeZone='UTC'",
            f"SET temp_directory={literal(f'{tables}/spill')}",
            f"SET allowed_directories=[{literal(here)}]",
            "SET enable_external_access=false",
            "SET lock_configuration=true",
        ):
            connection.execute(setting)
        yield Database(connection=connection, memory_bytes=memory_bytes)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def newline(dialect: CsvDialect) -> str:
    return "'\\r\\n'" if dialect.newline == "\r\n" else "'\\n'"


@contextmanager
def translated() -> Iterator[None]:
    """DuckDB's errors as ours."""
    try:
        yield
    except EntrepotError:
        raise
    except duckdb.OutOfMemoryException as error:
        raise out_of_memory(str(error).splitlines()[0]) from error
    except (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException) as error:
        raise unwritable(error) from error
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise unreadable(error) from error
    except duckdb.Error as error:
        raise strayed(error) from error


def strayed(error: duckdb.Error) -> BugError:
    return BugError("workbench_failed", sentence(error), remedy="Please report this.")


def unwritable(error: duckdb.Error) -> EntrepotError:
    """Also what was written before is first missed where a change ends, or where the file is put in order."""
    if number := has_no_room(error):
        return StorageError(
            "insufficient_storage",
            f"There is no room left for temporary files: {os.strerror(number)}.",
            remedy="Make room where temporary files go, or name another place for them by TMPDIR.",
        )
    if not isinstance(error, duckdb.IOException):
        return strayed(error)
    return StorageError("workbench_io", sentence(error), remedy="Look at the disk that holds them, and try again.")


def has_no_room(error: duckdb.Error) -> int:
    """The number of the system's error, if it is one of these: the engine quotes it, or the system's words."""
    words = str(error)
    return next((number for number in NO_ROOM if f'"errno":"{number}"' in words or os.strerror(number) in words), 0)


def unreadable(error: duckdb.Error) -> EntrepotError:
    return DamagedError("unreadable_rows", sentence(error), remedy="Get an undamaged copy.")


def sentence(error: duckdb.Error) -> str:
    return f"The workbench could not read the rows. DuckDB says: {fact(error)}"


def fact(error: duckdb.Error) -> str:
    """What DuckDB found, without the row that it quotes: rows may be long, and are nobody else's business."""
    text = str(error)
    found = FACT.search(text)
    return " ".join((found[0] if found else text.partition("\n")[0])[:LONGEST_FACT].split())
