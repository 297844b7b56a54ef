"""Codes that open something: doors, one-time and recovery codes, seeds of authenticators and wallets. Pure.

A code is digits or words that nothing but what it is called tells from others, so it is looked for right behind that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.policy.detect.segment import Segment


class _Code(NamedTuple):
    """gates: in lower case, one of them in every text that matches; "value": the code; cased: whether the pattern is
    of the text as it is written, and not of the same in lower case, which is quicker read."""

    name: str
    gates: tuple[str, ...]
    pattern: re.Pattern[str]
    cased: bool = True


_IS = r"(?:은|는|이|가|을|를| is| are| was)?[\s:=\[(*`\"'→>-]{0,6}"
_COUNTED = (
    r"(?![0-9A-Za-z-]|[ \t]?(?:자리|자|회|초|분|건|명|원|개|년|월|일|시|번(?!호)|%|digits?|times|char|users?|min|sec))"
)
_DIGITS = rf"(?P<value>[0-9]{{3}}[ -][0-9]{{3}}|[*#]?[0-9]{{4,10}}[*#]?){_COUNTED}"
_NOT_IN_A_WORD = r"(?<![A-Za-z0-9])"

_OPENS = (
    "인증", "보안", "일회용", "본인", "핀", "도어", "현관", "출입", "금고", "자물쇠", "세콤", "캡스", "잠금",
    "비상구", "게이트", " code", "otp", "pin", "2fa", "mfa",
)  # fmt: skip
_CODES = (
    _Code(
        "code",
        _OPENS,
        re.compile(
            r"(?:(?:도어 ?[락록]|현관문?|출입문?|금고|자물쇠|세콤|캡스|잠금|비상구)\s?"
            r"(?:해제\s?)?(?:번호|코드)|게이트 ?코드"
            r"|(?:인증|보안|일회용|본인\s?확인|otp|핀|pin)\s?(?:번호|코드)"
            r"|o(?<![a-z].)tp(?![a-z])|[2m](?<![a-z].)fa code(?![a-z])"
            r"|(?:access|door|entry|gate|alarm|lock|safe|verification|security|one[- ]time|unlock|sign-?in|login"
            rf"|authentication|pin) code){_IS}{_DIGITS}"
        ),
        cased=False,
    ),
    _Code(
        "code",
        ("is your", "인증"),
        re.compile(
            rf"{_NOT_IN_A_WORD}(?P<value>(?:[A-Z]-)?[0-9]{{4,8}})"
            r"(?: is your [^\n.]{0,40}(?:code|otp|passcode)|(?:(?:은\(는\)|이|가) [^\n]{0,20}?)? ?인증 ?(?:번호|코드))"
        ),
    ),
    _Code(
        "door code",
        ("도어", "현관", "출입"),
        re.compile(
            r"(?:도어 ?[락록]|현관|출입문)[^\n]{0,24}?"
            r"(?P<value>[*#][0-9]{4,8}[*#]?|(?<![0-9A-Za-z-])[0-9]{4,8}[*#])(?![0-9A-Za-z])"
        ),
    ),
    _Code(
        "licence key",
        ("라이선스", "라이센스", "시리얼", "제품", "license", "product key", "serial"),
        re.compile(
            r"(?i:라이[선센]스|시리얼|제품|license|product|serial)[^\n]{0,24}?(?<![A-Za-z0-9-])"
            r"(?P<value>(?=[A-Z-]{0,25}[0-9])(?=[0-9-]{0,25}[A-Z])[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3,4})(?![A-Za-z0-9-])"
        ),
    ),
    _Code(
        "seed of an authenticator",
        ("2fa", "mfa", "otp", "authenticator", "인증", "2단계"),
        re.compile(
            r"(?i:2fa|mfa|otp|authenticator|인증|2단계)[^\n]{0,40}?(?<![A-Za-z0-9])(?P<value>"
            r"(?=[A-Z]{0,30}[2-7])[A-Z2-7]{16,64}|(?=[a-z ]{0,40}[2-7])[a-z2-7]{4}(?: [a-z2-7]{4}){3,15}"
            r"|(?=[A-Z ]{0,40}[2-7])[A-Z2-7]{4}(?: [A-Z2-7]{4}){3,15})(?![A-Za-z0-9=])"
        ),
    ),
    # BIP-39: 12, 15, 18, 21 or 24 words of 3 to 8 letters.
    _Code(
        "seed of a wallet",
        ("시드", "니모닉", "복구", "지갑", "seed", "mnemonic", "phrase", "wallet"),
        re.compile(
            r"(?i:시드|니모닉|복구 ?(?:구문|문구|단어)|지갑|seed (?:phrase|words?)|mnemonic"
            r"|(?:recovery|secret|backup) (?:phrase|words)"
            r"|wallet)[^\n]{0,30}?[\s:=\"'`(1.)]{1,6}"
            r"(?P<value>[a-z]{3,8}(?:[ ,\n]{1,3}(?:[0-9]{1,2}[.)] ?)?[a-z]{3,8}){11,23})"
            r"(?![A-Za-z])"
        ),
    ),
    _Code(
        "private key of a wallet",
        ("private", "priv", "개인", "비밀", "프라이빗"),
        re.compile(
            r"(?i:private ?key|priv_?key|개인 ?키|비밀 ?키|프라이빗 ?키)[^\n0-9]{0,20}?(?<![0-9a-fA-F])"
            r"(?P<value>(?:0x)?[0-9a-fA-F]{64}|[5KLc][1-9A-HJ-NP-Za-km-z]{50,51})(?![0-9A-Za-z])"
        ),
    ),
)
_RECOVERY = re.compile(
    r"(?:복구|백업|비상|예비)(?:용)? ?(?:코드|키)|(?:recovery|backup|emergency|scratch) (?:codes?|keys?)", re.IGNORECASE
)
_RECOVERY_GATES = ("복구", "백업", "비상", "예비", "recovery", "backup", "emergency", "scratch")
_RECOVERY_CODE = re.compile(
    r"(?<![A-Za-z0-9-])(?:(?=[a-z-]{0,40}[0-9]|[A-Z-]{0,40}[0-9])[A-Za-z0-9]{4,6}(?:-[A-Za-z0-9]{4,6}){1,7}"
    r"|[0-9]{8}|[0-9]{4} [0-9]{4}|(?=[a-z]{0,9}[0-9])(?=[0-9]{0,9}[a-z])[a-z0-9]{8,12})(?![A-Za-z0-9-])"
)
_DATE = re.compile(r"(?:19|20)[0-9]{2}-?[01][0-9]-?[0-3][0-9]")
_REACH = 300
"""Characters behind "recovery codes" in which a list of them stands."""


_WORDS = tuple(dict.fromkeys((*_RECOVERY_GATES, *(gate for code in _CODES for gate in code.gates))))
_LATIN = tuple(word for word in _WORDS if word.isascii())


def codes(segment: Segment) -> Iterator[tuple[str, int, int]]:
    """What kind of code it is, and its span."""
    lower = segment.lower
    spoken = {word for word in (_LATIN if lower.isascii() else _WORDS) if word in lower}
    if not spoken:
        return
    for code in _CODES:
        if not spoken.isdisjoint(code.gates):
            for match in code.pattern.finditer(segment.text if code.cased else lower):
                yield code.name, *match.span("value")
    if not spoken.isdisjoint(_RECOVERY_GATES):
        for called in _RECOVERY.finditer(segment.text):
            for match in _RECOVERY_CODE.finditer(segment.text, called.end(), called.end() + _REACH):
                if not _DATE.match(match[0]):
                    yield "recovery code", *match.span()
