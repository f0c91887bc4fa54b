"""Exports by peers, of the table that ours and psql write."""

from __future__ import annotations

from bench.cases import PSQL, Case
from bench.peers.homes import Homes
from bench.peers.into import SLOW, SLOWER
from bench.servers import Sources


def peer_exports(sources: Sources, homes: Homes, rows: int) -> tuple[Case, ...]:
    def case(name: str, peer: str, most: int) -> Case | None:
        if peer in homes.absent:
            return None
        count = min(rows, most)
        return Case(
            name=name,
            engine="postgres",
            command=homes.script(peer, "out", "{out}/t.csv", sources.postgres, count),
            check=f"test $(wc -l < {{out}}/t.csv) = {count + 1}",
            reference=PSQL,
            rows=count,
            peer=True,
        )

    known = (case("pandas.to_csv", "pandas", SLOW), case("django-import-export", "django", SLOWER))
    return tuple(found for found in known if found)
