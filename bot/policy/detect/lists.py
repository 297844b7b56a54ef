"""Names that a company lists: of its people, its customers, its projects. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bot.policy.detect.finding import Finding
from bot.policy.detect.segment import Segment

KINDS: tuple[str, ...] = ()
"""The kinds that a listed name can have."""


class Lists(Protocol):
    """What is listed. epoch: another one whenever the lists say something else."""

    @property
    def epoch(self) -> str: ...

    def find(self, segment: Segment) -> Iterable[Finding]: ...


class _Nothing:
    epoch = ""

    def find(self, segment: Segment) -> Iterable[Finding]:
        return ()


NO_LISTS: Lists = _Nothing()
