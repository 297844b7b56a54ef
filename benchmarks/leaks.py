"""What of people's texts stands where none may: in a log, in the audit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from bot.policy import detect

# RFC 9562, with and without hyphens. Random digits by the dozen: one of 700 holds what has the form of a telephone
# number or of a card.
_ID = re.compile(r"\b[0-9a-f]{8}(-?)[0-9a-f]{4}\1[1-8][0-9a-f]{3}\1[89ab][0-9a-f]{3}\1[0-9a-f]{12}\b")


def found_in(line: str) -> list[detect.Finding]:
    """What the detectors find in a line, but for what it is about, and for Naru's own ids."""
    found = detect.find(_ID.sub("(id)", line))
    return [one for one in found if one.score >= detect.ROUTE and one.kind not in detect.ABOUT]


def leaks(lines: Iterable[str], planted: Collection[str]) -> list[str]:
    """Of each line that says something of somebody, which kinds: never the line."""
    told: list[str] = []
    for number, line in enumerate(lines, 1):
        kinds = [one.kind for one in found_in(line)] + ["planted"] * any(secret in line for secret in planted)
        if kinds:
            told.append(f"line {number}: {', '.join(sorted(set(kinds)))}")
    return told
