"""The pictures of the documentation are what the program shows: `docs/screens.py` makes them anew."""

from __future__ import annotations

import runpy
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = "{http://www.w3.org/2000/svg}text"
SHOWN = {
    "import-problems": ("orders.csv → orders", "did you mean 'shipped'?", "records 71-73, 91, 141"),
    "import": ("[y] do it", "Imported", "entrepot undo imp_"),
    "import-several": ("orders.csv → orders", "record 2 of customers.csv", "[y] do it", "Imported", "2 tables"),
    "undo": ("Take it back? [y/N] y", "Taken back", "'shipped'"),
}


def test_the_program_still_shows_what_the_pictures_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made beside the pictures of the documentation, not in their place."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("screens.py", "drawing.py"):
        shutil.copy(DOCS / name, tmp_path)
    (tmp_path / "how-to").mkdir()
    runpy.run_path(str(tmp_path / "screens.py"), run_name="__main__")
    for name, words in SHOWN.items():
        made, kept = (lines(folder / "how-to" / "screens" / f"{name}.svg") for folder in (tmp_path, DOCS))
        for word in words:
            assert word in made
            assert word in kept


def lines(file: Path) -> str:
    """The words of a picture; none stands beyond its edge."""
    root = ElementTree.parse(file).getroot()
    texts = list(root.iter(TEXT))
    ends = [float(text.attrib["x"]) + float(text.attrib["textLength"]) for text in texts]
    assert max(ends) <= float(root.attrib["width"])
    return "\n".join(text.text or "" for text in texts)
