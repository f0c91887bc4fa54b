"""What ends the reading of a dump: always with the line and the byte, and nothing of the file was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from entrepot.model.errors import InputError
from entrepot.model.problems import Place, Problem
from entrepot.workbench.reading.json_refusals import described

WHOLE_COPY = "Get an undamaged copy, or dump again."
DUMP_ROWS = "Dump the rows as INSERT … VALUES or COPY … FROM stdin; or import what it names by itself."
TAKE_OUT = "Take the statement out of the file, if the rows are right without it."


def refusal(code: str, place: Place, fact: str, remedy: str = WHOLE_COPY) -> InputError:
    """`fact` is a sentence without its end."""
    problem = Problem(code=code, message=f"{fact[:1].upper()}{fact[1:]}.", remedy=remedy, place=place)
    return InputError(code, f"{where(place)}: {fact}.", remedy=remedy, problems=(problem,))


def where(place: Place) -> str:
    """
    >>> where(Place(file="a.sql", line=3, byte=20))
    'a.sql, line 3, byte 20'
    """
    return replace(place, record=None).describe()


def cut_off(place: Place, fact: str) -> InputError:
    return refusal("truncated", place, f"the file breaks off: {fact}")


def several_tables(file: str, tables: Mapping[str, int]) -> InputError:
    return InputError(
        "several_tables",
        f"{file} holds rows of several tables: {described(tables)}.",
        remedy="Name the one to read: --list NAME.",
    )


def no_such_table(file: str, name: str, tables: Mapping[str, int]) -> InputError:
    there = f"It holds {described(tables)}." if tables else "It holds no rows of any table."
    return InputError(
        "no_such_table",
        f"{file} has no table named {name!r}. {there}",
        remedy="Name one that it holds, as it is spelled there, with its schema where two have the same name.",
    )


def without_columns(file: str, table: str) -> InputError:
    return InputError(
        "no_columns",
        f"{file} has rows of {table} without a column: there is nothing in them to read.",
        remedy="Leave that table out, or take its rows out of the file.",
    )


def no_rows(file: str) -> InputError:
    return InputError(
        "no_records",
        f"{file} holds no rows: neither INSERT … VALUES nor COPY … FROM stdin, nor a CREATE TABLE.",
        remedy="Dump the rows too (for example without --schema-only or --no-data).",
    )
