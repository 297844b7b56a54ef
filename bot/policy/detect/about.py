"""What a text is about, by what it says: one look at its words for all tables of phrases. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.policy.detect import directive, matters
from bot.policy.detect.finding import Finding
from bot.policy.detect.phrases import Index
from bot.policy.detect.segment import Segment

KINDS = (*directive.KINDS, *matters.KINDS)

_INDEX = Index({**directive.TABLES, **matters.TABLES})
_JOINT = re.compile(
    r"[_.-](?:(?<=_)|(?<=[가-힣].)(?=[가-힣A-Za-z])|(?<=[A-Za-z].)(?=[가-힣])|(?<=[A-Za-z]\.)(?=[A-Za-z]))"
)
"""What stands between the words of a file's name, as a space does elsewhere. A hyphen between Latin letters the tables
read themselves."""


def about(segment: Segment) -> Iterator[Finding]:
    text = _JOINT.sub(" ", segment.text)
    lower = segment.lower if text == segment.text else text.lower()
    lower = lower if len(lower) == len(text) else text  # İ becomes two characters
    found = _INDEX.find(lower)
    if found:
        yield from directive.directives(lower, found)
        yield from matters.matters(text, lower, found)
