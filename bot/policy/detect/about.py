"""What a text is about, by what it says: one look at its words for all tables of phrases. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.policy.detect import directive, learned, matters
from bot.policy.detect.finding import Finding
from bot.policy.detect.learned import Sentences
from bot.policy.detect.phrases import Index
from bot.policy.detect.segment import Segment
from bot.policy.detect.sentences import Span

KINDS = (*directive.KINDS, *matters.KINDS)

_INDEX = Index({**directive.TABLES, **matters.TABLES})


def about(segment: Segment) -> Iterator[Finding]:
    lower = _lower(segment)
    found = _INDEX.find(lower)
    if found:
        yield from directive.directives(lower, found)
    said = list(matters.matters(segment.text, lower, found)) if found else []
    yield from learned.model().judged(_sentences(lower, found, said), said)


def sentences(segment: Segment) -> Sentences:
    """As the learned judge reads them."""
    lower = _lower(segment)
    found = _INDEX.find(lower)
    return _sentences(lower, found, list(matters.matters(segment.text, lower, found)))


def _sentences(lower: str, found: Mapping[str, list[Span]], said: list[Finding]) -> Sentences:
    return Sentences.of(lower, {table: found[table] for table in found.keys() & matters.TABLES.keys()}, said)


def _lower(segment: Segment) -> str:
    return segment.lower if len(segment.lower) == len(segment.text) else segment.text  # İ becomes two characters
