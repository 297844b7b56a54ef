"""Numbers that the United States give to people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.policy.detect.finding import Detector, Finding, because
from bot.policy.detect.segment import Number, Segment

_WORDS = (
    "ssn", "social security", "social sec", "itin", "taxpayer id", "사회보장번호", "my social", "his social",
    "her social", "their social", "your social", "'s social", "social is", "social:", "social #", "social number",
    "social no", "soc sec", "ss#", "ss #", "ss number", "w-9", "w-2 ", "form i-9", "i-9 form",
)  # fmt: skip
# https://www.ssa.gov/employer/randomization.html: never 000, 666 or 900 to 999, no group 00, no serial 0000.
_SSN = re.compile(r"(?!000|666|9)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}")
# https://www.irs.gov/individuals/itin: taxpayers without one have 9.. and a group from 50 on.
_ITIN = re.compile(r"9[0-9]{2}(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])[0-9]{4}")


def us_ssn(segment: Segment) -> Iterator[Finding]:
    """Social security and individual taxpayer numbers: no check digit, so hyphens as the card has them, or a word."""
    for number in segment.numbers(9, 9):
        context = segment.context(_WORDS)
        issued = (_SSN.fullmatch(number.digits) or _ITIN.fullmatch(number.digits)) is not None
        score = _score(segment, number, issued, bool(context))
        if score:
            yield Finding("us_ssn", number.start, number.end, score, because("area" * issued, context) or "format")


def _score(segment: Segment, number: Number, issued: bool, context: bool) -> float:
    if segment.part(number) or (segment.glued(number) and not context):
        return 0.0
    if number.groups == (3, 2, 4) and "," not in number.separators:
        if context:
            return 0.85 if issued else 0.5
        if not issued or not number.hyphened:
            return 0.0
        return 0.3 if segment.called_otherwise(number.start, _WORDS) else 0.6
    if not context or not (len(number.groups) == 1 or number.spaced_apart):
        return 0.0
    return 0.6 if issued and not segment.called_otherwise(number.start, _WORDS) else 0.35


DETECTORS: Mapping[str, Detector] = {"us_ssn": us_ssn}
