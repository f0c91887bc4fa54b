"""Makes the pictures of docs/how-to/screens: `python docs/screens.py`. Each is the program itself on a terminal."""

from __future__ import annotations

import re
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent / "tests")]

from drawing import lines_of, picture  # noqa: E402

from entrepot.sample.create import create_sample  # noqa: E402
from terminals import Terminal, on_terminal  # noqa: E402

SCREENS = DOCS / "how-to" / "screens"
IMPORT = (
    *("import", "orders.csv", "--into", "orders", "--mode", "upsert", "--key", "number"),
    *("--set", "created_at=2026-03-02 09:00:00", "--clean", "total=number:de", "--clean", "status=trim,lowercase"),
)
TYPED = " ".join(f'"{word}"' if " " in word else word for word in ("entrepot", *IMPORT))
VARYING = (
    (re.compile(r"(plan|imp|undo)_[0-9a-z]{8,}"), r"\1_4kq7x2m9fd3w"),
    (re.compile(r"of 20[-0-9]+T[:0-9]+"), "of 2026-03-02T09:30:00"),
    (re.compile(r"until 20[-0-9]+"), "until 2026-05-31"),
    (re.compile(r"\r?\n[^\n]*Choose a time when[^\n]*"), ""),
    (re.compile(r"in [0-9]+\.[0-9]{2} s"), "in 0.31 s"),
    (re.compile(r"(about|for) [0-9]+ s"), r"\1 1 s"),
)
"""What another run would say otherwise, and what it says here: nothing longer, lines are broken already."""
SEVERAL = ("import", "orders.csv", "customers.csv", "--tenant", "1", "--errors", "skip")
NEW_CUSTOMERS = """\
id,name,city,country,created_at
90001,Quince & Co,Bern,CH,2026-03-02 09:00:00
90002,Old Mill,Bern,Switzerland,2026-03-02 09:00:00
90003,Juniper,Basel,CH,2026-03-02 09:00:00
"""
NEW_ORDERS = """\
id,number,customer_id,status,ordered_on,total,created_at
90001,SO-90001,90001,open,2026-03-02,120.00,2026-03-02 09:00:00
90002,SO-90002,90002,open,2026-03-02,18.50,2026-03-02 09:00:00
90003,SO-90003,90003,packed,2026-03-02,75.25,2026-03-02 09:00:00
90004,SO-90004,90002,open,2026-03-02,9.90,2026-03-02 09:00:00
"""
HEADER = "Number;Customer ID;Status;Ordered on;Total;Notes"


def orders(database: Path, *, wrong: bool) -> str:
    """Some that are there and have been shipped, some as they are, some new; and slips of the pen."""
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT number, customer_id, status, ordered_on, total FROM orders ORDER BY id LIMIT 60"
        rows = [list(map(str, row)) for row in connection.execute(query)]
    for row in rows[:40]:
        row[2] = " Shipped"
    new = ((at, f"2026-02-{at % 28 + 1:02}") for at in range(1, 181))
    rows += [[f"SO-9{at:05}", str(at * 7), "open", day, f"{at * 31.5:.2f}"] for at, day in new]
    if wrong:
        for at in (70, 71, 72, 90, 140):
            rows[at][2] = "shiped"
        rows[95][3], rows[96][3], rows[120][1] = "2026-02-30", "2026-02-31", "99999"
    return "\n".join((HEADER, *(";".join((*row[:4], german(row[4]), "by phone")) for row in rows))) + "\n"


def german(amount: str) -> str:
    return f"{float(amount):,.2f}".translate(str.maketrans(",.", ".,"))


def save(name: str, typed: str, shown: str, title: str) -> None:
    for pattern, instead in VARYING:
        shown = pattern.sub(instead, shown)
    SCREENS.mkdir(exist_ok=True)
    lines = [f"\x1b[32m$\x1b[0m {line}" if at == 0 else f"  {line}" for at, line in enumerate(broken(typed))]
    (SCREENS / f"{name}.svg").write_text(picture([*lines, *lines_of(shown)], title), encoding="utf-8")


def broken(typed: str) -> list[str]:
    """A command line as people write it on several lines."""
    lines, line = [], ""
    for word in re.split(r" (?=--)", typed):
        if line and len(line) + len(word) > 74:
            lines.append(f"{line} \\")
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def answered(terminal: Terminal, question: str, answer: str) -> str:
    """What was shown until it ended, the answer included."""
    terminal.until(question)
    terminal.type(f"{answer}\n")
    terminal.ended()
    return terminal.shown


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        create_sample(folder)
        file = folder / "orders.csv"
        file.write_text(orders(folder / "shop.db", wrong=True), encoding="utf-8")
        with on_terminal(*IMPORT, folder=folder) as terminal:
            shown = answered(terminal, "[n] no: ", "n")
        save("import-problems", TYPED, shown, "A preview that found problems")
        file.write_text(orders(folder / "shop.db", wrong=False), encoding="utf-8")
        with on_terminal(*IMPORT, folder=folder) as terminal:
            shown = answered(terminal, "[n] no: ", "y")
        save("import", TYPED, shown, "A preview, the answer, and the receipt")
        job = re.findall(r"imp_[0-9a-z]+", shown)[-1]
        with on_terminal("undo", job, folder=folder) as terminal:
            shown = answered(terminal, "[y/N] ", "y")
        save("undo", f"entrepot undo {job[:4]}4kq7x2m9fd3w", shown, "An import is taken back")
        several(folder)


def several(folder: Path) -> None:
    """Two files, of which one refers to the other; something is wrong with that."""
    (folder / "customers.csv").write_text(NEW_CUSTOMERS, encoding="utf-8")
    (folder / "orders.csv").write_text(NEW_ORDERS, encoding="utf-8")
    with on_terminal(*SEVERAL, folder=folder) as terminal:
        shown = answered(terminal, "[n] no: ", "y")
    save("import-several", " ".join(("entrepot", *SEVERAL)), shown, "Two files as one import")


if __name__ == "__main__":
    main()
