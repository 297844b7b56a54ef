"""Korean particles that follow the last sound of the word before them, put right where another word stands there. Pure.

A model reads ⟦PERSON_1⟧ and writes the particle that fits what it read; with the name back in its place that may be
the wrong one: 은/는, 이/가, 을/를, 과/와, 으로/로 (after ㄹ: 로), 이라/라, 이라고/라고, 아/야.
"""

from __future__ import annotations

from enum import Enum

LONGEST = 4
"""Characters of the longest particle that is put right, 으로부터 and 이라고는 among them."""

_PAIRS = (
    ("이라고", "라고"), ("이라는", "라는"), ("이라", "라"), ("으로", "로"), ("은", "는"), ("이", "가"), ("을", "를"),
    ("과", "와"), ("아", "야"),
)  # fmt: skip
_BOTH = {
    "은(는)": ("은", "는"), "는(은)": ("은", "는"), "이(가)": ("이", "가"), "가(이)": ("이", "가"),
    "을(를)": ("을", "를"), "를(을)": ("을", "를"), "과(와)": ("과", "와"), "와(과)": ("과", "와"),
    "(으)로": ("으로", "로"), "(이)라": ("이라", "라"),
}  # fmt: skip
"""As forms and models write that do not know which."""
_AFTER = {
    "으로": ("부터", "서", "써", "는", "만", "도"),
    "이라고": ("는", "도", "만"),
    "과": ("는", "도", "의"),
    "은": ("요",),
}
"""What may stand between a particle and the end of the word."""

_FIRST_SYLLABLE, _LAST_SYLLABLE, _FINALS, _RIEUL = 0xAC00, 0xD7A3, 28, 8


class Sound(Enum):
    """How a word ends, as it is read aloud."""

    VOWEL = "vowel"
    RIEUL = "ㄹ"
    CONSONANT = "consonant"


_DIGITS = {
    "0": Sound.CONSONANT, "1": Sound.RIEUL, "2": Sound.VOWEL, "3": Sound.CONSONANT, "4": Sound.VOWEL,
    "5": Sound.VOWEL, "6": Sound.CONSONANT, "7": Sound.RIEUL, "8": Sound.RIEUL, "9": Sound.VOWEL,
}  # fmt: skip
"""영 일 이 삼 사 오 육 칠 팔 구."""


def last_sound(word: str) -> Sound | None:
    """How a word ends; None where it is not known: a name in Latin letters is read as its bearer likes."""
    last = word[-1:]
    if last in _DIGITS:
        return _DIGITS[last]
    if not last or not _FIRST_SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        return None
    final = (ord(last) - _FIRST_SYLLABLE) % _FINALS
    return Sound.VOWEL if final == 0 else Sound.RIEUL if final == _RIEUL else Sound.CONSONANT


def repaired(word: str, after: str) -> str:
    """`after`, which follows the word, beginning with the particle that fits it. Only a particle that ends the word is
    one: in 홍길동가족 there is none.

    after: the next LONGEST + 1 characters, or fewer where the text ends with them.
    """
    sound = last_sound(word)
    if sound is None or not after:
        return after
    for written, pair in _BOTH.items():
        if after.startswith(written):
            return _fitting(pair, sound) + after[len(written) :]
    for pair in _PAIRS:
        for written in pair:
            if after.startswith(written) and _ends(after[len(written) :], pair):
                return _fitting(pair, sound) + after[len(written) :]
    return after


def _fitting(pair: tuple[str, str], sound: Sound) -> str:
    closed, opened = pair
    if sound is Sound.RIEUL and closed == "으로":
        return opened
    return opened if sound is Sound.VOWEL else closed


def _ends(rest: str, pair: tuple[str, str]) -> bool:
    """Whether the word ends here, or after what may follow this particle."""
    return _bounded(rest) or any(
        rest.startswith(more) and _bounded(rest[len(more) :]) for more in _AFTER.get(pair[0], ())
    )


def _bounded(rest: str) -> bool:
    return not rest or not _FIRST_SYLLABLE <= ord(rest[0]) <= _LAST_SYLLABLE
