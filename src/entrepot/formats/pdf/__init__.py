"""PDF: a report to hand on: title page with a chart, contents, paged tables of all rows."""

from __future__ import annotations

from entrepot.formats.pdf.options import PdfOptions
from entrepot.formats.pdf.whole import check_whole
from entrepot.formats.port import Document, Format, Result, Tools
from entrepot.model.errors import missing_extra
from entrepot.model.ports import Outlet, RowSource

__all__ = ["FORMAT", "PdfOptions"]


def write_pdf(document: Document, source: RowSource, outlet: Outlet, options: PdfOptions, _tools: Tools) -> Result:
    """The writer proper is imported here: it needs reportlab, for the fonts."""
    try:
        from entrepot.formats.pdf.report import write_report
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "reportlab":
            raise
        raise missing_extra("pdf", "Writing PDF") from error
    return write_report(document, source, outlet, options)


FORMAT = Format(
    name="pdf",
    title="PDF report",
    extension=".pdf",
    media_type="application/pdf",
    survives="For reading: every value as its text, wrapped, never cut; NULL as a grey dash. Not meant to be imported "
    "again. Arabic is joined and right to left; other scripts that need shaping (Devanagari, Thai, …) are not shaped.",
    write=write_pdf,
    options=PdfOptions,
    lossless=False,
    metadata=True,
    check=check_whole,
)
