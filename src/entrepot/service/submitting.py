"""What all parts of the service that submit have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.use_cases.auditing import Told as Recorded
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.use_cases.submissions import Manner, Submissions


@contextmanager
def submitting(
    adapters: Adapters,
    manner: Manner | None,
    action: Action,
    about: object = None,
    entity: str | None = None,
    **facts: str | None,
) -> Iterator[tuple[Submissions, Recorded]]:
    """Around a submission, as `recorded`. To open our own records takes longer than to write an order."""
    from entrepot.use_cases.submissions import Manner, Submissions

    with adapters.opening_once() as once, recorded(once, action, about, entity, beside=False, **facts) as told:
        yield Submissions(adapters=once, manner=manner or Manner()), told
