"""Numbers in words, as they are dictated: "공일공 일이삼사 오육칠팔", "zero one zero ...". Pure."""

from __future__ import annotations

import re

_SYLLABLES = {
    **dict(zip("공일이삼사오육칠팔구", "0123456789", strict=True)),
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    **{"영": "0", "빵": "0", "零": "0", "륙": "6"},
}
_WORDS = dict(
    zip(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), "0123456789", strict=True)
)
_WORDS |= {"oh": "0", "dash": "-", "hyphen": "-"}
_DIGIT = f"[{''.join(_SYLLABLES)}]"
_DASH = r" ?(?:다시|대시|하이픈|에|의) ?"
KOREAN = re.compile(rf"(?:[0-9]{{2,6}}[ .-]{{1,3}}{_DIGIT}{{3}}|{_DIGIT})(?:(?:{_DASH}|[ ,.-]{{0,3}}){_DIGIT}){{6,30}}")
"""Seven and more: of fewer, words of everyday Korean are made (이, 일, 사이)."""
# Some groups in words and some in figures: 공일공-2345-6789.
MIXED = (
    re.compile(rf"{_DIGIT}{{3,7}}(?=(?:{_DASH}|[ ,.-]{{1,3}}|)[0-9]{{3}})"),
    re.compile(rf"[0-9](?![0-9])(?<=[0-9]{{3}})(?:(?:{_DASH}|[ ,.-]){_DIGIT}{{3,7}}|{_DIGIT}{{4,7}})"),
)
_KOREAN_DASH = re.compile(_DASH)
_NUMBER_WORD = "|".join(_WORDS)
# A character first and what may not stand before it second: so the search leaps from one such character to the next.
ENGLISH = re.compile(
    r"[ZOTFSENzotfsen](?<![A-Za-z].)(?i:ero|ne|wo|hree|our|ive|ix|even|ight|ine|h)"
    rf"(?:(?i:[ ,.-]{{1,3}}(?:{_NUMBER_WORD})){{6,30}}(?![A-Za-z])"
    rf"|(?i:[ ,.-]{{1,3}}(?:{_NUMBER_WORD})){{1,6}}(?=[ ,.-]{{1,3}}[0-9]{{3}}))"
)
_KEYCAP = rf":(?:digit_|keycap_|number_)?(?:{'|'.join(list(_WORDS)[:10])}|heavy_minus_sign):"
KEYCAPS = re.compile(rf"{_KEYCAP}(?:[ \n.,-]{{0,3}}{_KEYCAP}){{2,40}}")
"""As Slack stores the keycap emoji."""
_ONE_KEYCAP = re.compile(r":(?:[a-z_]+_)?([a-z]+):")
_ENGLISH_WORD = re.compile(_NUMBER_WORD, re.IGNORECASE)


def korean(run: str) -> str:
    """The digits. A last 이 may be the digit or a particle, so there the number stands in both readings."""
    read = "".join(_SYLLABLES.get(char, char) for char in _KOREAN_DASH.sub("-", run))
    return f"{read}가 {read[:-1]}" if run.endswith("이") else read


def keycaps(run: str) -> str:
    return _ONE_KEYCAP.sub(lambda match: _WORDS.get(match[1], "-"), run.replace("\n", " "))


def english(run: str) -> str:
    return "".join(_WORDS[word.lower()] for word in _ENGLISH_WORD.findall(run))
