"""What a text is about, by what it says: one look at its words for all tables of phrases. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from bot.policy.detect import directive, matters
from bot.policy.detect.finding import Finding
from bot.policy.detect.phrases import Index
from bot.policy.detect.segment import Segment

KINDS = (*directive.KINDS, *matters.KINDS)

_INDEX = Index({**directive.TABLES, **matters.TABLES})


def about(segment: Segment) -> Iterator[Finding]:
    lower = segment.lower if len(segment.lower) == len(segment.text) else segment.text  # İ becomes two characters
    found = _INDEX.find(lower)
    if found:
        yield from directive.directives(lower, found)
        yield from matters.matters(segment.text, lower, found)
