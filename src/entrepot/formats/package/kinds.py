"""What members of a foreign archive are, by their names: tables, archives again, or nothing that is imported."""

from __future__ import annotations

from pathlib import PurePosixPath

SEALED = frozenset({"gz", "zst", "age"})
TABLES = frozenset(
    {"csv", "tsv", "tab", "txt", "json", "ndjson", "jsonl", "parquet", "xlsx", "xlsb", "xls", "ods", "sql"}
)
ARCHIVES = frozenset({"zip", "tar", "tgz", "7z", "rar", "jar"})
WORKBOOK = frozenset({"[Content_Types].xml", "mimetype"})
"""Members that workbooks have, which are ZIPs too."""
FOLDERS = frozenset({"__MACOSX"})
RECEIPT = ".receipt.json"


def endings(member: str) -> list[str]:
    """
    >>> endings("data/people.2024.csv.gz"), endings("README")
    (['2024', 'csv', 'gz'], [])
    """
    return [suffix.removeprefix(".").lower() for suffix in PurePosixPath(member).suffixes]


def ending(member: str) -> str:
    """What it is without what seals it.

    >>> ending("data/people.2024.CSV.gz"), ending("people.gz"), ending("people")
    ('csv', '', '')
    """
    found = endings(member)
    while found and found[-1] in SEALED:
        found.pop()
    return found[-1] if found else ""


def stem(member: str) -> str:
    """
    >>> stem("data/people.2024.csv.gz"), stem("people")
    ('people.2024', 'people')
    """
    name = PurePosixPath(member).name
    for part in reversed(endings(member)):
        name = name[: -len(part) - 1]
        if part not in SEALED:
            break
    return name


def is_table(member: str) -> bool:
    return ending(member) in TABLES and not member.endswith(RECEIPT)


def is_hidden(member: str) -> bool:
    """What systems put into folders for themselves."""
    parts = PurePosixPath(member).parts
    return parts[-1].startswith(".") or parts[0] in FOLDERS or parts[-1] in {"Thumbs.db", "desktop.ini"}


def is_archive(member: str) -> bool:
    return ending(member) in ARCHIVES
