"""Side by side against what people use today, in one run, as ratios. `make bench`, or `python -m bench --help`.

dataset   the `transactions` rows, seeded, at any size      servers   where they are loaded
cases     what is measured, against what, with its gate      measure   wall time and peak memory of a command
rounds    all of it, as often as asked for                   table     what is printed
peers     other people's tools, for `--peers`
"""

import sys
from pathlib import Path

# The servers that are measured are started as the tests start theirs.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
