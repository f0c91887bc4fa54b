"""What the file gave the database to look for, and what the database found.

The database says what is equal, and the numbers of records say what was meant: `existing(n, record, k0…, b0…)` has the
rows that were found, each with the first record whose key it has, `doubled(record, first)` the records whose key equals
another one's; `parents_N(record)` and `doubled_N(record, first)` say the same of references.
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.workbench.bands import inside
from entrepot.workbench.deciding.among import MINE, among, beside
from entrepot.workbench.deciding.scope import within


def keys(matching: Matching, numbers: Sequence[int]) -> str:
    """Only whole ones, of records whose values were good."""
    return f"SELECT record, {_values(numbers)} FROM judged WHERE {_good(matching, numbers)}"


def references(matching: Matching, numbers: Sequence[int]) -> str:
    """Each once, by the first record that has it: many refer to one."""
    values = _values(numbers)
    return f"SELECT min(record) AS record, {values} FROM judged WHERE {_good(matching, numbers)} GROUP BY {values}"


def sought(matching: Matching, number: int) -> str:
    """The values of one reference, and those of another part to which they may be equal (`among`)."""
    referring = matching.references[number]
    wanted = references(matching, referring.fields)
    where = referring.elsewhere
    return wanted if where is None or not where.asked else beside(wanted, len(referring.fields), where)


def _values(numbers: Sequence[int]) -> str:
    return ", ".join(f"f{at}" for at in numbers)


def _good(matching: Matching, numbers: Sequence[int]) -> str:
    good = [f"f{at} IS NOT NULL AND e{at} IS NULL" for at in numbers]
    return " AND ".join([*good, within(matching, "record")])


def rows(matching: Matching, compared: Sequence[int], *, numbered: bool = False) -> str:
    """One for each record, with some of its values, and with how many rows it met: nearly always one, so only the
    others are counted. `numbered`: with the number of its version."""
    values = "".join(f", one.b{number}" for number in compared) + ", one.v" * numbered
    several = f"SELECT record, min(n) AS first, count(*) AS times FROM {met(matching)} GROUP BY record"
    several += " HAVING count(*) > 1"
    return (
        f"(SELECT one.record::BIGINT AS record, one.n, coalesce(several.times, 1) AS times{values}"
        f" FROM {met(matching)} AS one LEFT JOIN ({several}) AS several ON several.record = one.record"
        " WHERE several.first IS NULL OR several.first = one.n)"
    )


def met(matching: Matching) -> str:
    """The rows that the records in question met."""
    span = matching.scope
    return "existing" if span is None else f"(SELECT * FROM existing WHERE {inside(span, 'record::BIGINT')})"


def doubled() -> str:
    return "(SELECT record::BIGINT AS record, first::BIGINT AS first FROM doubled)"


def taken(number: int) -> str:
    """The records that have a key which somebody else has; those that equal one of them, too."""
    others = f"SELECT other.record FROM doubled_taken_{number} AS other JOIN taken_{number} AS one"
    met = f"SELECT record FROM taken_{number} UNION {others} ON one.record = other.first"
    return f"(SELECT record::BIGINT AS record FROM ({met}))"


def parents(fields: Sequence[TargetField], matching: Matching, number: int) -> str:
    """Those of the database, and those that the file brings itself."""
    referring = matching.references[number]
    names = ", ".join(f"p{at}" for at in range(len(referring.fields)))
    found = known_parents(matching, number)
    if referring.own:  # which of these come in is for `chains` to find out
        good = " AND ".join(f"f{at} IS NOT NULL AND e{at} IS NULL" for at in referring.own)
        found += f" UNION SELECT {_values(referring.own)} FROM judged WHERE {good}"
    if referring.elsewhere is not None:
        return among(fields, matching, number, found, references(matching, referring.fields))
    return f"(SELECT DISTINCT ON ({names}) {names}, true AS here FROM ({found}))"


def known_parents(matching: Matching, number: int) -> str:
    """Those of the database, in the spelling of the file."""
    numbers, where = matching.references[number].fields, matching.references[number].elsewhere
    moved = MINE if where is not None and where.asked else 0
    given = ", ".join(f"f{at} AS p{number}" for number, at in enumerate(numbers))
    met = f"SELECT record FROM parents_{number} UNION SELECT other.record FROM doubled_{number} AS other"
    met += f" JOIN parents_{number} AS one ON one.record = other.first"
    given = f"SELECT {given} FROM ({references(matching, numbers)})"
    own = f"record::BIGINT{' + ' * bool(moved)}{moved or ''}"
    return f"{given} WHERE {own} IN (SELECT record::BIGINT FROM ({met}))"
