"""What is wrong with the sections of a CSV file."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.brief import listed
from entrepot.model.errors import InputError
from entrepot.model.problems import Place
from entrepot.model.suggest import unknown

ONE_TABLE = "or, if it is one table, --no-sections"


def several_sections(file: str, names: Sequence[str]) -> InputError:
    return InputError(
        "several_sections",
        f"{file} holds several tables, one below the other: {listed(names)}.",
        remedy=f"Bring all of them in: --into SECTION=ENTITY; name the one to read: --section NAME; {ONE_TABLE}.",
    )


def no_such_section(file: str, wanted: str, names: Sequence[str]) -> InputError:
    return unknown("section", wanted, names, file)


def rows_before(file: str, name: str) -> InputError:
    return InputError(
        "rows_before_sections",
        f"{file} has rows in front of its first section, [{name}], so nobody can say which table they are of.",
        remedy=f"Write a line with their table's name in front of them, such as [users]; {ONE_TABLE}.",
    )


def name_or_row(file: str, name: str, line: int) -> InputError:
    place = Place(file=file, line=line)
    return InputError(
        "section_or_row",
        f"[{name}] stands between rows, so nobody can say whether it names a section or is a row ({place.describe()}).",
        remedy=f"Write a blank line in front of it if it is a name; {ONE_TABLE} (and --skip-lines what is above it).",
    )


def too_many(file: str, most: int) -> InputError:
    return InputError(
        "too_many_sections",
        f"{file} seems to hold more than {most:,} tables, one below the other; so many can be read.",
        remedy=f"Make several files of it; {ONE_TABLE}.",
    )


def empty_section(file: str, name: str, line: int) -> InputError:
    place = Place(file=file, line=line)
    return InputError(
        "section_without_header",
        f"The section '{name}' has neither a header nor records ({place.describe()}).",
        remedy=f"Write its header there, or take its name out of the file; {ONE_TABLE}.",
    )
