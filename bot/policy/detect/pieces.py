"""What could be a piece of an identifier, in order, with what stands between it and the piece before. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FAR = 200
"""Characters of words that may stand between two pieces in what is written; a message is one thought, however long."""
NEXT = 60
"""The same where one text ends and the next begins: what stands side by side need not belong together."""
_BESIDE = 40
_LETTER = re.compile(r"[A-Za-z0-9가-힣]")

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
# Quantities are no pieces, and hide none: dates, times, amounts, shares, counted things, items of a list; nor is what
# a bank leaves of a card (••4605).
_COUNTED = (
    r"(?<![0-9.-])(?:19|20)[0-9]{2}([-./]) ?[01]?[0-9]\1 ?[0-3]?[0-9](?![0-9-])"
    r"|(?<![0-9:])[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9])?(?![0-9:])"
    r"|(?<![0-9,.])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])"
    rf"|(?i:[0-9]{{1,2}}(?:st|nd|rd|th)? {_MONTH}\.?,? (?:19|20)[0-9]{{2}}"
    rf"|{_MONTH}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{{2}})"
    r"|(?<=:[0-9][0-9] )[+-][01][0-9]:?[034][05](?![0-9])"
    r"|[$€£¥₩] ?[0-9]{1,12}(?:[,. ][0-9]{2,3})*(?![0-9])|[•*]{2} ?[0-9]{2,4}(?![0-9])"
    r"|(?<![0-9-])(?:19|20)?[0-9]{2} ?년|(?<![0-9-])[0-3]?[0-9] ?[월일시]|(?<![0-9-])[0-9]{1,3} ?분"
    r"|(?<![0-9-])[0-9]{1,12} ?(?:%|퍼센트|원|억|천|[만천]? ?명|개월|개|건|회|층|쪽|조|항|km|kg|GB|MB|ms)"
)
_LISTED = re.compile(r"^[ \t>]*[0-9]{1,2}[.)](?=[ \t])", re.MULTILINE)
_DECIMAL = r"|(?<![0-9.])(?:0|[1-9][0-9]*)\.[0-9]+(?!\.?[0-9])"
_NAME = r"|(?<![A-Za-z0-9_#-])(?=[0-9-]*[A-Za-z_#])[A-Za-z0-9_#-]+"
COUNTED = re.compile(_COUNTED)
COUNTED_OR_NAMED = re.compile(_COUNTED + _DECIMAL + _NAME)
"""Decimals too, and the digits of hashes, names and codes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stood together. gap: the text since the piece before it; None where nothing joins the two. close: only the
    end of a line, a cell or a text stands between the two, or the end of a message. first: the first of its text.
    before, after: what stands on either side, before it also the end of the text before. dense: its text has very many
    of them."""

    text: str
    gap: str | None
    close: bool
    first: bool
    before: str
    after: str
    dense: bool

    @property
    def ends_a_line(self) -> bool:
        """Whether a line, a cell or a text ended before it; a space alone stands between any two words."""
        return self.gap is not None and ("\n" in self.gap or "|" in self.gap)


@dataclass(frozen=True, slots=True)
class Made:
    """What pieces make together. sure: nothing stands between them but the end of a line, a cell or a text."""

    text: str
    pieces: Sequence[Piece]
    sure: bool

    @property
    def around(self) -> str:
        """The words on either side of its pieces: on a long page some word of context always stands somewhere."""
        return words("\n".join(piece.before + "\n" + piece.after for piece in self.pieces))


def words(text: str) -> str:
    """For detectors that ask for context; figures and addresses are looked at where they stand."""
    return re.sub("[0-9@]+", " ", text)


def masked(texts: Sequence[str], what: re.Pattern[str]) -> list[str]:
    """The texts, as long as they are, with a word for each quantity."""
    return [what.sub(_a_word, _LISTED.sub(_a_word, text) if _is_a_list(text) else text) for text in texts]


def _a_word(match: re.Match[str]) -> str:
    return "가" * len(match[0])


def _is_a_list(text: str) -> bool:
    """One item is no list: a line may begin with the last digits of an area code, and its bracket."""
    items = _LISTED.finditer(text)
    return next(items, None) is not None and next(items, None) is not None


def pieces(
    texts: Sequence[str], read: Sequence[str], pattern: re.Pattern[str], many: int, *, typed: bool
) -> Iterator[Piece]:
    """Each match of the pattern in `read`: the texts, or what `masked` made of them."""
    gap: str | None = None
    said = ""
    for text, of in zip(texts, read, strict=True):
        matches = list(pattern.finditer(of))
        first, done = True, 0
        for match in matches:
            start, end = match.span()
            between: str | None = None if gap is None else gap + of[done:start]
            if between is not None and len(between) > (NEXT if first else FAR) and not typed:
                between = None
            close = between is not None and ((typed and first) or _LETTER.search(between) is None)
            before = said[max(0, start - _BESIDE) :] * (start < _BESIDE) + text[max(0, start - _BESIDE) : start]
            after = text[end : end + _BESIDE]
            yield Piece(match[0], between, close, first, before, after, len(matches) > many)
            gap, first, done = "", False, end
        gap = None if gap is None else gap + of[done:] + "\n"
        said = text[-_BESIDE:] + "\n"
