"""What a detector reads: a text made plain, its numbers, and the words around them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

_DIGITS = re.compile(r"[0-9]+")
_SEPARATORS = " \t\r\n.-·/_,*`~()"
_MAX_GAP = 4  # "900101 - \n1234568"
_TOUCHING = re.compile(r"[A-Za-z_#]\Z|[0-9]\.\Z")


class Number(NamedTuple):
    """Whole runs of digits that short separators join: "900101 - 1234568" has the groups (6, 7)."""

    start: int
    end: int
    digits: str
    groups: tuple[int, ...]
    separators: str

    @property
    def spaced_apart(self) -> bool:
        """Whether every digit stands alone: "9 0 0 1 ..."."""
        return len(self.groups) == len(self.digits)


class _Run(NamedTuple):
    """Digits in a row. gap: the separators since the run before it; None where there are more than these."""

    start: int
    end: int
    digits: str
    gap: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    text: str
    lower: str
    _runs: tuple[_Run, ...]

    @classmethod
    def of(cls, text: str) -> Segment:
        return cls(text, text.lower(), tuple(_runs(text)))

    def context(self, words: tuple[str, ...]) -> str:
        """'context WORD' for the first of the words (lower case) that stands anywhere in the text, or ''.

        Anywhere, because distance is easily padded; and a word can only raise a score, never lower it.
        """
        return next((f"context {word}" for word in words if word in self.lower), "")

    def numbers(self, shortest: int, longest: int) -> Iterator[Number]:
        """Every number of that many digits. A part of a run of digits is never a number: a longer run is a
        timestamp, a trace or an order."""
        for first, (start, end, digits, _) in enumerate(self._runs):
            groups: tuple[int, ...] = (len(digits),)
            separators = ""
            following = first + 1
            while len(digits) <= longest:
                if len(digits) >= shortest:
                    yield Number(start, end, digits, groups, separators)
                if following == len(self._runs):
                    break
                _, end, more, gap = self._runs[following]
                if gap is None:
                    break
                digits += more
                groups += (len(more),)
                separators += gap
                following += 1

    def glued(self, number: Number) -> bool:
        """Whether ASCII letters, _ or # touch the number, or it is the fraction of a decimal: then it is more
        likely a piece of a hash, a file name or a coordinate."""
        before = self.text[max(0, number.start - 2) : number.start]
        after = self.text[number.end : number.end + 1]
        return _TOUCHING.search(before) is not None or _TOUCHING.match(after) is not None


def _runs(text: str) -> Iterator[_Run]:
    done: int | None = None
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        between = None if done is None or start - done > _MAX_GAP else text[done:start]
        yield _Run(start, end, match[0], None if between is None or between.strip(_SEPARATORS) else between)
        done = end
