"""Cell styles: the few that every workbook has, and one per number of decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from entrepot.formats.rows import outgoing_kind
from entrepot.model.selection import Column
from entrepot.model.types import Kind

HEADER, DATE, MOMENT, TEXT, CUT, WHOLE, LABEL, TITLE, TRUTH = range(1, 10)
FIRST_DECIMAL = 10
FIRST_OWN_FORMAT = 164
"""Number formats below are Excel's own."""
DATE_FORMAT = FIRST_OWN_FORMAT
MOMENT_FORMAT = FIRST_OWN_FORMAT + 1
TRUTH_FORMAT = FIRST_OWN_FORMAT + 2
"""Excel shows the words for truth values by itself; LibreOffice shows 1 and 0 in places unless told."""
FIRST_DECIMAL_FORMAT = FIRST_OWN_FORMAT + 3
MOST_DECIMALS = 15

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FONT = '<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
BOLD = '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
BIG = '<font><b/><sz val="16"/><name val="Calibri"/><family val="2"/></font>'
FILLS = ("FFE8EDF3", "FFFFE0B2")
"""Header; cut cell."""
LINE = '<border><left/><right/><top/><bottom style="thin"><color rgb="FF8FA3B8"/></bottom><diagonal/></border>'


@dataclass(frozen=True, kw_only=True)
class Styles:
    """The styles of one workbook."""

    scales: tuple[int, ...]
    """Numbers of decimals that its columns have."""

    def decimal(self, scale: int) -> int:
        return FIRST_DECIMAL + self.scales.index(min(scale, MOST_DECIMALS))

    def xml(self) -> str:
        return (
            f'{DECLARATION}<styleSheet xmlns="{MAIN}">{self._formats()}'
            f'<fonts count="3">{FONT}{BOLD}{BIG}</fonts>{_fills()}'
            f'<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>{LINE}</borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f"{self._cells()}"
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )

    def _formats(self) -> str:
        truth = "&quot;TRUE&quot;;&quot;TRUE&quot;;&quot;FALSE&quot;"
        decimals = ("0." + "0" * scale for scale in self.scales)
        codes = ["yyyy\\-mm\\-dd", "yyyy\\-mm\\-dd\\ hh:mm:ss", truth, *decimals]
        items = (
            f'<numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in enumerate(codes, FIRST_OWN_FORMAT)
        )
        return f'<numFmts count="{len(codes)}">{"".join(items)}</numFmts>'

    def _cells(self) -> str:
        """In the order of the constants above."""
        cells = [
            _cell(),
            _cell(font=1, fill=2, border=1),
            _cell(format=DATE_FORMAT),
            _cell(format=MOMENT_FORMAT),
            _cell(quoted=True),
            _cell(fill=3, quoted=True),
            _cell(format=1),
            _cell(font=1),
            _cell(font=2),
            _cell(format=TRUTH_FORMAT),
            *(_cell(format=number) for number, _ in enumerate(self.scales, FIRST_DECIMAL_FORMAT)),
        ]
        return f'<cellXfs count="{len(cells)}">{"".join(cells)}</cellXfs>'


def styles_for(columns: Iterable[Column]) -> Styles:
    scales = {decimals(column) for column in columns}
    return Styles(scales=tuple(sorted(scale for scale in scales if scale)))


def decimals(column: Column) -> int:
    """How many digits behind the point the column always shows; 0 for none, or unknown."""
    if outgoing_kind(column) is not Kind.DECIMAL:
        return 0
    return min(max(column.type.scale or 0, 0), MOST_DECIMALS)


def _cell(*, format: int = 0, font: int = 0, fill: int = 0, border: int = 0, quoted: bool = False) -> str:
    """`quoted` keeps a text a text when somebody edits it, as a leading ' does: `=1+1` never becomes a formula."""
    parts: Sequence[str] = (
        f'<xf numFmtId="{format}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0"',
        ' applyNumberFormat="1"' if format else "",
        ' applyFont="1"' if font else "",
        ' applyFill="1"' if fill else "",
        ' applyBorder="1"' if border else "",
        ' quotePrefix="1"' if quoted else "",
        "/>",
    )
    return "".join(parts)


def _fills() -> str:
    """The first two are fixed by the standard."""
    own = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="{color}"/><bgColor indexed="64"/></patternFill></fill>'
        for color in FILLS
    )
    none, gray = (f'<fill><patternFill patternType="{name}"/></fill>' for name in ("none", "gray125"))
    return f'<fills count="{len(FILLS) + 2}">{none}{gray}{own}</fills>'
