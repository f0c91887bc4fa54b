"""Whose tables the workbench works with: an import of several tables has some for each of them."""

from __future__ import annotations

from entrepot.workbench.client import ChildWorkbench
from entrepot.workbench.protocol_parts import EnterPart


class PartBench:
    """`part` 0 is an import of one table."""

    def __init__(self, child: ChildWorkbench, part: int = 0) -> None:
        self._child, self._part = child, part

    @property
    def child(self) -> ChildWorkbench:
        """Where it is to be, before anything is asked of it."""
        if self._child.part != self._part:
            self._child.ask(EnterPart(part=self._part))
            self._child.answer()
            self._child.part = self._part
        return self._child
