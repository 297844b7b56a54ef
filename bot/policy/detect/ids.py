"""Numbers that identify a person or open an account. A checksum is evidence, never a filter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import accumulate

from bot.policy.detect.finding import Detector, Finding, because
from bot.policy.detect.segment import Number, Segment

_RRN_WORDS = (
    "주민", "외국인", "등본", "초본", "실명", "4대보험", "가족관계", "민증", "rrn",
    "자녀", "부양", "resident", "alien reg", "foreigner", "registration n",
)  # fmt: skip
_RRN_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
# "앞자리 900101, 뒷자리 1234568": the halves with words between, where a word says what they are.
_RRN_HALVES = re.compile(r"[0-9](?<![0-9].)[0-9]{5}(?=[^0-9\n]{1,20}(?P<tail>[1-8][0-9]{6})(?![0-9]))")
_RRN_TURNED = re.compile(r"[1-8](?<![0-9].)[0-9]{6}(?=[^0-9\n]{1,20}(?P<head>[0-9]{6})(?![0-9]))")
# The last seven named as what they are; with the date of birth in words anywhere they are the number.
_RRN_TAIL = re.compile(
    r"(?:뒷 ?(?:자리|번호)|뒤 ?(?:7|일곱)? ?자리|뒤에 ?7 ?자리|last (?:7|seven)(?: digits)?)"
    r"[^0-9\n]{0,12}(?P<tail>[1-8][0-9]{6})(?![0-9])"
)
_RRN_HEAD = re.compile(r"[0-9](?<![0-9.-].)[0-9]{5} ?- ?(?P<sex>[1-8])(?![0-9-]|\.[0-9])")
_RRN_NAMES = (
    "주민번호",
    "주민등록",
    "주민 번호",
    "주민 등록",
    "외국인등록",
    "민증",
    "rrn",
    "resident",
    "alien reg",
    "registration n",
)
_CENTURY = {"1": 1900, "2": 1900, "3": 2000, "4": 2000, "5": 1900, "6": 1900, "7": 2000, "8": 2000}

_CARD_WORDS = ("카드", "card", "visa", "비자", "master", "amex", "american express", "cvc", "cvv", "유효기간", " cc ")
_CARD_LENGTHS = (12, 19)
# Issuer ranges with their lengths, ISO/IEC 7812 as the schemes publish them; 9 is for cards of Korea only.
_ISSUER = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})"
    r"|(?:5[1-5][0-9]{2}|222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|3[47][0-9]{13}|(?:1800|2131)[0-9]{11}|3(?:0[0-5]|[689][0-9])[0-9]{11,16}"
    r"|(?:6011|65[0-9]{2}|64[4-9][0-9]|62[0-9]{2}|35(?:2[89]|[3-8][0-9]))[0-9]{12,15}"
    r"|(?:50|5[6-9]|6[0-9])[0-9]{10,17}|9[0-9]{15}"
)
_CARD_GROUPS = {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (6, 13), (8, 8)}


def kr_rrn(segment: Segment) -> Iterator[Finding]:
    """Resident and foreigner registration numbers: birth date, a digit for century and sex, six digits.

    Numbers issued since October 2020 have random tails, so a checksum that fails says nothing.
    """
    for number in (*segment.numbers(13, 13), *_with_whole_years(segment)):
        if number.digits[6] not in _CENTURY:
            continue
        context = segment.context(_RRN_WORDS)
        born, checksum = birth_date(number.digits), rrn_checksum(number.digits)
        score = _rrn_score(number, born, checksum, bool(context), segment.glued(number))
        if score:
            evidence = because("birth date" * born, "checksum" * checksum, context) or "6-7 digits"
            yield Finding("kr_rrn", number.start, number.end, score, evidence)
    yield from _halves(segment)


def _with_whole_years(segment: Segment) -> Iterator[Number]:
    """Numbers whose year of birth is written with its century, without it: 19900101-1234568."""
    for number in segment.numbers(15, 15):
        year, rest = number.digits[:2], number.digits[2:]
        if number.groups[-1] == 7 and 8 in accumulate(number.groups) and _CENTURY.get(rest[6]) == int(year) * 100:
            yield number._replace(digits=rest, groups=(6, 7))


def _barcode(digits: str) -> bool:
    """Whether it is a Korean product's EAN-13 (GS1 General Specifications section 7.9): 880, mod 10."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits.startswith("880") and total % 10 == 0


def _halves(segment: Segment) -> Iterator[Finding]:
    context = segment.context(_RRN_WORDS)
    if not context:
        return
    for match in _RRN_HALVES.finditer(segment.text):
        if birth_date(match[0] + match["tail"]):
            yield Finding("kr_rrn", match.start(), match.end("tail"), 0.5, because("birth date", context))
    for match in _RRN_TURNED.finditer(segment.text):
        if birth_date(match["head"] + match[0]):
            yield Finding("kr_rrn", match.start(), match.end("head"), 0.5, because("birth date", context))
    for match in _RRN_TAIL.finditer(segment.lower):
        yield Finding("kr_rrn", *match.span("tail"), 0.5, because("last seven digits", context))
    for match in _RRN_HEAD.finditer(segment.text):
        named = segment.named(match.start(), _RRN_NAMES)
        if named and birth_date(match[0][:6] + match["sex"]):
            yield Finding("kr_rrn", match.start(), match.end(), 0.5, because("birth date", "sex", context))


def _rrn_score(number: Number, born: bool, checksum: bool, context: bool, glued: bool) -> float:
    supported = checksum or context
    if number.groups == (6, 7) and "-" in number.separators:
        if not born:
            return 0.5 if context else 0.3
        return 0.95 if supported else 0.65
    if not born:
        return 0.3 if number.groups == (6, 7) and context else 0.0
    if number.groups == (6, 7):
        return 0.85 if supported else 0.4
    if number.groups == (13,):
        if glued:
            return 0.6 if context else 0.3 * checksum
        if not supported and _barcode(number.digits):
            return 0.0
        return 0.9 if context else 0.6 if checksum else 0.35
    if number.spaced_apart:
        return 0.7 if supported else 0.35
    # Any other grouping must at least break after the birth date, or rows of figures would count.
    return 0.5 if supported and 6 in accumulate(number.groups) else 0.0


def birth_date(digits: str) -> bool:
    """Whether a resident number of 7 and more digits, of which the seventh is 1 to 8, begins with a date."""
    try:
        date(_CENTURY[digits[6]] + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    return True


def rrn_checksum(digits: str) -> bool:
    """Weighted sum mod 11, as 주민등록법 시행규칙 had it until October 2020; foreigners' numbers add 2."""
    total = sum(weight * int(digit) for weight, digit in zip(_RRN_WEIGHTS, digits, strict=False))
    check = (11 - total % 11) % 10
    return int(digits[12]) == (check if digits[6] in "1234" else (check + 2) % 10)


def card(segment: Segment) -> Iterator[Finding]:
    """Payment card numbers: Luhn, the issuer's range, the way they are written."""
    for number in segment.numbers(*_CARD_LENGTHS):
        grouped = number.groups in _CARD_GROUPS
        if not (grouped or len(number.groups) == 1 or number.spaced_apart):
            continue
        context = segment.context(_CARD_WORDS)
        issuer = _ISSUER.fullmatch(number.digits) is not None
        if not (issuer or grouped or context) or (number.groups == (8, 8) and segment.part(number)):
            continue
        luhn = _luhn(number.digits)
        score = _card_score(number, grouped, issuer, luhn, bool(context), segment.glued(number))
        if score:
            evidence = because("Luhn" * luhn, "issuer" * issuer, context)
            yield Finding("card", number.start, number.end, score, evidence)


def _card_score(number: Number, grouped: bool, issuer: bool, luhn: bool, context: bool, glued: bool) -> float:
    if luhn and grouped:
        return 0.9 if issuer or context else 0.5
    if luhn and issuer and not glued:
        if context:
            return 0.9
        # Random ids pass Luhn one time in ten; only 15 and 16 digits are what cards really have.
        return 0.6 if len(number.digits) in (15, 16) else 0.3 * (len(number.digits) > 12)
    if context and (luhn or (issuer and len(number.digits) in (15, 16))):
        return 0.5 if luhn or grouped else 0.35
    mistyped = grouped and issuer and set(number.separators) == {"-"}
    return 0.35 if mistyped else 0.3 * (luhn and issuer)


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B. A row of one digit passes by accident, and nobody's card is that."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0 and len(set(digits)) > 1


DETECTORS: Mapping[str, Detector] = {"kr_rrn": kr_rrn, "card": card}
