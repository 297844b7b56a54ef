"""Where a person can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.policy.detect.finding import Detector, Finding, because
from bot.policy.detect.segment import Number, Segment

_LABEL = r"(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}|[가-힣]{1,20})"  # of one script, or a particle would join it
_AT = re.compile(rf"(?:@|%40)(?=((?:{_LABEL}\.){{1,8}}(?:xn--[a-z0-9-]{{2,59}}|[A-Za-z]{{2,24}}|한국)))")
# As people write it for people, or mistype it; with a common ending, because "ping @first.last" is a mention.
_SPELT_AT = re.compile(
    r" ?(?:\[at\]|\(at\)|\{at\}| at |골뱅이|@) ?"
    r"(?=((?:[A-Za-z0-9-]{1,63} ?(?:[.,]|\[dot\]|\(dot\)| dot |점) ?){1,3}(?:com|net|org|kr|jp|edu|gov)"
    r"(?![A-Za-z0-9-])))",
    re.IGNORECASE,
)
_SPELT_HINTS = ("[at]", "(at)", "{at}", "골뱅이", " dot ", " @", "@ ")
_BROKEN_DOMAIN = re.compile(r"@[^ \n]{1,63}(?: \.|\. |,)")
_LOCAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-'"  # in use; RFC 5322 has more
_LOCAL_MAX = 64  # RFC 5321 section 4.5.3.1.1
_LOCAL_EDGE = ".%-'"
_NOT_A_DOMAIN = (".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp")  # icon@2x.png

_PHONE_WORDS = (
    "전화", "연락", "핸드폰", "휴대폰", "휴대전화", "폰번호", "문자", "팩스", "내선",
    "phone", "mobile", "call ", "tel", "fax", "contact", "whatsapp", "sms",
)  # fmt: skip
_KR_MOBILE = re.compile(r"0?1[016789][0-9]{7,8}")
# 전기통신번호관리세칙: area codes, 070 internet, 050x personal relay numbers.
_KR_LINE = re.compile(r"0?(?:2|3[1-3]|4[1-4]|5[1-5]|6[1-4])[0-9]{7,8}|0?70[0-9]{8}|0?50[2-9][0-9]{7,8}")
_PLUS = re.compile(r"(?<![A-Za-z0-9])\+[ (]{0,2}\Z")
_NANP = re.compile(r"1?[2-9][0-9]{2}[2-9][0-9]{6}")
_KR_GROUPS = {
    (3, 4, 4), (3, 3, 4), (2, 3, 4), (2, 4, 4), (4, 4, 4), (4, 3, 4),
    (3, 8), (3, 7), (7, 4), (6, 4), (2, 8), (2, 7),
}  # fmt: skip
_NANP_GROUPS = {(3, 3, 4), (1, 3, 3, 4)}
_EXTENSION = re.compile(r" ?(?:x|ext\.?|extension|내선) ?[0-9]{1,5}(?![0-9A-Za-z])", re.IGNORECASE)
# A word right beside the number says that it is one, however the country writes it.
_SAYS_PHONE = re.compile(
    r"(?:(?<![a-z])(?:phone|mobile|cell|tel|telephone|fax|desk|office|hp|whatsapp|call|ring|dial|text|reach)"
    r"|(?:call|ring|reach|contact|text) (?:me|us|him|her|them)|answering|messages? to|sms to|registered"
    r"|전화(?:번호)?|연락처|핸드폰|휴대폰|휴대전화|팩스|☎|☏)(?: (?:at|on|to|no|number))?(?: is)?[ \n:.#=-]{0,4}\(?\Z"
)
_WORDS = re.compile(r"[a-z가-힣☎☏]")  # between the figures of a table there are none
_THEN_SAYS_PHONE = re.compile(r"[ ,\\/(-]{1,3}(?:office|fax|mobile|cell|desk|home|work)(?![a-z])", re.IGNORECASE)
_SAYS_WINDOW = 28  # characters
_SAID, _MOST_SAID = 0.5, 12
_MOST_GROUPS = 5
_DATES = {(4, 2, 2), (2, 2, 4), (4, 2, 2, 2), (4, 2, 2, 2, 2), (8,)}
_SERVICE = re.compile(r"1[568][0-9]{6}")  # 1588-0000: nation-wide, no person's


def email(segment: Segment) -> Iterator[Finding]:
    """E-mail addresses, also spelt with a word or a space for the @. The local part is walked back from the @, so
    that no text makes the search slow."""
    for at in _AT.finditer(segment.text):
        local = _local_part(segment.text, at.start())
        domain: str = at[1]
        if not local or local == "git" or domain.lower().endswith(_NOT_A_DOMAIN):
            continue
        yield Finding("email", at.start() - len(local), at.end(1), 0.9, "format address")
    hinted = any(hint in segment.lower for hint in _SPELT_HINTS)
    if not hinted and _BROKEN_DOMAIN.search(segment.text) is None:
        return
    for at in _SPELT_AT.finditer(segment.text):
        local = _local_part(segment.text, at.start())
        in_words = at[0].strip().lower() == "at"
        if local and (not in_words or " dot " in at[1].lower()):
            yield Finding("email", at.start() - len(local), at.end(1), 0.4 if in_words else 0.5, "spelt address")


def _local_part(text: str, at: int) -> str:
    head = text[max(0, at - _LOCAL_MAX) : at]
    return head[len(head.rstrip(_LOCAL)) :].lstrip(_LOCAL_EDGE)


def phone(segment: Segment) -> Iterator[Finding]:
    """Korean mobile and land-line numbers, at home and with +82; others as E.164 with +, or as North America
    writes them; elsewhere what the words beside it call one. Nation-wide service numbers belong to no person."""
    said_before: dict[int, bool] = {}
    for number in segment.numbers(7, 15):
        if "," in number.separators:  # an amount
            continue
        if len(number.groups) > _MOST_GROUPS and not (number.spaced_apart and number.digits[0] in "08"):
            continue  # a row of figures
        start = number.start
        if start not in said_before:
            said_before[start] = _says_before(segment, start)
        said = _said(segment, number, said_before[start])
        plus = _plus_before(segment, start)
        if not (said or plus or number.digits[0] in "08" or number.groups in _NANP_GROUPS):
            continue
        context = segment.context(_PHONE_WORDS)
        score, evidence = _domestic_score(number, bool(context), segment.glued(number))
        if plus:
            start = plus.start()
            score, evidence = max((score, evidence), _international_score(number))
        elif ")" in number.separators and segment.text[start - 1 : start] == "(":
            start -= 1
        if said and score < _SAID:
            score, evidence = _SAID, "said to be one"
        if score:
            extension = _EXTENSION.match(segment.text, number.end)
            end = extension.end() if extension else number.end
            yield Finding("phone", start, end, score, because(evidence, context))


def _plus_before(segment: Segment, start: int) -> re.Match[str] | None:
    first = max(0, start - 4)
    return _PLUS.search(segment.text, first, start) if "+" in segment.text[first:start] else None


def _says_before(segment: Segment, start: int) -> bool:
    before = segment.text[max(0, start - _SAYS_WINDOW) : start].lower()
    return _WORDS.search(before) is not None and _SAYS_PHONE.search(before) is not None


def _said(segment: Segment, number: Number, before: bool) -> bool:
    """Whether the words right beside the number call it a telephone number."""
    digits = number.digits
    if not (before or _THEN_SAYS_PHONE.match(segment.text, number.end)):
        return False
    if len(digits) > _MOST_SAID or "\n" in number.separators or "/" in number.separators:
        return False
    return not (_SERVICE.fullmatch(digits) or number.groups in _DATES or segment.part(number))


def _international_score(number: Number) -> tuple[float, str]:
    digits, grouped = number.digits, len(number.groups) > 1
    national = digits.removeprefix("82")
    if national != digits and (_KR_MOBILE.fullmatch(national) or _KR_LINE.fullmatch(national)):
        return 0.9, "format +82"
    if digits[0] == "0":
        return 0.0, ""
    return (0.6 if grouped or len(digits) >= 10 else 0.35), "format E.164"


def _domestic_score(number: Number, context: bool, glued: bool) -> tuple[float, str]:
    digits, bare = number.digits, len(number.groups) == 1
    grouped = number.groups in _KR_GROUPS
    if digits.startswith("82") and not bare and _KR_MOBILE.fullmatch(digits[2:]):
        return 0.6, "format 82"
    if digits[0] == "0" and _KR_MOBILE.fullmatch(digits):
        if grouped:
            return 0.9, "mobile"
        if bare:
            return (0.3, "mobile") if glued and not context else (0.7, "mobile")
        return (0.4, "mobile") if number.spaced_apart or context else (0.0, "")
    if digits[0] == "0" and _KR_LINE.fullmatch(digits):
        if grouped and (number.groups[0] != 4 or digits.startswith("050")):
            return 0.6, "land-line"
        if bare and (context or not glued):
            return (0.6 if context else 0.3), "land-line"
        return 0.0, ""
    if digits.startswith("00") and not bare and not glued and len(digits) >= 11:
        return 0.4, "international prefix"
    if _NANP.fullmatch(digits) and number.groups in _NANP_GROUPS and "\n" not in number.separators:
        return (0.6 if context else 0.4), "North America"
    if context and digits[0] == "0" and 9 <= len(digits) <= 11 and _evenly_separated(number):
        return 0.35, "trunk prefix"
    return 0.0, ""


def _evenly_separated(number: Number) -> bool:
    """Whether three or more groups are set apart by one and the same character, as Europe writes numbers."""
    return len(number.groups) == len(number.separators) + 1 >= 3 and len(set(number.separators)) == 1


DETECTORS: Mapping[str, Detector] = {"email": email, "phone": phone}
