"""What in a text is sensitive by itself: identifiers, addresses, secrets. Pure, no network, no model.

A detector is a function from a Segment to Findings in the segment's own offsets, and one entry in
`_DETECTORS`. `find` runs each over the text with its disguises removed, and again as Slack would show it.
What surrounds an identifier may raise its score and never lowers it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files

from bot.policy.detect.contact import email, phone
from bot.policy.detect.finding import MASK, ROUTE, Finding
from bot.policy.detect.ids import card, kr_rrn
from bot.policy.detect.normal import View, fold, unlink
from bot.policy.detect.secrets import secret
from bot.policy.detect.segment import Segment

__all__ = ["KINDS", "MASK", "ROUTE", "VERSION", "Finding", "find"]

_DETECTORS: dict[str, Callable[[Segment], Iterable[Finding]]] = {
    "kr_rrn": kr_rrn,
    "card": card,
    "email": email,
    "phone": phone,
    "secret": secret,
}
KINDS = tuple(_DETECTORS)
"""The kinds that a Finding can have."""


def find(text: str) -> tuple[Finding, ...]:
    """Every finding in the text, by start; those of one kind that overlap are one. Total: it never raises."""
    plain = fold(text)
    findings = list(_read(plain))
    shown = unlink(plain)
    if shown is not None:
        findings += _read(shown)
    return tuple(_merged(findings))


def _read(view: View) -> Iterator[Finding]:
    segment = Segment.of(view.text)
    for detect in _DETECTORS.values():
        for finding in detect(segment):
            start, end = view.original(finding.start, finding.end)
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
    """A hash of this package's source and of the Unicode tables it folds with: nobody has to remember to
    change it, and a cached label never outlives the detector that made it."""
    digest = sha256(unicodedata.unidata_version.encode())
    for file in sorted(files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".py"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


VERSION = _version()
