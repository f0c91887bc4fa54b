"""Where rounds of jobs take place: a database, a folder, records; and what must be there when they are over."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from contract.databases.case import Place
from recovery.crashes import AFTER, BEFORE, KINDS, table

LONG = os.environ.get("ENTREPOT_RECOVERY") == "long"
Rounds = Sequence[Sequence[tuple[float, int]]]


@dataclass(frozen=True)
class Ground:
    place: Place
    home: Path
    workers: int
    records: dict[str, str]

    def prepared(self, program: str, strikes: Rounds) -> list[str]:
        """The command that goes through the rounds, which have tables of their own."""
        for number in range(len(strikes)):
            for kind in KINDS:
                name = table(number, kind)
                rows = ", ".join(f"({key}, '{text}')" for key, text in BEFORE)
                self.place.execute(
                    f"CREATE TABLE {name} (id integer PRIMARY KEY, name varchar(40) NOT NULL)",
                    f"INSERT INTO {name} VALUES {rows}",
                )
        place = {**self.records, "ENTREPOT_DB": self.place.url}
        asked = {"workers": self.workers, "strikes": strikes, "place": place}
        return [sys.executable, program, json.dumps(asked)]

    def same_as_clean(self, number: int, found: Mapping[str, Any], clean: Mapping[str, Any]) -> None:
        """Nobody died in `clean`, which is the first round."""
        for kind in KINDS:
            job = {**found["jobs"][kind], "deaths": 0}
            assert job == clean["jobs"][kind], f"round {number}: {kind}"
            assert job["status"] == "completed", job
            wanted = BEFORE if kind in ("export", "undo") else AFTER
            assert self._rows(number, kind) == wanted, f"round {number}: {kind}"
        assert self._exported(number) == self._exported(0)

    def _rows(self, number: int, kind: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.place.rows(f"SELECT id, name FROM {table(number, kind)} ORDER BY id")]

    def _exported(self, number: int) -> bytes:
        return (self.home / f"{table(number, 'export')}.csv").read_bytes()


def taken_over(rounds: Sequence[Mapping[str, Any]]) -> str:
    """How soon, in words."""
    seconds = [each for found in rounds for each in found["taken_over"]]
    if not seconds:
        return "nothing was taken over"
    return f"{len(seconds)} taken over after {median(seconds):.1f} s (median), {max(seconds):.1f} s at most"
