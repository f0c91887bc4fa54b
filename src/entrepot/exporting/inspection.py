"""What an inspection finds: a sentence for everything that agrees, a problem for everything that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from entrepot.model.errors import AccessError, CancelledError, DamagedError, EntrepotError, InputError
from entrepot.model.ports import Workbench
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.receipts import Fingerprint

OpenWorkbench = Callable[[], AbstractContextManager[Workbench]]
NO_KEY = frozenset({"wrong_key", "no_key"})
STRAIGHT_ON = (AccessError, CancelledError)
"""Nothing is wrong with the file then; the person has to do something else first."""


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """Whether a file is what its receipt or manifest says."""

    file: str
    checks: tuple[str, ...]
    """What was verified, or at least read, a sentence each."""
    problems: tuple[Problem, ...]
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    """Recomputed from the file's content, by the entities' titles."""
    unverified: tuple[str, ...] = ()
    """Files that could be read, but about which neither a receipt nor they themselves declare anything."""

    @property
    def ok(self) -> bool:
        """Nothing is wrong. That alone is no proof: see `verified`."""
        return all(problem.severity is not Severity.ERROR for problem in self.problems)

    @property
    def verified(self) -> bool:
        """Nothing is wrong, and every file was compared with what is declared about it."""
        return self.ok and not self.unverified


@dataclass(kw_only=True)
class Findings:
    """What is known so far. One per inspection."""

    file: str
    work: Path
    open_workbench: Callable[[], Workbench]
    """Called at most once."""
    checks: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    unverified: list[str] = field(default_factory=list)
    agreed: int = 0
    """How often something was as declared."""

    def inspection(self) -> Inspection:
        return Inspection(
            file=self.file,
            checks=tuple(self.checks),
            problems=tuple(self.problems),
            fingerprints=self.fingerprints,
            unverified=tuple(self.unverified),
        )

    def agree(self, sentence: str) -> None:
        """Something is as it was declared."""
        self.agreed += 1
        self.checks.append(sentence)

    def read(self, sentence: str) -> None:
        """Something is sound in itself; nothing says what it should be."""
        self.checks.append(sentence)

    @contextmanager
    def proving(self, file: str) -> Iterator[None]:
        """If the block compared nothing and found nothing wrong, `file` is unverified."""
        before = self.agreed, self._errors()
        yield
        if before == (self.agreed, self._errors()):
            self.unverified.append(file)

    def _errors(self) -> int:
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    def wrong(self, code: str, message: str, place: Place, category: Category = Category.INTEGRITY) -> None:
        remedy = "Get an undamaged copy, or export again."
        self.problems.append(Problem(code=code, message=message, remedy=remedy, category=category, place=place))

    def is_wrong(self, files: set[str]) -> bool:
        """Whether something is known to be wrong with one of them."""
        return any(found.place.file in files and found.severity is Severity.ERROR for found in self.problems)

    def note(self, code: str, message: str, remedy: str = "") -> None:
        place = Place(file=self.file)
        self.problems.append(Problem(code=code, message=message, remedy=remedy, severity=Severity.INFO, place=place))

    def doubt(self, code: str, message: str, file: str) -> None:
        """Nothing is wrong with it that anybody could know, and nothing proves it."""
        remedy = "Remove it, or keep it elsewhere."
        place = Place(file=file)
        self.problems.append(Problem(code=code, message=message, remedy=remedy, severity=Severity.WARNING, place=place))
        self.unverified.append(file)

    @contextmanager
    def listing(self, file: str, entity: str | None = None) -> Iterator[None]:
        """An error of the block becomes a finding, placed in `file`."""
        try:
            yield
        except STRAIGHT_ON:
            raise
        except (DamagedError, InputError) as error:
            self.problems += located(error, file, entity)

    @contextmanager
    def locked_out(self, file: str) -> Iterator[None]:
        """One file of several that the key does not open is not verified; the others still can be."""
        try:
            yield
        except AccessError as error:
            if error.code not in NO_KEY:
                raise
            self.problems.append(
                Problem(
                    code=error.code,
                    message=error.message,
                    remedy=error.remedy,
                    severity=Severity.WARNING,
                    place=Place(file=file),
                )
            )
            self.unverified.append(file)

    def compare_rows(self, title: str, declared: int, counted: int, file: str) -> None:
        if declared == counted:
            self.agree(f"{title}: {counted:,} rows, as declared.")
            return
        message = f"{title}: {declared:,} rows are declared, and {counted:,} are there."
        self.wrong("count_differs", message, Place(file=file, entity=title), Category.COUNT)

    def compare_fingerprint(self, title: str, declared: Fingerprint | None, found: Fingerprint, file: str) -> None:
        self.fingerprints[title] = found
        if declared is None:
            return
        if declared == found:
            self.agree(f"{title}: the content has the declared fingerprint {found}.")
            return
        message = f"{title}: the fingerprint {declared} is declared, but the content has {found}."
        self.wrong("fingerprint_differs", message, Place(file=file, entity=title))

    def compare_file(self, file: str, declared: tuple[int, str], found: tuple[int, str]) -> bool:
        """Size and SHA-256."""
        size, digest = found
        if declared[0] != size:
            message = f"{file}: {declared[0]:,} bytes are declared, and it has {size:,}."
            self.wrong("size_differs", message, Place(file=file))
        if declared[1] != digest:
            message = f"{file}: the SHA-256 {declared[1]} is declared, but it has {digest}."
            self.wrong("hash_differs", message, Place(file=file))
        return declared == found

    @cached_property
    def workbench(self) -> Workbench:
        return self.open_workbench()


def located(error: EntrepotError, file: str, entity: str | None) -> Iterator[Problem]:
    """The error's own problems, else the error itself; each with a place."""
    whole = Problem(code=error.code, message=error.message, remedy=error.remedy)
    for problem in error.problems or (whole,):
        place = replace(problem.place, file=file, entity=problem.place.entity or entity)
        yield replace(problem, place=place, remedy=problem.remedy or error.remedy)
