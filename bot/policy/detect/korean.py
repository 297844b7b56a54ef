"""Numbers that the Republic of Korea gives to people and companies, besides the resident number.

A checksum is evidence, never a filter. What nothing but its form speaks for does not count where the words right
before call it something else: one product code in ten passes a checksum mod 10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.policy.detect.finding import Detector, Finding, because
from bot.policy.detect.segment import Number, Segment

_LICENCE_WORDS = ("면허", "driver's lic", "drivers lic", "driver lic", "driver’s lic", "driving lic", "driving permit")
_LICENCE_GROUPS = (2, 2, 6, 2)
_LICENCE_GROUPS_RUN_TOGETHER = {(2, 2, 8), (2, 10), (4, 6, 2), (4, 8), (10, 2), (2, 8, 2)}
_REGIONS = frozenset(map(str, range(11, 29)))  # 11 Seoul to 26 Ulsan, 28 northern Gyeonggi
_REGION_NAME = re.compile(
    r"(?:서울|부산|경기|강원|충북|충남|전북|전남|경북|경남|제주|대구|인천|광주|대전|울산)(?:남부|북부|[시도])?"
    r" ?-? ?[0-9]{2} ?[-. ] ?[0-9]{6} ?[-. ] ?[0-9]{2}(?![0-9]|-[0-9])"
)

_PASSPORT_WORDS = ("여권", "passport", "travel document", "출입국", "항공권", "영문명", "신분증")
_PASSPORT_LENGTH = 9
# A character first and what may not stand before it second: so the search leaps from one such character to the next.
_PASSPORT = re.compile(
    r"(?P<type>[MSRGODmsrgod])(?<![A-Za-z0-9_].)(?:(?P<new>[0-9]{3}[A-Za-z][0-9]{4})|(?:[ -]?[0-9]){8})"
    r"(?P<zone>[0-9]KOR[0-9]{7}[MF<])?(?(zone)|(?![A-Za-z0-9_]))"
)
# Of other countries, only right behind the word: any letters and digits could be one.
_FOREIGN_PASSPORT = re.compile(
    r"(?i:여권|passport)[^0-9\n]{0,20}?(?<![A-Za-z0-9])(?P<number>(?=(?:[A-Z]{0,3}[0-9]){5})[A-Z0-9]{6,9})(?![A-Za-z0-9-])"
)
_LETTER_AND_DATE = re.compile(r"[A-Z](?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")

_CUSTOMS_WORDS = ("통관", "customs", "pccc", "직구", "세관", "unipass")
_CUSTOMS = re.compile(r"[Pp](?<![A-Za-z0-9_].)(?:[ -]?[0-9]){12}(?![A-Za-z0-9_]|-[A-Za-z0-9])")

_CUSTOMS_BARE = re.compile("P[0-9]{12}")

_BUSINESS_WORDS = ("사업자", "business reg", "business number", "business no", "brn", "세금계산서", "공급자", "tax id")
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)

_CORPORATE_WORDS = (
    "법인등록", "법인 등록", "법인번호", "법인 번호", "등기번호", "corporate reg", "corporation reg", "company reg",
)  # fmt: skip
_CORPORATE_WEIGHTS = (1, 2) * 6
_REGISTRIES = frozenset(map(str, range(11, 29)))  # the first two digits of a registry office's number


def kr_driver_licence(segment: Segment) -> Iterator[Finding]:
    """Driver's licences: region (a number since 2014, its name before), year, six digits, two more; 도로교통법
    시행규칙 별지 제55호서식. What the last two check is not published, so a bare number needs a word."""
    for number in segment.numbers(12, 12):
        context = segment.context(_LICENCE_WORDS)
        region = number.digits[:2] in _REGIONS
        score = _licence_score(segment, number, region, bool(context))
        if score:
            yield Finding("kr_driver_licence", number.start, number.end, score, because("region" * region, context))
    for match in _REGION_NAME.finditer(segment.text):
        context = segment.context(_LICENCE_WORDS)
        score = 0.95 if context else 0.7
        yield Finding("kr_driver_licence", match.start(), match.end(), score, because("region", context))


def _licence_score(segment: Segment, number: Number, region: bool, context: bool) -> float:
    if number.groups == _LICENCE_GROUPS and "," not in number.separators:
        if context:
            return 0.9 if region else 0.5
        if not region or segment.part(number) or segment.glued(number):
            return 0.0
        if not number.hyphened:
            return 0.3
        return 0.3 if segment.called_otherwise(number.start, _LICENCE_WORDS) else 0.6
    if not context or segment.glued(number) or segment.part(number):
        return 0.0
    if len(number.groups) == 1:
        return 0.6 if region and not segment.called_otherwise(number.start, _LICENCE_WORDS) else 0.35
    return 0.5 if region and number.groups in _LICENCE_GROUPS_RUN_TOGETHER else 0.35 * (region and number.spaced_apart)


def kr_passport(segment: Segment) -> Iterator[Finding]:
    """Passports: a letter for the type and eight digits, or since December 2021 three digits, a letter, four digits.
    In the machine-readable zone a check digit and KOR follow, ICAO Doc 9303 part 4."""
    for match in _PASSPORT.finditer(segment.text):
        context = segment.context(_PASSPORT_WORDS)
        score = _passport_score(segment, match, bool(context))
        if score:
            evidence = because("machine-readable zone" if match["zone"] else "format", context)
            yield Finding("kr_passport", match.start(), match.end(), score, evidence)
    if "passport" in segment.lower or "여권" in segment.text:
        for match in _FOREIGN_PASSPORT.finditer(segment.text):
            yield Finding("kr_passport", *match.span("number"), 0.5, "context passport")


def _passport_score(segment: Segment, match: re.Match[str], context: bool) -> float:
    if match["zone"]:
        return 0.95
    gaps = len(match[0]) > _PASSPORT_LENGTH
    if context:
        return 0.5 if gaps else 0.9
    if gaps or not match["type"].isupper() or _LETTER_AND_DATE.fullmatch(match[0]):
        return 0.0
    if segment.called_otherwise(match.start(), _PASSPORT_WORDS):
        return 0.3 if match["new"] else 0.0
    return 0.6 if match["new"] else 0.4


def kr_customs(segment: Segment) -> Iterator[Finding]:
    """Personal customs codes: P and twelve digits (year, nine digits, a check that is not published); 관세청고시
    수입통관 사무처리에 관한 고시."""
    for match in _CUSTOMS.finditer(segment.text):
        context = segment.context(_CUSTOMS_WORDS)
        if context:
            yield Finding("kr_customs", match.start(), match.end(), 0.9, because("format", context))
        elif _CUSTOMS_BARE.fullmatch(match[0]) and not segment.called_otherwise(match.start(), _CUSTOMS_WORDS):
            yield Finding("kr_customs", match.start(), match.end(), 0.4, "format")


def kr_business(segment: Segment) -> Iterator[Finding]:
    """Business registration numbers: tax office, type, number and a check digit, as the OECD has it:
    https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/Korea-TIN.pdf
    """
    for number in segment.numbers(10, 10):
        context = segment.context(_BUSINESS_WORDS)
        checksum = business_checksum(number.digits)
        score = _business_score(segment, number, checksum, bool(context))
        if score:
            yield Finding("kr_business", number.start, number.end, score, because("checksum" * checksum, context))


def _business_score(segment: Segment, number: Number, checksum: bool, context: bool) -> float:
    if number.groups == (3, 2, 5) and "," not in number.separators:
        if context:
            return 0.95 if checksum else 0.6
        alone = not (segment.part(number) or segment.called_otherwise(number.start, _BUSINESS_WORDS))
        return (0.5 if number.hyphened else 0.3) if checksum and alone else 0.0
    if not context or segment.glued(number) or segment.part(number):
        return 0.0
    if len(number.groups) == 1:
        # A mobile number of ten digits, and one with its zero lost, stand in the same mails.
        return 0.8 if checksum else 0.35 * (not number.digits.startswith("01"))
    return 0.5 if checksum and number.hyphened else 0.0


def business_checksum(digits: str) -> bool:
    """Weighted sum mod 10, to which the ninth digit's product adds its tens."""
    total = sum(weight * int(digit) for weight, digit in zip(_BUSINESS_WEIGHTS, digits, strict=False))
    return (total + int(digits[8]) * 5 // 10 + int(digits[9])) % 10 == 0


def kr_corporate(segment: Segment) -> Iterator[Finding]:
    """Corporate registration numbers: registry office, type, number, a check digit; 법인 및 재외국민의
    부동산등기용등록번호 부여에 관한 규칙 별표. What is no birth date cannot be a resident number either way."""
    for number in segment.numbers(13, 13):
        if number.groups not in ((13,), (6, 7)):
            continue
        context = segment.context(_CORPORATE_WORDS)
        checksum = corporate_checksum(number.digits)
        score = _corporate_score(segment, number, checksum, bool(context))
        if score:
            yield Finding("kr_corporate", number.start, number.end, score, because("checksum" * checksum, context))


def _corporate_score(segment: Segment, number: Number, checksum: bool, context: bool) -> float:
    bare = len(number.groups) == 1
    if segment.glued(number) or segment.part(number):
        return 0.0
    if context:
        return 0.9 if checksum else 0.35 if bare else 0.6
    registry = number.digits[:2] in _REGISTRIES and number.digits[6] == "0"
    if bare or not checksum or "," in number.separators or number.separators == "\n":
        return 0.0
    return (0.6 if number.hyphened else 0.3) if registry else 0.3 * number.hyphened


def corporate_checksum(digits: str) -> bool:
    """The digits times 1 and 2 in turn, summed, mod 10."""
    total = sum(weight * int(digit) for weight, digit in zip(_CORPORATE_WEIGHTS, digits, strict=False))
    return (total + int(digits[12])) % 10 == 0


DETECTORS: Mapping[str, Detector] = {
    "kr_driver_licence": kr_driver_licence,
    "kr_passport": kr_passport,
    "kr_customs": kr_customs,
    "kr_business": kr_business,
    "kr_corporate": kr_corporate,
}
