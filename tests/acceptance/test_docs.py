"""The documentation tells the truth: its commands run, its Python runs, its generated pages are up to date."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from entrepot.cli import main
from entrepot.sample.create import create_sample

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted(DOCS.glob("[hs]*/*.md")) if BLOCK.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_example_of_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_sample(tmp_path)
    (tmp_path / "passphrase.txt").write_text("correct horse battery staple\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            exec(compile(text, page.name, "exec"), {"__name__": "__main__"})
            continue
        for line in text.splitlines():
            command = shlex.split(line.removeprefix("$ entrepot "))
            assert main(command) == 0, line


def test_the_generated_pages_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS))
    import build  # pyrefly: ignore[missing-import] - a script beside the pages, not a package

    for name, page in build.PAGES.items():
        written = (DOCS / "reference" / name).read_text(encoding="utf-8")
        if name == "command-line.md" and sys.version_info[:2] != (3, 11):
            continue  # other versions of argparse break lines elsewhere
        assert written == page(), f"{name} is out of date: run python docs/build.py"
