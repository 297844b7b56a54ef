"""Numbers of bank accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.policy.detect.finding import Detector, Finding, because
from bot.policy.detect.segment import Number, Segment

_ACCOUNT_LENGTHS = (10, 14)
_ACCOUNT_WORDS = (
    "계좌", "통장", "예금주", "가상계좌", "account number", "account no", "account #", "bank account", "bank acc",
    "acct", "a/c no", "beneficiary acc",
)  # fmt: skip
_BANK_WORDS = (
    "은행", "뱅크", "농협", "수협", "신협", "축협", "새마을금고", "우체국", "산림조합", "입금", "송금", "이체", "환급",
    "bank", "wire transfer", "remit",
)  # fmt: skip
# Short names are words of everyday Korean too (우리, 하나, 기업), so they count right beside the number only.
_BANK_NAMES = (
    r"(?:kb|ibk|nh|kdb|keb|sc|im|bnk)?(?:국민|신한|우리|하나|기업|농협|카카오|카뱅|토스|케이|제일|씨티|우체국|우체|새마을|수협|신협"
    r"|부산|대구|광주|전북|경남|제주|산업|산은|외환|저축)(?:은행|뱅크|금고)?|(?<![a-z])(?:kb|ibk|nh|kdb|sc|citi|imbank|im)"
)
_MARK = r"[ \t:=()\[\]/,|*`>\"'-]"
_BANK_BEFORE = re.compile(
    rf"(?:{_BANK_NAMES})(?:{_MARK}{{1,4}}[가-힣]{{2,4}})?{_MARK}{{0,4}}\Z"
)  # and perhaps whose it is
_BANK_AFTER = re.compile(rf"{_MARK}{{0,4}}(?:{_BANK_NAMES})(?![가-힣]{{2}})")
_WINDOW = 20  # characters
# After 금융결제원, 참가기관별 계좌번호체계 (https://www.cmsedi.or.kr/cms/board/workdata), as people set the hyphens.
_GROUPINGS = frozenset({
    (3, 2, 6), (3, 2, 5, 1), (3, 2, 7), (3, 2, 6, 1), (3, 2, 8), (3, 2, 9), (3, 2, 6, 3),  # 산업 기업 신한 SC iM 수협
    (3, 2, 4, 3), (3, 2, 4, 2, 1), (6, 2, 6), (6, 2, 5, 1), (4, 2, 6), (4, 2, 5, 1), (4, 2, 8),  # 국민 농협 우체국
    (3, 3, 6), (3, 3, 7), (3, 3, 8), (4, 3, 6), (4, 3, 7),  # 신한 케이뱅크 부산 신협 우리
    (3, 6, 3), (3, 6, 5), (3, 6, 2, 3), (3, 6, 2, 2, 1), (3, 5, 3), (3, 5, 3, 2), (3, 5, 2, 3),  # 하나 기업 우리 씨티
    (3, 4, 4, 2), (3, 4, 4, 3), (3, 4, 4, 2, 1), (4, 4, 4), (4, 4, 4, 1),  # 농협 부산 수협 토스뱅크 새마을금고
    (4, 2, 7), (4, 2, 6, 1), (4, 3, 6, 1), (5, 2, 6), (3, 8, 3), (3, 7, 1, 3),  # 카카오뱅크 새마을금고 신협 산업
})  # fmt: skip
_UNLIKE_OTHERS = {(6, 2, 6), (3, 6, 5), (3, 6, 2, 3), (4, 3, 6), (3, 4, 4, 2), (4, 2, 7), (3, 3, 6), (3, 4, 4, 3)}
_BY_FOURS = re.compile(r"1[0-9]|20|30|70|9")  # what 수협, 토스뱅크 and 새마을금고 begin with; other fours are anything
_YEAR_AND_MONTH = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])")
_MOBILE = re.compile(r"01[016789][0-9]{7,8}")

# The two check digits; the country stands before them. Digits are rare, so the search leaps.
_IBAN = re.compile(r"[0-9]{2}(?<=[A-Za-z]{2}..)(?<![A-Za-z0-9][A-Za-z]{2}..)(?=[ \n-]{0,2}[A-Za-z0-9]{4})")
_LONGEST_GAP = 2
_IBAN_WORDS = ("iban", "swift", "bic ", "wire transfer", "계좌", "송금")
# IBAN Registry, SWIFT, release 99: the length by country.
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}


def kr_account(segment: Segment) -> Iterator[Finding]:
    """Accounts of Korean banks. They have no check digit that is published: hyphens as a bank sets them, or words."""
    for number in segment.numbers(*_ACCOUNT_LENGTHS):
        if "," in number.separators or ("\n" in number.separators and not number.hyphened):
            continue
        strong = segment.context(_ACCOUNT_WORDS)
        if not (strong or len(number.groups) == 1 or number.groups in _GROUPINGS):
            continue
        if _MOBILE.fullmatch(number.digits) or segment.glued(number) or segment.part(number):
            continue
        weak = strong or segment.context(_BANK_WORDS)
        near = _beside(segment, number)
        context = strong or near
        score = _account_score(segment, number, bool(near), bool(context), bool(weak))
        if score:
            evidence = because("bank's grouping" * (number.groups in _GROUPINGS), context or weak)
            yield Finding("kr_account", number.start, number.end, score, evidence)


def _beside(segment: Segment, number: Number) -> str:
    before = segment.text[max(0, number.start - _WINDOW) : number.start].lower()
    after = segment.text[number.end : number.end + _WINDOW].lower()
    if _BANK_BEFORE.search(before) or _BANK_AFTER.match(after):
        return "context bank"
    return next((f"context {word}" for word in _ACCOUNT_WORDS if word in before), "")


def _account_score(segment: Segment, number: Number, near: bool, strong: bool, weak: bool) -> float:
    other = segment.called_otherwise(number.start, _ACCOUNT_WORDS)
    if len(number.groups) == 1:
        return (0.6 if near and not other else 0.35) if strong or weak else 0.0
    known, hyphens = number.groups in _GROUPINGS, number.hyphened
    if strong or weak:
        if known:
            return 0.8 if hyphens else 0.5
        # Dates, business and telephone numbers stand beside accounts.
        named_elsewhere = number.groups in {(3, 2, 5), (6, 7), (2, 2, 6, 2)} or number.digits[0] == "0"
        return 0.35 if strong and hyphens and not named_elsewhere and not _dated(number) else 0.0
    by_fours = number.groups[:3] == (4, 4, 4) and not _BY_FOURS.match(number.digits)
    if not known or other or by_fours or _dated(number):
        return 0.0
    even = len(number.separators) == len(number.groups) - 1 and len(set(number.separators)) == 1
    return 0.4 if hyphens else 0.3 * (even and number.groups in _UNLIKE_OTHERS)


def _dated(number: Number) -> bool:
    """Whether it begins as dates and the numbers of documents do: 2024-04-0012345."""
    return number.groups[0] == 4 and _YEAR_AND_MONTH.match(number.digits) is not None


def iban(segment: Segment) -> Iterator[Finding]:
    """International account numbers, ISO 13616: country, two check digits mod 97, as long as the country has them."""
    for match in _IBAN.finditer(segment.text):
        start = match.start() - 2
        length = _IBAN_LENGTHS.get(segment.text[start : start + 2].upper())
        value, end = _characters(segment.text, start, length or 0)
        if length is None or len(value) < length:
            continue
        checksum, grouped = iban_checksum(value), end - start > length
        context = segment.context(_IBAN_WORDS)
        score = 0.95 if checksum else 0.5 if context else 0.35 * (grouped and value.isupper())
        if score:
            yield Finding("iban", start, end, score, because("country", "checksum" * checksum, context))


def _characters(text: str, start: int, length: int) -> tuple[str, int]:
    """As many letters and digits from `start`, short gaps between them left out, and where they end; fewer where
    they end before, or go on behind."""
    taken: list[str] = []
    end, gap = start, 0
    while len(taken) < length and end < len(text):
        char = text[end]
        if char.isascii() and char.isalnum():
            taken.append(char)
            gap = 0
        elif gap == _LONGEST_GAP or char not in " -\n":
            return "", end
        else:
            gap += 1
        end += 1
    following, value = text[end : end + 1], "".join(taken)
    # A word that was typed right behind it begins in another case, and a code that only looks like one does not check.
    typed_on = following.islower() and value.isupper() and len(value) == length and iban_checksum(value)
    return ("", end) if following.isascii() and following.isalnum() and not typed_on else (value, end)


def iban_checksum(value: str) -> bool:
    """ISO 7064 MOD 97-10, with the country and its check digits moved to the end."""
    return int("".join(str(int(char, 36)) for char in value[4:] + value[:4])) % 97 == 1


DETECTORS: Mapping[str, Detector] = {"kr_account": kr_account, "iban": iban}
