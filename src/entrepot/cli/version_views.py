"""The versions of something, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.cli.paper import Paper
from entrepot.cli.text import contrasted, quoted, visible
from entrepot.model.versions import History, Version

LONGEST = 40


def history_lines(history: History, on: Paper) -> Iterator[str]:
    of = ", ".join(f"{name} {visible(value)}" for name, value in history.of.items())
    yield from on.text(f"{history.entity}, {of}", indent=0, style="bold")
    for version in history.versions:
        yield from on.heading(f"Version {version.number:,}", _added(version))
        if version is history.versions[-1]:
            yield from on.text("the first one there is", style="dim")
        elif not version.changes:
            yield from on.text("as the one before", style="dim")
        rows = [(one.field, *contrasted(quoted(one.before), quoted(one.after), LONGEST)) for one in version.changes]
        if rows:
            yield from on.rows(("field", "was", "is"), rows, least=(5, 6, 6))


def _added(version: Version) -> str:
    newest = "the newest; " if version.current else ""
    if version.job is None:
        return f"{newest}no import that is still known added it"
    return f"{newest}added by {version.job}, {(version.job_at or '')[:16].replace('T', ' ')} UTC"
