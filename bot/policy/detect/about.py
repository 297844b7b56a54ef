"""What a text is about, by what it says: one look at its words for all tables of phrases. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.policy.detect import directive, learned, matters
from bot.policy.detect.finding import Finding
from bot.policy.detect.learned import Sentences
from bot.policy.detect.phrases import Index
from bot.policy.detect.segment import Segment
from bot.policy.detect.sentences import Span

KINDS = (*directive.KINDS, *matters.KINDS)

_INDEX = Index({**directive.TABLES, **matters.TABLES})
_JOINT = re.compile(
    r"[_.-](?:(?<=_)|(?<=[가-힣].)(?=[가-힣A-Za-z])|(?<=[A-Za-z].)(?=[가-힣])|(?<=[A-Za-z]\.)(?=[A-Za-z]))"
)
"""What stands between the words of a file's name, as a space does elsewhere. A hyphen between Latin letters the tables
read themselves."""


def about(segment: Segment) -> Iterator[Finding]:
    text, lower = _read(segment)
    found = _INDEX.find(lower)
    if found:
        yield from directive.directives(lower, found)
    said = list(matters.matters(text, lower, found)) if found else []
    yield from learned.model().judged(_sentences(lower, found, said), said)


def sentences(segment: Segment) -> Sentences:
    """As the learned judge reads them."""
    text, lower = _read(segment)
    found = _INDEX.find(lower)
    return _sentences(lower, found, list(matters.matters(text, lower, found)))


def _sentences(lower: str, found: Mapping[str, list[Span]], said: list[Finding]) -> Sentences:
    return Sentences.of(lower, {table: found[table] for table in found.keys() & matters.TABLES.keys()}, said)


def _read(segment: Segment) -> tuple[str, str]:
    """The text as it is read, and the same in lower case."""
    text = _JOINT.sub(" ", segment.text)
    return text, _JOINT.sub(" ", segment.lower) if text != segment.text else segment.lower
