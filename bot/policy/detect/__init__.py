"""What in a text is sensitive by itself: identifiers, addresses, secrets. Pure, no network, no model.

A detector is a function from a Segment to Findings in the segment's own offsets, and one entry in the
`DETECTORS` of its module. `find` runs each over the text with its disguises removed, and again as Slack would show it.
What surrounds an identifier may raise its score and never lowers it. One thing does speak against a number: a label
right before it, on its line, that calls it something else ("part number"); and only where its form is all there is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files

from bot.policy.detect import about, american, banking, contact, ids, korean, lists, places, secrets
from bot.policy.detect.encoded import decoded
from bot.policy.detect.finding import MASK, ROUTE, TABLED, Detector, Finding
from bot.policy.detect.lists import NO_LISTS, Lists
from bot.policy.detect.normal import View, fold, turned, unlink, whole
from bot.policy.detect.segment import Segment

__all__ = [
    "ABOUT",
    "DETECTORS",
    "KINDS",
    "LISTED",
    "MASK",
    "MAX_CHARACTERS",
    "NO_LISTS",
    "ROUTE",
    "TABLED",
    "UNDETECTED",
    "VERSION",
    "Finding",
    "Lists",
    "find",
    "views",
    "warm_up",
]

DETECTORS: Mapping[str, Detector] = {
    **ids.DETECTORS,
    **korean.DETECTORS,
    **banking.DETECTORS,
    **american.DETECTORS,
    **contact.DETECTORS,
    **places.DETECTORS,
    **secrets.DETECTORS,
    "about": about.about,
}
KINDS = (*(name for name in DETECTORS if name != "about"), *about.KINDS, *lists.KINDS)
"""The kinds that a Finding can have and a policy can speak of."""
ABOUT = frozenset(about.KINDS)
"""The kinds that say what a text is about: no value that could be taken out of it, as a number or a name is."""
LISTED = frozenset(lists.KINDS)
"""The kinds of names that the company lists."""
UNDETECTED = "undetected"
"""The kind of what could not be looked at. No policy speaks of it, so it is RESTRICTED."""
_ANY = "대외비: 대리님이 어제 병가를 내고 노조에 갔다. His manager said he was fired, do not send this outside."
"""Words of both languages' tables, about nobody."""
MAX_CHARACTERS = 200_000
"""Of a longer text nothing is known: looking at it would keep the process from answering for a second."""


def warm_up() -> None:
    """Builds the tables and patterns that are built with the first text otherwise, which would take a fifth of a second
    longer than any other."""
    find(_ANY)


def find(text: str, listed: Lists = NO_LISTS, detectors: Mapping[str, Detector] = DETECTORS) -> tuple[Finding, ...]:
    """Every finding in the text, by start; those of one kind that overlap are one. Total: it never raises, and what
    could not be looked at is a finding itself."""
    if len(text) > MAX_CHARACTERS:
        return (Finding(UNDETECTED, 0, len(text), 1.0, f"longer than {MAX_CHARACTERS:,} characters"),)
    findings: list[Finding] = []
    for view in views(text):
        findings += _read(view, listed, detectors)
    return tuple(_merged(findings))


def views(text: str) -> Iterator[View]:
    """The text without its disguises; with what is encoded in it; and each of these as Slack would show it."""
    original = whole(text)
    plain, shown_turned = fold(original), turned(original)
    for view in (plain, *decoded(plain), *(() if shown_turned is None else (fold(shown_turned),))):
        yield view
        shown = unlink(view)
        if shown is not None:
            yield shown


def _read(view: View, listed: Lists, detectors: Mapping[str, Detector]) -> Iterator[Finding]:
    segment = Segment.of(view.text)
    for name, detect in (*detectors.items(), ("lists", listed.find)):
        try:
            found = list(detect(segment))
        except Exception as error:  # noqa: BLE001 - whatever a detector does, its text is not believed to be harmless
            found = [Finding(UNDETECTED, 0, len(view.text), 1.0, f"{name} failed: {type(error).__name__}")]
        for finding in found:
            # Of an empty text there is nothing to lead back to, and still a detector may fail on it.
            start, end = view.original(finding.start, finding.end) if view.text else (0, 0)
            yield replace(finding, start=start, end=end)


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    merged: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.kind, f.start, f.end)):
        last = merged[-1] if merged else None
        if last is None or last.kind != finding.kind or finding.start >= last.end:
            merged.append(finding)
            continue
        surer = max(last, finding, key=lambda f: f.score)
        merged[-1] = replace(surer, start=last.start, end=max(last.end, finding.end))
    return sorted(merged, key=lambda f: (f.start, f.end, f.kind))


def _version() -> str:
    """A hash of this package's source, its weights and the Unicode tables it folds with: nobody has to remember to
    change it, and a cached label never outlives the detector that made it."""
    digest = sha256(unicodedata.unidata_version.encode())
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith((".py", ".json")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


VERSION = _version()
