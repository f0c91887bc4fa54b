"""The text that Prometheus reads."""

from __future__ import annotations

import re

from entrepot.model.metrics import Family, Sample, distribution, exposition, number
from entrepot.model.tallies import SECONDS, Ended, Tally, Total, together

LINE = re.compile(r'^[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\[\\n"])*"(,[a-z_]+="(?:[^"\\\n]|\\[\\n"])*")*\})? -?[\d.e+]+$')


def test_names_of_all_kinds_are_one_line_each() -> None:
    samples = tuple(Sample(value=1.5, labels={"queue": name}) for name in ('a"b', "a\nb", "a\\", "\udce4", "é", ""))
    text = exposition([Family(name="f", kind="gauge", words="One\ntwo\\.", samples=samples)])
    head, kind, *lines = text.splitlines()
    assert (head, kind) == ("# HELP f One\\ntwo\\\\.", "# TYPE f gauge")
    assert len(lines) == len(samples)
    assert [line for line in lines if not LINE.match(line)] == []
    text.encode()


def test_a_distribution_only_rises_and_ends_with_all() -> None:
    tally = Tally()
    for seconds in (0.05, 0.1, 0.4, 900, 1e6):
        tally = tally.plus(Ended(seconds=seconds, attempts=1, deaths=0, rows=0, bytes=None))
    samples = list(distribution({"kind": "a"}, SECONDS, tally.lasted, tally.millis / 1000))
    counts = [sample.value for sample in samples if sample.suffix == "_bucket"]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1], samples[-1].value) == (2, 5, 5)
    assert samples[-3].labels["le"] == "+Inf"
    assert abs(samples[-2].value - 1_000_900.55) < 0.001


def test_tallies_that_belong_together_are_one() -> None:
    ended = Ended(seconds=1, attempts=2, deaths=1, rows=3, bytes=4)
    totals = [Total(kind="a", status="failed", code=code, tally=Tally().plus(ended)) for code in ("x", "y")]
    found = together(totals, lambda total: total.kind)["a"]
    assert (found.jobs, found.attempts, found.rows, sum(found.lasted), sum(found.sized)) == (2, 4, 6, 2, 2)


def test_large_numbers_are_written_out() -> None:
    assert number(123_456_789_012_345) == "123456789012345"
