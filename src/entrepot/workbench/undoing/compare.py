"""The table `back_N(n, fate)`: what becomes of each row of a part of a job, N being its number.

It reads `journal_N(n, c0, …)`, what the job left (or, of removed rows, what was there), `before_N` with the same
columns for updated rows, and `now_N(n, key, c0, …, n0, …)`, the rows that have their keys now, with the n of that key
and the fields that the table did not have then. Updated rows are put side by side first, as `both_N(n, c0, …, a0, …)`:
what they were, and what they became. `kept_by(part, n, reason, child)` says why others stay (`settle`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from entrepot.model.canonical import canonical
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart, Compared, Fate
from entrepot.workbench.deciding.forms import differ, equal

AT_ONCE = 1_000
KEPT_BY = "CREATE TABLE IF NOT EXISTS kept_by (part BIGINT, n BIGINT, reason VARCHAR, child BIGINT)"
ALIKE = {Part.CREATED: Fate.BACK, Part.UPDATED: Fate.BACK, Part.REMOVED: Fate.ALREADY}
"""What it means that a row is as the journal has it."""
MISSING = {Part.CREATED: Fate.ALREADY, Part.UPDATED: Fate.GONE, Part.REMOVED: Fate.BACK}


@dataclass(frozen=True)
class Comparing:
    connection: duckdb.DuckDBPyConnection
    part: BackPart

    @property
    def rows(self) -> str:
        """The table whose c0, c1, … come back (or, of created rows, go)."""
        return self.part.table("both" if self.part.part is Part.UPDATED else "journal")

    @property
    def table(self) -> str:
        return self.part.table("back")

    @property
    def line(self) -> str:
        """The table of those that go back, numbered (n, at)."""
        return self.part.table("line")

    def going_back(self, name: str = "was") -> str:
        """SQL: rows that become what they were, to be selected from."""
        return (
            f"{self.rows} AS {name} JOIN {self.table} AS back_{name} ON back_{name}.n = {name}.n"
            f" AND back_{name}.fate = '{Fate.BACK}'"
        )

    def each(self, columns: Sequence[str]) -> str:
        """SQL: the values that rows of the journal have there, each once, and the first n that has it."""
        names, there = ", ".join(columns), " AND ".join(f"{name} IS NOT NULL" for name in columns)
        return f"(SELECT min(n) AS first, {names} FROM {self.rows} WHERE {there} GROUP BY {names})"

    def compare(self) -> Compared:
        self.connection.execute(KEPT_BY)
        self.connection.execute(f"DELETE FROM kept_by WHERE part = {self.part.number:d}")
        if self.part.part is Part.UPDATED:
            self.connection.execute(self._both())
        self.connection.execute(
            f"CREATE OR REPLACE TABLE {self.table} AS SELECT was.n, {self._fate()} AS fate FROM {self._joined()}"
        )
        self._look_again()
        self.connection.execute(f"DROP TABLE {self.part.table('now')}")
        return self.compared()

    def compared(self) -> Compared:
        counts = self.connection.execute(f"SELECT fate, count(*) FROM {self.table} GROUP BY fate").fetchall()
        found = self.connection.execute(
            f"SELECT coalesce(sum(md5_number_lower(concat(n, ' ', fate))::HUGEINT), 0) FROM {self.table}"
        ).fetchone()
        total = int(found[0]) if found else 0
        return Compared(fates=dict(counts), digest=f"{total % (1 << 128):032x}")

    def same(self, left: str, right: str, left_letter: str = "c") -> str:
        """SQL: all values are the same in both."""
        pairs = (
            f"NOT ({differ(f'{left}.{left_letter}{at}', f'{right}.c{at}', kind)})"
            for at, kind in enumerate(self.part.types)
        )
        return " AND ".join(pairs)

    def same_key(self, left: str, right: str) -> str:
        key = self.part.key
        return equal(
            [f"{left}.c{at}" for at in key], [f"{right}.c{at}" for at in key], [self.part.types[at] for at in key]
        )

    def _both(self) -> str:
        names = ", ".join(f"was.{name}" for name in self.part.names)
        after = ", ".join(f"left_so.c{at} AS a{at}" for at in range(len(self.part.columns)))
        return (
            f"CREATE OR REPLACE TABLE {self.rows} AS SELECT was.n, {names}, {after} FROM {self.part.table('before')} AS"
            f" was JOIN {self.part.table('journal')} AS left_so ON {self.same_key('was', 'left_so')}"
        )

    def _joined(self) -> str:
        return f"{self.rows} AS was LEFT JOIN {self._now()} AS now ON now.key = was.n"

    def _now(self) -> str:
        """One for each key of the journal, with how many rows have it."""
        names = (*self.part.names, *self.part.new_names)
        if self._is_each_there_once():
            return f"(SELECT key::BIGINT AS key, {', '.join(names)}, 1 AS times FROM {self.part.table('now')})"
        values = ", ".join(f"any_value({name}) AS {name}" for name in names)
        return f"(SELECT key::BIGINT AS key, {values}, count(*) AS times FROM {self.part.table('now')} GROUP BY key)"

    def _is_each_there_once(self) -> bool:
        """As good as always; counting all values by their keys would take twice the room."""
        found = self.connection.execute(
            f"SELECT count(*) = count(DISTINCT key::BIGINT) FROM {self.part.table('now')}"
        ).fetchone()
        return bool(found and found[0])

    def _fate(self) -> str:
        part, letter = self.part.part, "a" if self.part.part is Part.UPDATED else "c"
        cases = [
            f"WHEN now.times IS NULL THEN '{MISSING[part]}'",
            f"WHEN now.times > 1 OR {self._filled()} THEN '{Fate.EDITED}'",
            f"WHEN {self.same('was', 'now', letter)} THEN '{ALIKE[part]}'",
        ]
        if part is Part.UPDATED:
            cases.append(f"WHEN {self.same('was', 'now')} THEN '{Fate.ALREADY}'")
        return f"CASE {' '.join(cases)} ELSE '{Fate.EDITED}' END"

    def _filled(self) -> str:
        """SQL: the row has a value where it could have none then."""
        return " OR ".join(["false", *(f"now.{name} IS NOT NULL" for name in self.part.new_names)])

    def _look_again(self) -> None:
        """Values that only differ in how they are written: what SQL cannot tell is told by their definition."""
        self.connection.execute("CREATE OR REPLACE TABLE alike (n BIGINT, fate VARCHAR)")
        for found in self._doubted():
            numbers, fates = [n for n, _ in found], [fate for _, fate in found]
            self.connection.execute("INSERT INTO alike SELECT unnest(?), unnest(?)", [numbers, fates])
        self.connection.execute(f"UPDATE {self.table} SET fate = alike.fate FROM alike WHERE alike.n = {self.table}.n")

    def _doubted(self) -> Iterator[list[tuple[int, str]]]:
        letters = ("a", "c") if self.part.part is Part.UPDATED else ("c",)
        columns = [f"was.{letter}{at}" for letter in letters for at in range(len(self.part.columns))]
        now = [f"now.{name}" for name in self.part.names]
        cursor = self.connection.cursor().execute(
            f"SELECT was.n, {', '.join([*columns, *now])} FROM {self._joined()}"
            f" JOIN {self.table} AS back ON back.n = was.n WHERE back.fate = '{Fate.EDITED}' AND now.times = 1"
            f" AND NOT ({self._filled()})"
        )
        while rows := cursor.fetchmany(AT_ONCE):
            yield [(n, fate) for n, *values in rows for fate in self._told(values)]

    def _told(self, values: Sequence[str | None]) -> Iterator[str]:
        width = len(self.part.columns)
        now = self._canonical(values[-width:])
        if self._canonical(values[:width]) == now:
            yield str(ALIKE[self.part.part])
        elif len(values) > 2 * width and self._canonical(values[width : 2 * width]) == now:
            yield str(Fate.ALREADY)

    def _canonical(self, values: Sequence[str | None]) -> list[str | None]:
        return [
            None if value is None else canonical(kind.kind, value)
            for value, kind in zip(values, self.part.types, strict=True)
        ]
