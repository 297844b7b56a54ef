"""A text by its letters and digits alone, as names are compared: spaces, hyphens and cells never hide one. Pure."""

from __future__ import annotations

import re
from array import array
from typing import NamedTuple

from bot.policy.detect.normal import fold, whole

LONGEST = 63
"""Letters of a name that are compared; more than these say nothing new."""
LATIN = re.compile(r"[^\W_가-힣ㄱ-ㆎ぀-ヿ㐀-鿿]")
"""A letter or digit of a script in which a name ends where its word ends."""

_LETTERS = re.compile(r"[^\W_]+")
_MAX_GAP = 3  # "HONG, Gildong", "홍 길 동"
_TIGHT = re.compile(r"[ \t\r\n\-·*_`~|]*\Z")  # a full stop or comma between Hangul ends a sentence or an item
_LOOSE = re.compile(r"[^\n]*\n?[^\n]*\Z")  # an empty line ends a paragraph
_PLURAL = re.compile(r"s(?![^\W_가-힣])")
_SHORTEST_PLURAL = 4


class Text(NamedTuple):
    """text: as the names are compared, in lower case. cased: as it is written. letters: its letters and digits; each
    stands at `places`."""

    text: str
    cased: str
    letters: str
    places: array[int]

    @classmethod
    def of(cls, text: str, lower: str) -> Text:
        if len(lower) != len(text):  # İ becomes two characters
            lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
        pieces: list[str] = []
        places = array("L")
        for match in _LETTERS.finditer(lower):
            pieces.append(match[0])
            places.extend(range(*match.span()))
        return cls(lower, text, "".join(pieces), places)


def letters_of(name: str) -> str:
    """The letters and digits of a name as they are compared."""
    plain = fold(whole(name)).text
    return Text.of(plain, plain.lower()).letters[:LONGEST]


def begins(text: Text, first: int) -> bool | None:
    """Whether a letter stands right before it; None: within a word or number of Latin letters, where no name
    begins, but for a capital that begins a word of its own (MyZeppelin)."""
    at = text.places[first]
    if at == 0 or not (before := text.text[at - 1]).isalnum():
        return False
    if LATIN.match(before):
        return None if LATIN.match(text.letters[first]) and not _hump(text, at) else False
    return LATIN.match(text.letters[first]) is None


def ends(text: Text, end: int) -> bool:
    """Whether a name of Latin letters may end there: before a word of its own (AcmePortal), the number of a version
    (zeppelin2), and in the plural."""
    before, after = text.text[end - 1], text.text[end : end + 1]
    if not after or LATIN.match(after) is None or (after.isdigit() and not before.isdigit()):
        return True
    word = text.text[max(0, end - _SHORTEST_PLURAL) : end]
    plural = len(word) == _SHORTEST_PLURAL and word.isalpha() and _PLURAL.match(text.text, end) is not None
    return plural or _hump(text, end)


def _hump(text: Text, at: int) -> bool:
    """Whether a capital there follows a small letter."""
    return text.cased[at].isupper() and text.cased[at - 1].islower()


def close(text: Text, first: int, length: int) -> bool:
    """Whether no more stands between its letters than what people put into a name."""
    places = text.places
    if places[first + length - 1] - places[first] == length - 1:
        return True
    for n in range(first, first + length - 1):
        gap = text.text[places[n] + 1 : places[n + 1]]
        if not gap:
            continue
        latin = LATIN.match(text.letters[n]) is not None or LATIN.match(text.letters[n + 1]) is not None
        if len(gap) > _MAX_GAP or (_LOOSE if latin else _TIGHT).match(gap) is None:
            return False
    return True
