"""Whose SQL a file is: every one has its own strings, comments and names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

SAMPLE_BYTES = 65_536
POSTGRES, MYSQL, SQLITE, PLAIN = "postgres", "mysql", "sqlite", "sql"
TITLES = {POSTGRES: "PostgreSQL", MYSQL: "MySQL or MariaDB", SQLITE: "SQLite", PLAIN: "standard SQL"}


@dataclass(frozen=True, kw_only=True)
class Dialect:
    name: str
    tool: str = ""
    """Who wrote the file, where it says so."""
    ending: bytes = b""
    """The comment that this tool never fails to write last."""
    escapes: bool = False
    """A backslash in an ordinary string is no character of it."""
    ansi_quotes: bool = True
    """What stands in double quotes is a name."""


def mysql(tool: str = "", ending: bytes = b"") -> Dialect:
    return Dialect(name=MYSQL, tool=tool, ending=ending, escapes=True, ansi_quotes=False)


OURS = re.compile(rb"-- SQL for (postgres|mysql|sqlite), written by ")
HEADERS: tuple[tuple[re.Pattern[bytes], Dialect], ...] = (
    (
        re.compile(rb"--\r?\n-- PostgreSQL database dump\r?\n--"),
        Dialect(name=POSTGRES, tool="pg_dump", ending=b"-- PostgreSQL database dump complete"),
    ),
    (
        re.compile(rb"--\r?\n-- PostgreSQL database cluster dump\r?\n--"),
        Dialect(name=POSTGRES, tool="pg_dumpall", ending=b"-- PostgreSQL database cluster dump complete"),
    ),
    (re.compile(rb"(?:/\*M![^\n]*\n)?-- MySQL dump "), mysql("mysqldump", b"-- Dump completed")),
    (re.compile(rb"(?:/\*M![^\n]*\n)?-- MariaDB dump "), mysql("mariadb-dump", b"-- Dump completed")),
    (re.compile(rb"-- phpMyAdmin SQL Dump"), mysql("phpMyAdmin")),
    (re.compile(rb"PRAGMA foreign_keys=OFF;\s+BEGIN TRANSACTION;"), Dialect(name=SQLITE, tool="sqlite3")),
    (re.compile(rb"BEGIN TRANSACTION;\s+(?:CREATE|COMMIT|DELETE)"), Dialect(name=SQLITE, tool="iterdump")),
)
SIGNS: tuple[tuple[re.Pattern[bytes], Dialect], ...] = (
    (re.compile(rb"(?m)^/\*!\d{5} |\bENGINE\s*=|\bAUTO_INCREMENT\b|^INSERT INTO `|^SET NAMES "), mysql()),
    (
        re.compile(
            rb"(?m)^(?:COPY [^;]* FROM stdin|SET (?:client_encoding|standard_conforming_strings|search_path)\b"
            rb"|SELECT (?:pg_catalog\.)?setval)|'::[a-z]"
        ),
        Dialect(name=POSTGRES),
    ),
    (re.compile(rb"(?m)^PRAGMA |\bAUTOINCREMENT\b|\bsqlite_sequence\b"), Dialect(name=SQLITE)),
)


def dialect_of(sample: bytes) -> Dialect:
    """By what the tool says of itself, else by what only one of them writes.

    >>> dialect_of(b"-- MariaDB dump 10.19\\n").tool, dialect_of(b"INSERT INTO `a` VALUES (1);").name
    ('mariadb-dump', 'mysql')
    """
    text = sample.lstrip()
    if ours := OURS.match(text):
        name = ours[1].decode()
        found = mysql() if name == MYSQL else Dialect(name=name)
        return Dialect(
            name=name,
            tool="entrepot",
            ending=b"-- complete",
            escapes=found.escapes,
            ansi_quotes=found.ansi_quotes,
        )
    for pattern, dialect in HEADERS:
        if pattern.match(text):
            return dialect
    return next((dialect for pattern, dialect in SIGNS if pattern.search(text)), Dialect(name=PLAIN))


def sample_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SAMPLE_BYTES)
