"""A text in sentences, as rules about words read it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

LONGEST = 400
"""Characters of a sentence; a longer one is read in pieces that overlap by half."""

_END = re.compile(r"[.?!…](?=[\s\"'”’)\]]|\Z)|[\r\n]+")
_BLANK = re.compile(r"\n[ \t\r]*\n")

Span = tuple[int, int]


def sentences(text: str) -> list[Span]:
    """Where each sentence begins and ends, a line by itself first, and then each line with the next: what runs on over
    a line break is read whole, and no line can hide what another says."""
    found: list[Span] = []
    lines: list[tuple[Span, Span]] = []
    first, begins, line_first = 0, True, (0, 0)
    for end, is_break in ends(text):
        found += _pieces(first, end)
        if begins:
            line_first, begins = (first, end), False
        if is_break:
            lines.append((line_first, (first, end)))
            begins = True
        first = end
    for (_, last), (following, _) in pairwise(lines):
        start, end = last[0], following[1]
        if end - start <= LONGEST and _BLANK.search(text, start, following[0]) is None:
            found.append((start, end))
    return found


def ends(text: str) -> Iterator[tuple[int, bool]]:
    """Where each sentence ends, and whether its line does too."""
    for match in _END.finditer(text):
        yield match.end(), match[0][0] in "\r\n"
    yield len(text), True


def _pieces(start: int, end: int) -> Iterator[Span]:
    while end - start > LONGEST:
        yield start, start + LONGEST
        start += LONGEST // 2
    if end > start:
        yield start, end
