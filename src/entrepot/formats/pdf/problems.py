"""What a reader of the report would not see, said aloud."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.formats.pdf.faces import ReaderFace
from entrepot.formats.pdf.section import Section
from entrepot.formats.pdf.typeface import Fallbacks
from entrepot.model.problems import Category, Place, Problem, Severity

MOST_EXAMPLES = 10


def font_problems(fallbacks: Fallbacks) -> Iterator[Problem]:
    if fallbacks.missing:
        yield missing_problem(fallbacks)
    if any(isinstance(face, ReaderFace) for face in fallbacks.used()):
        yield Problem(
            code="font_not_embedded",
            message="Some characters are in no font here; the PDF relies on an East Asian font of its reader.",
            remedy="Give a TrueType font that has them: --option font=FILE.",
            severity=Severity.WARNING,
            category=Category.FIDELITY,
        )


def missing_problem(fallbacks: Fallbacks) -> Problem:
    count = fallbacks.missing.total()
    common = [char for char, _ in fallbacks.missing.most_common(MOST_EXAMPLES)]
    examples = ", ".join(f"U+{ord(char):04X}" for char in common)
    more = " and others" if len(fallbacks.missing) > len(common) else ""
    return Problem(
        code="glyph_missing",
        message=f"{count:,} {'character is' if count == 1 else 'characters are'} in no font here and drawn as "
        f"\ufffd: {examples}{more}.",
        remedy="Give a TrueType font that has them: --option font=FILE.",
        severity=Severity.WARNING,
        category=Category.FIDELITY,
        value=str(count),
    )


def hidden_problem(section: Section) -> Problem:
    hidden = section.rows - section.shown
    return Problem(
        code="rows_not_shown",
        message=f"{hidden:,} of {section.rows:,} rows are not in the report, because max_rows is {section.shown:,}.",
        remedy="Leave max_rows out, or export that entity as CSV too.",
        severity=Severity.WARNING,
        category=Category.COUNT,
        place=Place(entity=section.query.title),
        value=str(hidden),
    )
