"""The options of `entrepot import` that say how the file is read, where looking at it is not enough."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.drafts import Reading

NO_QUOTE = "none"
FORMATS = ("csv", "json", "ndjson", "parquet", "sql", "xlsx", "xls", "xlsb", "ods")


def add_reading(parser: argparse.ArgumentParser) -> None:
    how = parser.add_argument_group("the file")
    how.add_argument("--format", choices=FORMATS, help="what it is (default: looked at)")
    how.add_argument("--encoding", metavar="NAME", help="of its characters (default: looked at)")
    _add_table(how)
    how.add_argument("--null", metavar="TEXT", default="", help="an unquoted value that means NULL (default: nothing)")
    which = "which list of a JSON document, sheet of a workbook, section of a CSV file, table of a dump or an archive"
    how.add_argument("--list", "--sheet", "--section", metavar="NAME", help=which)
    how.add_argument("--no-sections", action="store_true", help="a CSV file is one table, whatever it looks like")
    how.add_argument("--records", type=int, metavar="N", help="how many it must have (default: what its receipt says)")
    how.add_argument("--passphrase-file", metavar="FILE", help="to read an encrypted file")
    how.add_argument("--identity-file", metavar="FILE", help="the age secret key to read an encrypted file")


def _add_table(how: argparse._ArgumentGroup) -> None:
    how.add_argument("--delimiter", metavar="CHARACTER", help="between its columns (default: looked at)")
    how.add_argument("--quote", metavar="CHARACTER", help="around its values; none: no quotes (default: looked at)")
    first = how.add_mutually_exclusive_group()
    first.add_argument("--header", action="store_true", help="its first record holds names (default: looked at)")
    first.add_argument("--no-header", action="store_true", help="it is data: columns are column 1, 2, …")
    how.add_argument("--skip-lines", type=int, metavar="N", help="so many lines in front of it (default: looked at)")


def reading_of(args: argparse.Namespace) -> Reading:
    from entrepot.model.drafts import Reading

    return Reading(
        format=args.format,
        encoding=args.encoding,
        delimiter={"tab": "\t", "\\t": "\t"}.get(args.delimiter or "", args.delimiter),
        quote="" if args.quote == NO_QUOTE else args.quote,
        header=True if args.header else False if args.no_header else None,
        null=args.null,
        skip_lines=args.skip_lines,
        entity=args.list,
        sections=False if args.no_sections else None,
    )
