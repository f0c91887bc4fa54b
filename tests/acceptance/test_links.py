"""Every link in the documentation leads somewhere: to a file that exists, and to a heading that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def links(text: str) -> list[str]:
    """Targets outside of code."""
    return LINK.findall(CODE.sub("", FENCED.sub("", text)))


def anchors(text: str) -> Iterator[str]:
    """What a heading is called in a link; one that comes again is numbered."""
    seen: dict[str, int] = {}
    for heading in HEADING.findall(FENCED.sub("", text)):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        again = seen[name] = seen.get(name, -1) + 1
        yield f"{name}-{again}" if again else name


def broken(page: Path) -> list[str]:
    inner = (link for link in links(page.read_text(encoding="utf-8")) if not re.match(r"[a-z]+:", link))
    return [link for link in inner if not leads_somewhere(page, *link.split("#"))]


def leads_somewhere(page: Path, path: str, anchor: str = "") -> bool:
    """Inside the project, for nobody else has what lies beside it."""
    target = (page.parent / path).resolve() if path else page
    there = target.exists() and ROOT in target.parents
    return there and (not anchor or anchor in anchors(target.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_links_that_lead_nowhere_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    page = tmp_path / "a.md"
    headings = "# A b, c!\n" * 2
    page.write_text(headings + "[0](a.md) [1](#a-b-c) [2](#a-b-c-1) [3](#d) [4](b) [5](a.md#e) `[6](c.md)` [7](../x)")
    (tmp_path.parent / "x").touch()
    assert broken(page) == ["#d", "b", "a.md#e", "../x"]


def test_every_page_can_be_reached_from_the_first_one() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        paths = (link.partition("#")[0] for link in links(page.read_text(encoding="utf-8")))
        waiting += [(page.parent / path).resolve() for path in paths if path and ":" not in path]
    decisions = set((ROOT / "docs" / "decisions").glob("*.md"))
    assert set(PAGES) - decisions - reached == set()
