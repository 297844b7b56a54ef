"""The same text with its disguises removed, and the way back to the original's offsets. Pure.

People paste full-width digits, en dashes, decomposed Hangul and zero-width joiners without knowing it, and
Slack wraps in markup what it takes for an address or a number. Detectors read a View; a finding's span is led
back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Conjoining jamo are one cluster, because decomposed Hangul composes only as a run. The rest folds by itself.
_DISGUISED = re.compile("[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]+|[^\t\n\r\x20-\x7e가-힣]")
_HANGUL_FILLERS = "\u115f\u1160\u3164\uffa0"
_DASHES = "\u2212\u2043\u02d7\u30fc\uff70\u2500\u3161"  # besides category Pd; ㅡ and ー are typed as dashes
_MIDDLE_DOTS = "\u00b7\u318d\u119e\u30fb\uff65\u2027\u2022\u2219\u22c5"
_FULL_STOPS = "\u3002\uff61"  # what IDNA reads as a dot, RFC 3490 section 3.1
_BRAILLE_BLANK = "\u2800"
_TAGS = "".join(map(chr, range(0xE0020, 0xE007F)))  # ASCII that nobody sees and every model reads
_OVERRIDDEN = re.compile("\u202e[^\u202c\u2069\n]{1,2000}")  # shown from right to left, whatever it holds

# https://api.slack.com/reference/surfaces/formatting: <target|label>
_LINK = re.compile(r"<(?:(?:mailto|tel):|https?://)([^<>|\n]{1,2048})(?:\|([^<>\n]{1,2048}))?>")
_MAX_NESTING = 3


@dataclass(frozen=True, slots=True)
class View:
    """A rewritten text; its character i stands for original[starts[i]:ends[i]]."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The original's span for the non-empty span [start, end) of this text."""
        return self.starts[start], self.ends[end - 1]


def whole(text: str) -> View:
    """The text as it is."""
    return View(text, range(len(text)), range(1, len(text) + 1))


def fold(view: View) -> View:
    """NFKC character by character; every dash, space, middle dot and digit becomes the common one, and what has no
    width (joiners, bidirectional marks, soft hyphens, combining marks) or is half a character goes."""
    return rewrite(view, _DISGUISED, _fold_cluster)


def turned(view: View) -> View | None:
    """The view as it is shown where a mark turns the writing around; None where none does."""
    shown = rewrite(view, _OVERRIDDEN, lambda run: run[:0:-1])
    return None if shown is view else shown


def unlink(view: View) -> View | None:
    """The view as Slack shows it, each link by its label; None where there is no link.

    An identifier of which Slack linked a part is whole again here. A label stands for its whole link, so that
    masking a linked value takes the hidden target with it. A link within a link's label is opened from within.
    """
    shown = view
    for _ in range(_MAX_NESTING):
        inner = rewrite_matches(shown, _LINK, _label)
        if inner is shown:
            break
        shown = inner
    return None if shown is view else shown


def _label(match: re.Match[str]) -> tuple[str, int]:
    group = 1 if match[2] is None else 2
    return match[group], match.start(group)


def rewrite(view: View, pattern: re.Pattern[str], new: Callable[[str], str | None]) -> View:
    """`view` with each match replaced by `new` of it, each of whose characters stands for the whole match; None leaves
    a match as it is. The view itself where nothing was replaced."""
    if pattern.search(view.text) is None:
        return view
    return rewrite_matches(view, pattern, lambda match: None if (piece := new(match[0])) is None else (piece, None))


def rewrite_matches(
    view: View, pattern: re.Pattern[str], new: Callable[[re.Match[str]], tuple[str, int | None] | None]
) -> View:
    """`view` with each match replaced by `new`: a text, and the offset from which it is taken as it is.
    Without an offset each of its characters stands for the whole match; None leaves a match as it is."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(view.text):
        replaced = new(match)
        if replaced is None:
            continue
        first, last = match.span()
        pieces.append(view.text[done:first])
        starts += view.starts[done:first]
        ends += view.ends[done:first]
        done = last
        piece, taken_from = replaced
        if not piece:
            continue
        pieces.append(piece)
        if taken_from is None:
            starts += [view.starts[first]] * len(piece)
            ends += [view.ends[last - 1]] * len(piece)
        else:
            inner = taken_from + len(piece)
            starts += [view.starts[first], *view.starts[taken_from + 1 : inner]]
            ends += [*view.ends[taken_from : inner - 1], view.ends[last - 1]]
    if done == 0:
        return view
    pieces.append(view.text[done:])
    starts += view.starts[done:]
    ends += view.ends[done:]
    return View("".join(pieces), starts, ends)


def _fold_cluster(cluster: str) -> str:
    if len(cluster) == 1:
        return _fold_character(cluster)
    # Not cached: a run of jamo is somebody's words.
    return unicodedata.normalize("NFC", cluster.strip(_HANGUL_FILLERS))


@lru_cache(maxsize=4096)
def _fold_character(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Pd" or char in _DASHES:
        return "-"
    if char in _MIDDLE_DOTS:
        return "·"
    if char in _FULL_STOPS:
        return "."
    if category == "Zs" or char == _BRAILLE_BLANK:
        return " "
    if char.isspace():
        return "\n"
    if char in _TAGS:
        return chr(ord(char) - ord(_TAGS[0]) + ord(" "))
    if category in {"Cc", "Cf", "Cs", "Mn", "Me"} or char in _HANGUL_FILLERS:
        return ""
    value = unicodedata.numeric(char, -1) if category in {"Nd", "No"} else -1  # in a circle, in brackets, raised
    if value in range(10):
        return str(int(value))
    return unicodedata.normalize("NFKC", char)
