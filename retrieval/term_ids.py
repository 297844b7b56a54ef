"""The numbers of the terms of many documents at once, in no order: those that text.py gives one by one. Pure.

Of Korean, pairs of syllables are told from code points by numpy, all at once; what is left, English mostly, is taken
apart at its spaces and remembered, because a load meets the same words again and again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from retrieval.text import TERM_IDS, Language, compose, language_of, one_spelling, term_id, written_term_ids

Numbers = npt.NDArray[np.int64]

ID_BITS = TERM_IDS.bit_length()

_FIRST, _SYLLABLES = 0xAC00, 11_172
_SPACE = ord(" ")
_MEMORY_BITS = 18


@dataclass(frozen=True, slots=True)
class TermIds:
    """ids: of each term, as often as it occurs. of: the number of its document, from 0."""

    ids: Numbers
    of: Numbers

    def and_of(self, each: Iterable[Sequence[int]]) -> TermIds:
        """With more of each document."""
        more = list(each)
        ids = np.fromiter(chain.from_iterable(more), np.int64)
        of = np.repeat(np.arange(len(more)), [len(one) for one in more])
        return TermIds(np.concatenate((self.ids, ids)), np.concatenate((self.of, of)))


def of_texts(texts: Sequence[str]) -> TermIds:
    """Of each text, as `document_terms` cuts it."""
    # No term spans a space, so what is cut stands between others.
    points, ends = _code_points([one_spelling(text) + "\n" for text in texts])
    hangul = _is_hangul(points)
    left = points.copy()
    np.putmask(left, hangul | _ends_words(points), _SPACE)
    written = left.tobytes().decode("utf-32-le", "surrogatepass")
    # Case is folded here, where it is that of few letters.
    words = [_of_words(written[start:end].casefold()) for start, end in pairwise((0, *ends.tolist()))]
    return _of_pairs(points, hangul, ends).and_of(words)


def _of_pairs(points: npt.NDArray[np.uint32], hangul: npt.NDArray[np.bool_], ends: Numbers) -> TermIds:
    """A run of Hangul is its pairs, or one syllable that stands alone: a pair with nothing. It never ends a text."""
    begins = hangul.copy()
    begins[1:-1] &= hangul[2:] | ~hangul[:-2]
    at = np.flatnonzero(begins)
    first, after = points[at].astype(np.int64) - _FIRST, points[at + 1].astype(np.int64) - (_FIRST - 1)
    pairs = first * (_SYLLABLES + 1) + after * hangul[at + 1]
    of_each = np.diff(np.searchsorted(at, ends), prepend=0)
    return TermIds(_REMEMBERED.ids(pairs), np.repeat(np.arange(len(ends)), of_each))


def languages(texts: Sequence[str]) -> list[Language]:
    """What `language` says of each."""
    composed = [compose(text) for text in texts]
    points, ends = _code_points(composed)
    hangul = np.searchsorted(np.flatnonzero(_is_hangul(points)), ends)
    return [language_of(*each) for each in zip(composed, np.diff(hangul, prepend=0).tolist(), strict=True)]


class _Remembered:
    """Numbers of pairs, those met last at each place. A place is written at once, pair and number, so that threads that
    count at the same time read what belongs together."""

    def __init__(self) -> None:
        self._places = np.full(1 << _MEMORY_BITS, -1, np.int64)

    def ids(self, pairs: Numbers) -> Numbers:
        # Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4).
        places = (pairs * 2_654_435_769 & 0xFFFF_FFFF) >> (32 - _MEMORY_BITS)
        found = self._places[places]
        new = found >> ID_BITS != pairs
        if new.any():
            every, which = np.unique(pairs[new], return_inverse=True)
            made = every << ID_BITS | np.fromiter(map(_pair_id, every.tolist()), np.int64, len(every))
            found[new] = made[which]
            self._places[places[new]] = found[new]
        ids: Numbers = found & ((1 << ID_BITS) - 1)
        return ids


_REMEMBERED = _Remembered()


def _pair_id(pair: int) -> int:
    first, after = divmod(pair, _SYLLABLES + 1)
    return term_id(chr(_FIRST + first) + (chr(_FIRST + after - 1) if after else ""))


def _of_words(written: str) -> list[int]:
    return list(chain.from_iterable(written_term_ids(written.split())))


def _code_points(texts: Iterable[str]) -> tuple[npt.NDArray[np.uint32], Numbers]:
    """Of all of them, and behind which of those each text ends."""
    held = list(texts)
    points = np.frombuffer("".join(held).encode("utf-32-le", "surrogatepass"), "<u4")
    return points, np.cumsum([len(text) for text in held], dtype=np.int64)


def _is_hangul(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    # Unsigned: what stands before the first one is far behind it.
    return points - np.uint32(_FIRST) < _SYLLABLES


def _ends_words(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """A full stop or a comma before a space: no part of a term, and without it a word is the one that is remembered."""
    ends: npt.NDArray[np.bool_] = (points == ord(".")) | (points == ord(","))
    ends[:-1] &= points[1:] <= _SPACE
    return ends
