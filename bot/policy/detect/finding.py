"""What a detector found, and how sure it must be to count."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.policy.detect.segment import Segment

ROUTE = 0.3
"""From here on a finding keeps a text on-prem: the cheap mistake."""
TABLED = 0.4
"""The least score of what a table of words says a text is about; what only the learned weights say is below."""
MASK = 0.5
"""From here on a finding may be replaced by a placeholder: a wrong one spoils the text."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A span that a detector recognised.

    start, end: offsets in the text that was given to `find`; score: 0 to 1; evidence: why, in words that
    never hold the value itself ("birth date, checksum", "format openai").
    """

    kind: str
    start: int
    end: int
    score: float
    evidence: str


def because(*evidence: str) -> str:
    """The evidence that there is, as one line; empty strings are what there is not."""
    return ", ".join(filter(None, evidence))


Detector = Callable[[Segment], Iterable[Finding]]
"""Findings of one kind in a segment, in the segment's offsets."""
