"""What a detector reads: a text made plain, its numbers, and the words around them. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

_DIGITS = re.compile(r"[0-9]+")
_SEPARATORS = " \t\r\n.-·/_,*`~()"
_MAX_GAP = 4  # "900101 - \n1234568"
_TOUCHING = re.compile(r"[A-Za-z_#]\Z|[0-9]\.\Z")
_SHORTEST, _LONGEST = 7, 19  # digits, from a local telephone number to the longest card number
_MOST_GROUPS = 7
_LONGEST_STREAK = 2 * _LONGEST  # single digits in a line; more of them are a table of figures
_MORE_BEFORE, _MORE_AFTER = re.compile(r"[0-9]-\Z"), re.compile(r"-[0-9]")
# What a scanner, or somebody who copies from paper, makes of 0 and 1: only among digits.
_CONFUSED = re.compile(r"[0-9-][OolIОоΟο]|[OolIОоΟο][0-9-]")
_MISREAD = re.compile(r"(?<![A-Za-z0-9])[0-9OolIОоΟο]{2,19}(?: ?[-. ] ?[0-9OolIОоΟο]{2,7}){0,4}(?![A-Za-z0-9])")
# A resident number's form tells more than how many of its characters are digits: a month, a day, a digit for the sex.
_MISREAD_RRN = re.compile(
    r"[0-9OolIОоΟο](?<![A-Za-z0-9].)[0-9OolIОоΟο][01OolIОоΟο][0-9OolIОоΟο][0-3OolIОоΟο][0-9OolIОоΟο](?: ?- ?)?"
    r"[1-8lI][0-9OolIОоΟο]{6}(?![A-Za-z0-9])"
)
_AS_MEANT = str.maketrans("OolIОоΟο", "00110000")
_MOSTLY, _SHORTEST_MISREAD = 2 / 3, 10
_FEWEST_OF_A_RESIDENT = 5
_LABEL_WINDOW = 24  # characters
_LABEL = re.compile(
    r"[^\n,;:]{0,10}(?:번호|코드|넘버|아이디|품번|모델명?|number|code|serial|(?<![a-z])(?:no|num|sku|part|model|[ps]/n))"
    r"[ .:#=\"'은는이가]{0,4}\Z"
)


class Number(NamedTuple):
    """Whole runs of digits that short separators join: "900101 - 1234568" has the groups (6, 7)."""

    start: int
    end: int
    digits: str
    groups: tuple[int, ...]
    separators: str

    @property
    def hyphened(self) -> bool:
        """Whether nothing but hyphens, and space around them, groups it, as its issuer would."""
        return len(self.groups) - 1 == self.separators.count("-") > 0 and not self.separators.strip("- \n")

    @property
    def spaced_apart(self) -> bool:
        """Whether every digit stands alone, on one line: "9 0 0 1 ..."."""
        return len(self.groups) == len(self.digits) and "\n" not in self.separators


class _Run(NamedTuple):
    """Digits in a row. gap: the separators since the run before it; None where there are more than these."""

    start: int
    end: int
    digits: str
    gap: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """lower: the text in lower case, as long as it is, so that an offset in one is an offset in the other."""

    text: str
    lower: str
    _numbers: Mapping[int, Sequence[Number]]
    _contexts: dict[tuple[str, ...], str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, text: str) -> Segment:
        return cls(text, _lower(text), _numbers(tuple(_runs(_as_meant(text)))))

    def context(self, words: tuple[str, ...]) -> str:
        """'context WORD' for the first of the words (lower case) that stands anywhere in the text, or ''.

        Anywhere, because distance is easily padded; and a word can only raise a score, never lower it.
        """
        if words not in self._contexts:
            self._contexts[words] = next((f"context {word}" for word in words if word in self.lower), "")
        return self._contexts[words]

    def numbers(self, shortest: int, longest: int) -> Iterator[Number]:
        """Every number of that many digits, 7 to 19. A part of a run of digits is never a number: a longer run is
        a timestamp, a trace or an order."""
        return chain.from_iterable(self._numbers.get(length, ()) for length in range(shortest, longest + 1))

    def glued(self, number: Number) -> bool:
        """Whether ASCII letters, _ or # touch the number, or it is the fraction of a decimal: then it is more
        likely a piece of a hash, a file name or a coordinate."""
        before = self.text[max(0, number.start - 2) : number.start]
        after = self.text[number.end : number.end + 1]
        return _TOUCHING.search(before) is not None or _TOUCHING.match(after) is not None

    def part(self, number: Number) -> bool:
        """Whether a hyphen joins the number to more digits: then these are some groups of a longer one."""
        return (
            _MORE_AFTER.match(self.text, number.end) is not None
            or _MORE_BEFORE.search(self.text, max(0, number.start - 2), number.start) is not None
        )

    def named(self, start: int, words: tuple[str, ...], within: int = _LABEL_WINDOW) -> bool:
        """Whether one of the words (lower case) stands in the few characters before `start`, on its line."""
        before = self.text[max(0, start - within) : start].lower().rpartition("\n")[2]
        return any(word in before for word in words)

    def called_otherwise(self, start: int, words: tuple[str, ...]) -> bool:
        """Whether the words right before `start`, on its line, call what stands there a number of something
        ("part number", "주문번호") that is none of the words (lower case).

        Only for what nothing but its form speaks for: a label is not context, it says what the value is.
        """
        said = label(self.text[max(0, start - _LABEL_WINDOW) : start])
        return said != "" and not any(word in said for word in words)


def _lower(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)  # İ becomes two characters


def label(before: str) -> str:
    """The words at the end of `before` that call what follows a number of something, or ''."""
    found = _LABEL.search(before[-_LABEL_WINDOW:].lower())
    return found[0] if found else ""


def _numbers(runs: tuple[_Run, ...]) -> Mapping[int, Sequence[Number]]:
    """The numbers by how many digits they have. Once for all detectors: nearly every one asks."""
    found: defaultdict[int, list[Number]] = defaultdict(list)
    streaks = _streaks(runs)
    for first, (start, end, digits, _) in enumerate(runs):
        most = _LONGEST if streaks[first] <= _LONGEST_STREAK else _MOST_GROUPS
        groups: tuple[int, ...] = (len(digits),)
        separators = ""
        following = first + 1
        while len(digits) <= _LONGEST:
            if len(digits) >= _SHORTEST:
                found[len(digits)].append(Number(start, end, digits, groups, separators))
            if following == len(runs):
                break
            _, end, more, gap = runs[following]
            if gap is None:
                break
            digits += more
            groups += (len(more),)
            if len(groups) > (most if len(digits) == len(groups) else _MOST_GROUPS):
                break
            separators += gap
            following += 1
    return found


def _streaks(runs: tuple[_Run, ...]) -> list[int]:
    """For each run of digits, how many single ones stand in a row in its line."""
    streaks: list[int] = []
    first = 0
    for at in range(1, len(runs) + 1):
        if at == len(runs) or not _goes_on(runs[at - 1], runs[at]):
            streaks += [at - first] * (at - first)
            first = at
    return streaks


def _goes_on(run: _Run, following: _Run) -> bool:
    gap = following.gap
    return len(run.digits) == len(following.digits) == 1 and gap is not None and "\n" not in gap


def _runs(text: str) -> Iterator[_Run]:
    done: int | None = None
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        between = None if done is None or start - done > _MAX_GAP else text[done:start]
        yield _Run(start, end, match[0], None if between is None or between.strip(_SEPARATORS) else between)
        done = end


def _as_meant(text: str) -> str:
    """The text, as long as it is, with O, o, l and I as the digits they were taken for."""
    if _CONFUSED.search(text) is None:
        return text
    text = _MISREAD_RRN.sub(_of_a_resident, text)
    return _MISREAD.sub(_digits, text)


def _of_a_resident(match: re.Match[str]) -> str:
    return match[0].translate(_AS_MEANT) if sum(map(str.isdigit, match[0])) >= _FEWEST_OF_A_RESIDENT else match[0]


def _digits(match: re.Match[str]) -> str:
    digits = sum(char.isdigit() for char in match[0])
    letters = sum(char in "OolIОоΟο" for char in match[0])
    meant = digits + letters >= _SHORTEST_MISREAD and digits >= _MOSTLY * (digits + letters)
    return match[0].translate(_AS_MEANT) if meant else match[0]
