"""Measures in the text that Prometheus and its relatives read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BEYOND = "+Inf"


@dataclass(frozen=True, kw_only=True)
class Sample:
    value: float
    labels: Mapping[str, str]
    suffix: str = ""


@dataclass(frozen=True, kw_only=True)
class Family:
    name: str
    kind: str
    """`gauge`, `counter` or `histogram`."""
    words: str
    samples: tuple[Sample, ...]


def distribution(
    labels: Mapping[str, str], ends: Sequence[float], counts: Sequence[int], total: float
) -> Iterator[Sample]:
    """Of a histogram; `counts` says how many there are in each part, `total` what all of them come to."""
    so_far = 0
    for end, count in zip((*ends, None), counts, strict=True):
        so_far += count
        yield Sample(value=so_far, labels={**labels, "le": BEYOND if end is None else number(end)}, suffix="_bucket")
    yield Sample(value=total, labels=labels, suffix="_sum")
    yield Sample(value=so_far, labels=labels, suffix="_count")


def exposition(families: Iterable[Family]) -> str:
    """
    >>> jobs = Family(name="jobs", kind="gauge", words="How many.", samples=(Sample(value=2, labels={"kind": "a"}),))
    >>> print(exposition([jobs]), end="")
    # HELP jobs How many.
    # TYPE jobs gauge
    jobs{kind="a"} 2
    """
    return "".join(line + "\n" for family in families for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {_escaped(family.words)}"
    yield f"# TYPE {family.name} {family.kind}"
    for sample in family.samples:
        labels = ",".join(f'{name}="{_quoted(value)}"' for name, value in sample.labels.items())
        yield f"{family.name}{sample.suffix}{f'{{{labels}}}' if labels else ''} {number(sample.value)}"


def number(value: float) -> str:
    """
    >>> number(2.0), number(0.25), number(10_000_000_000)
    ('2', '0.25', '10000000000')
    """
    return str(int(value)) if value == int(value) else repr(float(value))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    """What cannot be written as UTF-8 would keep all others from being read."""
    return _escaped(text).replace('"', '\\"').encode("utf-8", "replace").decode()
