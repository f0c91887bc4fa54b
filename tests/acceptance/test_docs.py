"""The documentation tells the truth: its commands run, its Python runs, its generated pages are up to date."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import signal
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.work import workers
from entrepot.cli import main
from entrepot.cli.parser import build_parser
from entrepot.config.decode import decode
from entrepot.config.settings import Settings
from entrepot.sample.create import create_sample

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted(DOCS.glob("[hs]*/*.md")) if BLOCK.search(page.read_text(encoding="utf-8"))]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """With the sample; whatever worker was started there goes."""
    create_sample(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for worker in workers(tmp_path, ".entrepot"):
        os.kill(worker, signal.SIGKILL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_example_of_a_page_runs(page: Path, home: Path) -> None:
    (home / "passphrase.txt").write_text("correct horse battery staple\n", encoding="utf-8")
    names: dict[str, object] = {"__name__": "__main__"}
    for language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            exec(compile(text, page.name, "exec"), names)
            continue
        for line in text.splitlines():
            command = shlex.split(line.removeprefix("$ entrepot "))
            assert main(command) == 0, line


def test_the_python_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_sample(tmp_path)
    (tmp_path / "shop.db").rename(tmp_path / "app.db")
    monkeypatch.chdir(tmp_path)
    ((_, example),) = BLOCK.findall(README)
    exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})
    assert (tmp_path / "orders.csv.gz.receipt.json").exists()


def test_the_commands_of_the_readme_exist() -> None:
    commands = re.findall(r"^entrepot (.+)$", README, re.MULTILINE)
    assert commands
    for command in commands:
        build_parser().parse_args(shlex.split(command))


def test_the_readme_shows_what_the_demonstration_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """But for sizes and seconds."""
    assert main(["demo", "--folder", str(tmp_path / "demo")]) == 0
    printed = plain(capsys.readouterr().out)
    (shown,) = re.findall(r"^```\n(3\. .*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(plain(shown)) > 8
    assert [line for line in plain(shown) if line not in printed] == []


def plain(text: str) -> list[str]:
    return [re.sub(r" +[\d.]+ [kM]?B +[\d.]+ s$", "", line) for line in text.splitlines() if line]


def test_the_settings_of_the_page_are_understood() -> None:
    page = (DOCS / "how-to" / "settings.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    settings = decode(Settings, tomllib.loads(example), "")
    assert settings.entities["users"].fields["email"].sensitive == "email"
    assert settings.exports["staff_only"].entities == ("@staff",)


def test_the_generated_pages_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "110")  # as the script does, but for this test alone
    pages = runpy.run_path(str(DOCS / "build.py"))["PAGES"]  # whatever else is called `build`
    for name, page in pages.items():
        written = (DOCS / "reference" / name).read_text(encoding="utf-8")
        if name == "command-line.md" and sys.version_info[:2] != (3, 11):
            continue  # other versions of argparse break lines elsewhere
        assert written == page(), f"{name} is out of date: run python docs/build.py"
