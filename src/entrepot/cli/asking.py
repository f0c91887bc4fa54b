"""The question after a preview: yes, no, or show me more. No answer, and any unknown one, is no."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from entrepot.cli.output import report_error, say
from entrepot.cli.paper import Paper
from entrepot.cli.preview_findings import (
    SHOWN_GROUPS,
    SHOWN_ROWS,
    SHOWN_VALUES,
    group_lines,
    kinds,
    row_lines,
    seen_by,
)
from entrepot.cli.stopping import Stop
from entrepot.model.bundles import BundlePlan
from entrepot.model.drafts import Decision
from entrepot.model.errors import EntrepotError
from entrepot.model.plans import ImportPlan

GROUPS_AT_ONCE, ROWS_AT_ONCE = 5, 10


class Answer(StrEnum):
    YES = "y"
    NO = "n"
    PROBLEMS = "p"
    DIFFERENCES = "d"
    SAVE = "s"


EXHAUSTED = {
    Answer.PROBLEMS: "There are no more problems to show.",
    Answer.DIFFERENCES: "There are no more changes to show.",
    Answer.SAVE: "There are no failures to save.",
}
"""Whoever asks for more than there is has not said no."""


@dataclass
class Question:
    plan: ImportPlan
    paper: Paper
    stop: Stop
    save: Callable[[], Path]
    """Writes the errors file; where it is."""
    saved: bool = False
    groups: int = 0
    """How many were told in full."""
    rows: int = SHOWN_ROWS

    def agreed(self) -> bool:
        """Ask until somebody says yes or no; somebody who may not say yes and has seen all is not asked."""
        while choices := self._choices():
            answer = self._asked(choices)
            if answer is Answer.PROBLEMS:
                self._tell(self._problems())
            elif answer is Answer.DIFFERENCES:
                self._tell(self._differences())
            elif answer is Answer.SAVE:
                self._save()
            else:
                return answer is Answer.YES
        return False

    def _choices(self) -> dict[Answer, str]:
        found: dict[Answer, str] = {}
        if not self.plan.blocked:
            found[Answer.YES] = "do it"
        if (left := self.plan.groups.total - self.groups) and self._more_problems():
            found[Answer.PROBLEMS] = "all problems" if self.groups == 0 else more(left, "problem")
        if self.plan.differences[self.rows :]:
            changed = self.plan.counts.get(Decision.UPDATED, 0) + self.plan.counts.get(Decision.VERSIONED, 0)
            left = changed - self.rows
            found[Answer.DIFFERENCES] = more(left, "change")
        if self.plan.failed_rows and not self.saved:
            found[Answer.SAVE] = "save failures"
        return {**found, Answer.NO: "no"} if found else {}

    def _save(self) -> None:
        try:
            say(f"The records that fail are in {self.save()}.")
        except EntrepotError as error:
            report_error(error, as_json=False)
        self.saved = True

    def _more_problems(self) -> bool:
        """The screen showed the first ones in short."""
        groups = self.plan.groups.groups
        in_short = groups[SHOWN_GROUPS:] or any(group.different > SHOWN_VALUES for group in groups)
        return bool(groups[self.groups :] and in_short)

    def _asked(self, choices: dict[Answer, str]) -> Answer:
        while True:
            first = said(choices, self.paper, self.stop)
            if first in choices:
                return Answer(first)
            if first not in EXHAUSTED:
                return Answer.NO
            say(EXHAUSTED[Answer(first)])

    def _problems(self) -> Iterator[str]:
        page = self.plan.groups.groups[self.groups : self.groups + GROUPS_AT_ONCE]
        self.groups += len(page)
        for group in page:
            yield from group_lines(group, self.paper, len(group.values))
        if self.groups == len(self.plan.groups.groups) < self.plan.groups.total:
            more = self.plan.groups.total - self.groups
            yield from self.paper.text(f"… and {kinds(more)}{seen_by(self.plan, self.groups)}")

    def _differences(self) -> Iterator[str]:
        page = self.plan.differences[self.rows : self.rows + ROWS_AT_ONCE]
        self.rows += len(page)
        for difference in page:
            yield from row_lines(self.plan, difference, self.paper)

    @staticmethod
    def _tell(lines: Iterator[str]) -> None:
        say()
        for line in lines:
            say(line)


def more(number: int, thing: str) -> str:
    """
    >>> more(1, "change"), more(1200, "change")
    ('one more change', '1,200 more changes')
    """
    return f"one more {thing}" if number == 1 else f"{number:,} more {thing}s"


def said(choices: Mapping[Answer, str], paper: Paper, stop: Stop) -> str:
    """The first letter of the answer."""
    words = "  ".join(f"[{answer}] {meaning}" for answer, meaning in choices.items())
    with stop.at_once():
        lines = "\n".join(paper.text(f"{words}:", indent=0))
        sys.stdout.write(f"\n{lines} ")
        sys.stdout.flush()
        line = sys.stdin.readline()
    if not line:
        say()
    return line.strip().lower()[:1]


def agreed_to_all(plan: BundlePlan, paper: Paper, stop: Stop, show: Callable[[], object]) -> bool:
    """Of several tables: `show` tells everything about each of them, once."""
    choices = {} if plan.blocked else {Answer.YES: "do it"}
    choices |= {Answer.PROBLEMS: "everything about each table", Answer.NO: "no"}
    while (answer := said(choices, paper, stop)) == Answer.PROBLEMS and Answer.PROBLEMS in choices:
        show()
        del choices[Answer.PROBLEMS]
        if plan.blocked:
            return False
    return answer == Answer.YES and not plan.blocked
