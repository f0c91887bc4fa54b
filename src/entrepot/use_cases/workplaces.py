"""Where an import works: a private folder with a workbench in it, which may be there before all else is loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.storage.work import work_folder

if TYPE_CHECKING:
    from entrepot.workbench.bench import ImportBench
    from entrepot.workbench.client import ChildWorkbench

    Workplace = tuple[Path, ChildWorkbench]


@contextmanager
def workplace(adapters: Adapters) -> Iterator[Workplace]:
    with work_folder() as work, adapters.workbench(work) as child:
        yield work, child


def benches(adapters: Adapters, place: Workplace) -> Callable[[], AbstractContextManager[ImportBench]]:
    """What opens the workbench that has started, and a new one for whoever wants another."""
    work, child = place
    ready = iter([child])

    @contextmanager
    def bench() -> Iterator[ImportBench]:
        from entrepot.workbench.bench import ImportBench

        if (child := next(ready, None)) is not None:
            with closing(child):
                yield ImportBench(child)
        else:
            with adapters.workbench(work) as another:
                yield ImportBench(another)

    return bench
