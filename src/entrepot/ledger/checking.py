"""Whether the audit is what it was: line by line, then how far it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrepot.ledger.seals import NOTHING, Head, sealed
from entrepot.model.audit import Action, Anchor, Break, Verdict

MOST = 100
"""So many places are told."""


class AuditCheck:
    """Told every line as it is stored, in the order of their numbers."""

    def __init__(self, known: Anchor | None) -> None:
        self._known = known
        self._met_known = known is None
        self._breaks: list[Break] = []
        self._lines = 0
        self._last = NOTHING

    def line(self, stored: Mapping[str, Any]) -> None:
        number, seal = stored["number"], stored["seal"]
        self._lines += 1
        self._order(number, stored)
        if sealed(stored) != seal:
            self._broken(number, f"Line {number} is not what it was when it was sealed.")
        if stored["action"] == Action.DAMAGE:
            self._broken(number, f"Before line {number}, at {stored['at']}, the audit was found damaged.")
        if self._known == Anchor(number=number, seal=seal):
            self._met_known = True
        self._last = Anchor(number=number, seal=seal)

    def _order(self, number: int, stored: Mapping[str, Any]) -> None:
        expected = self._last.number + 1
        if number > expected:
            which = f"Line {expected} is" if number == expected + 1 else f"Lines {expected} to {number - 1} are"
            self._broken(expected, f"{which} missing.")
        elif number != expected:
            self._broken(number, f"Line {number} is none of the audit, which begins with 1.")
        elif stored["previous"] != self._last.seal:
            self._broken(number, f"Line {number} was not written behind the line that is before it now.")

    def verdict(self, head: Head, key: bytes) -> Verdict:
        self._end(head, key)
        if not self._met_known and self._known is not None:
            number = self._known.number
            self._broken(number, f"Line {number} is gone, or has another seal than was noted down.")
        last = self._last if self._lines else None
        return Verdict(lines=self._lines, last=last, breaks=tuple(self._breaks))

    def _end(self, head: Head, key: bytes) -> None:
        after = self._last.number + 1
        if head.is_at(self._last, key):
            return
        if not head.is_genuine(key):
            self._broken(after, "How far the audit goes was not signed with the key of this installation.")
        elif head.end.number > self._last.number:
            self._broken(after, f"The end is missing: the audit went on to line {head.end.number}.")
        elif head.end.number < self._last.number:
            self._broken(head.end.number + 1, f"Lines behind {head.end.number} were not written by Entrepot.")
        else:
            self._broken(head.end.number, f"Line {head.end.number} is another than the one that was written last.")

    def _broken(self, number: int, words: str) -> None:
        if len(self._breaks) < MOST:
            self._breaks.append(Break(number=number, words=words))
