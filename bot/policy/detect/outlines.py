"""Codes of letters and digits, addresses of machines, and places, in pieces: what they could be together. Pure.

Figures and letters stand everywhere, so of these only what has the outline of such a code is put together. Whether it
is one, the detectors say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from bot.policy.detect.pieces import COUNTED, Made, Piece, masked, pieces
from bot.policy.detect.segment import label

_MANY = 80
_MOST_OF_A_CODE = 12
"""Pieces of an account that is written in fours, and cut; the longest has 34 characters, ISO 13616."""
_MOST_OF_A_POINT = 4
_SAID_BEFORE = re.compile(r"[^0-9]{0,12}\Z")

# An I or an A before a word is a word itself.
_CODE = re.compile(r"(?<![A-Za-z0-9])(?![IA][ '’][a-z])[A-Z0-9]{1,34}(?![A-Za-z0-9])")
_OUTLINE = re.compile(r"(?=(?:[A-Z]*[0-9]){7})[A-Z]{1,2}[0-9][A-Z0-9]{7,31}")
_LONG = 5
_DIGIT = re.compile(r"[0-9]")
_DECIMAL = re.compile(r"(?<![A-Za-z0-9.])[+-]?\.?[0-9][0-9.]{0,23}(?![A-Za-z0-9])")
_DOT = re.compile(r"[\n| ]\. ?[\n| ]")
_OF_A_MACHINE = re.compile(r"(?<![a-z])(?:ip|server|host|address|addr)(?![a-z])|아이피|서버|주소")
_SAID = 24
_V4 = re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]{3,15}")
# Of letters alone too; but these are words.
_HEX = re.compile(
    r"(?<![A-Za-z0-9:])(?!(?:an?|be|ad|add|bad|bed|fed|fee|face|dead|deaf|cafe|feed|dad)(?![A-Za-z0-9:]))"
    r"[0-9A-Fa-f:]{1,39}(?![A-Za-z0-9:])"
)
_V6 = re.compile(r"[0-9A-Fa-f]{4}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{1,4}")


def of_codes(texts: Sequence[str], *, typed: bool) -> Iterator[Made]:
    """Passports, customs codes, international accounts: they begin with a letter."""
    read = masked(texts, COUNTED)
    if not any(_CODE.search(text) for text in read):
        return
    found = list(pieces(texts, read, _CODE, _MANY, typed=typed))
    yield from _codes(found, typed=typed)
    # A word in capitals that is said again and again is no piece: what the messages call the account.
    often = {text for text, times in Counter(each.text for each in found).items() if times > 1 and text.isalpha()}
    if often:
        yield from _codes([each for each in found if each.text not in often], typed=typed)


def _codes(found: Sequence[Piece], *, typed: bool) -> Iterator[Made]:
    for place, piece in enumerate(found):
        if not piece.text[0].isalpha():
            continue
        for whole in _from(found, place, _MOST_OF_A_CODE):
            together = "".join(each.text for each in whole)
            if _OUTLINE.fullmatch(together):
                # The sizes S and M stand before figures in tables.
                told = _DIGIT.search(piece.text) is not None or any(len(each.text) >= _LONG for each in whole)
                yield Made(label(piece.before) + together, whole, told and _close(whole, typed=typed))


def of_points(texts: Sequence[str], *, typed: bool) -> Iterator[Made]:
    """Addresses of machines, and pairs of latitude and longitude."""
    dots, colons = (sum(text.count(sign) for text in texts) for sign in ".:")
    if dots >= 2:
        found = list(pieces(texts, masked(texts, COUNTED), _DECIMAL, _MANY, typed=typed))
        for place in range(len(found)):
            for whole in _from(found, place, _MOST_OF_A_POINT):
                yield from _point(whole, typed=typed)
    if colons >= 2:
        hexadecimal = list(pieces(texts, masked(texts, COUNTED), _HEX, _MANY, typed=typed))
        for place in range(len(hexadecimal)):
            for whole in _from(hexadecimal, place, _MOST_OF_A_POINT):
                together = "".join(each.text for each in whole)
                if _V6.fullmatch(together):
                    yield Made(together, whole, _close(whole, typed=typed))


def _from(found: Sequence[Piece], place: int, most: int) -> Iterator[Sequence[Piece]]:
    """The piece with the next, with the next two, ...; on a page of figures only what nothing stands between."""
    for last in range(place + 1, min(len(found), place + most)):
        piece = found[last]
        if piece.gap is None or (piece.dense and not piece.close):
            return
        yield found[place : last + 1]


def _close(whole: Sequence[Piece], *, typed: bool) -> bool:
    return all(each.close for each in whole[1:]) or (typed and len(whole) == 2)


def _point(whole: Sequence[Piece], *, typed: bool) -> Iterator[Made]:
    said = _SAID_BEFORE.search(whole[0].before)
    before = said[0] if said else ""  # "version"
    # A dot that stands by itself between two pieces was cut out of the middle.
    texts = ["." * (n > 0 and _DOT.search(each.gap or "") is not None) + each.text for n, each in enumerate(whole)]
    together = "".join(texts).rstrip(".")
    if together.count(".") == 3 and _V4.fullmatch(together):
        # Two dots in a piece: it is no decimal. Decimals alone are put together where the words before them say so.
        odd = any(text.strip(".").count(".") >= 2 or text.startswith(".") for text in texts)
        odd = odd or (texts[0].endswith(".") and whole[1].ends_a_line)
        if odd or _OF_A_MACHINE.search(whole[0].before[-_SAID:].lower()):
            yield Made(before + together, whole, odd or _close(whole, typed=typed))
    if together.count(".") == 2:
        for at in range(1, len(texts)):
            one, other = "".join(texts[:at]), "".join(texts[at:]).rstrip(".")
            if _DEGREES.fullmatch(one) and _DEGREES.fullmatch(other):
                yield Made(f"{one}, {other}", whole, _close(whole, typed=typed))
