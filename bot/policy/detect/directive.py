"""What is said of a text: that it stays in the building; or to a model, that it betray its instructions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.policy.detect.directive_words import DIRECTIVE, HARMLESS, INJECTION
from bot.policy.detect.finding import Finding
from bot.policy.detect.sentences import Span

TABLES = {"directive": DIRECTIVE, "injection": INJECTION}
KINDS = tuple(TABLES)
_SURE = 0.9


def directives(lower: str, found: Mapping[str, list[Span]]) -> Iterator[Finding]:
    """found: what of TABLES stands in the text."""
    said = sorted(found.get("directive", ()))
    harmless = [one.span() for one in HARMLESS.pattern.finditer(lower)] if said else []
    for start, end in _outside(said, harmless):
        yield Finding("directive", start, end, _SURE, "said to stay in the building")
    for start, end in found.get("injection", ()):
        yield Finding("injection", start, end, _SURE, "said to a model against its instructions")


def _outside(said: list[Span], harmless: list[Span]) -> Iterator[Span]:
    """What is said and touches nothing harmless. Both are sorted."""
    at = 0
    for start, end in said:
        while at < len(harmless) and harmless[at][1] <= start:
            at += 1
        if at == len(harmless) or end <= harmless[at][0]:
            yield start, end
