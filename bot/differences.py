"""Where passages that are shown say different things of the same: said under the answer, not hidden. Pure.

Two lines are compared when they say the same but for a number: the same cell of two tables, or sentences of the same
words, in documents about the same thing. Precise rather than eager: a word more may be another case (국내, in Lisbon),
and an alarm that is false once is not read again.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, zip_longest

from bot.quantities import Quantity, quantities
from retrieval.passage import Passage
from retrieval.stopwords import ENGLISH_STOP_WORDS, KOREAN_PARTICLES
from retrieval.text import document_terms, normalise, query_terms, stem

SAME_CONTEXT = 0.8
"""Of the title's and heading's terms of one passage, the share that the other must have as well."""
ASKED = 0.6
"""Of the weight of the line that says most of what was asked, what a line must have to be worth comparing."""
MOST = 3
_MOST_LINES = 100  # each is compared with each

_CONTEXT_COUNTS = 0.5
_MARKUP = re.compile(r"[*_`~>#]+|^\s*(?:[-+]|\d+[.)])\s", re.MULTILINE)
_RULE = re.compile(r"[\s|:-]*-[\s|:-]*\Z")
_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
_LONGEST = 300
_WORD = re.compile(r"[가-힣]+|[^\W\d가-힣_]+")
_PARTICLE = re.compile(f"(?:{'|'.join(sorted(KOREAN_PARTICLES, key=len, reverse=True))})$")
_SAYS_HOW = re.compile(
    r"[가-힣]*(?:다|요|함|됨|며|고)$|최대|약|대략|보통|실비|각|매|까지|이내|이하|이상|미만|초과|이전|이후|안|안에|내|내에|전|후"
)
"""Verbs, and what stands around numbers: they differ where what is said does not."""
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?:년도?)?(?![0-9])|\bv\d+\b")
_KIND_OF_TEXT = re.compile(
    r"규정|지침|안내서?|절차|정책|가이드|매뉴얼|규칙|내규|개정판|최종|\b(?:policy|policies|guide|guidelines?|rules?|handbook)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What passages say of one subject. subject: the row's name, or empty; said: number of the passage, what it says,
    and from when it holds."""

    subject: str
    said: tuple[tuple[int, str, date | None], ...]

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(number for number, _, _ in self.said)

    def __str__(self) -> str:
        values = (f"[{number}] {text}{f' ({day})' if day else ''}" for number, text, day in self.said)
        # A [3] of the document's own would read as one of our numbers.
        subject = re.sub(r"\[(\d+)\]", r"(\1)", self.subject)
        return " ".join(filter(None, (subject, " · ".join(values))))


@dataclass(frozen=True, slots=True)
class _Line:
    """A cell of a table or a sentence. row: the name of the cell's row. subject: the words that tell what it is about;
    of a cell those of its row and column. terms: what it says but for its quantities. context: the terms of title and
    heading."""

    number: int
    row: str
    subject: frozenset[str]
    terms: frozenset[str]
    context: frozenset[str]
    found: Mapping[str, tuple[Quantity, ...]]


def differences(passages: Sequence[Passage], question: str, cited: Iterable[int]) -> tuple[Difference, ...]:
    """What the passages, numbered from 1, say differently of what was asked, where at least one of them is cited; at
    most three, what was asked most first. Only what stands in these passages is in it."""
    wanted = frozenset(cited)
    # Each two passages once for each subject; the lines that say most of what was asked come first.
    found: dict[tuple[str, int, int], Difference] = {}
    for pair in combinations(_asked_for(passages, question), 2):
        one, other = sorted(pair, key=lambda line: line.number)
        mine, theirs = passages[one.number - 1], passages[other.number - 1]
        if mine.document.id == theirs.document.id or wanted.isdisjoint({one.number, other.number}):
            continue
        if kind := _differs(one, other):
            said = (
                (one.number, _said(one.found[kind]), _day(mine)),
                (other.number, _said(other.found[kind]), _day(theirs)),
            )
            found.setdefault((one.row, one.number, other.number), Difference(one.row, said))
    return tuple(_joined(list(found.values())))[:MOST]


def _joined(pairs: Sequence[Difference]) -> list[Difference]:
    """One for all passages of which each two differ in the same: three documents are one line, not three."""
    differ = {(one.subject, frozenset(one.said)) for one in pairs}
    joined: list[Difference] = []
    for one in pairs:
        for place, group in enumerate(joined):
            more = [said for said in one.said if said not in group.said]
            each = ((one.subject, frozenset({new, old})) for new in more for old in group.said)
            if one.subject == group.subject and len(more) < 2 and all(pair in differ for pair in each):
                joined[place] = Difference(one.subject, tuple(sorted((*group.said, *more), key=lambda said: said[0])))
                break
        else:
            joined.append(one)
    return joined


def _asked_for(passages: Sequence[Passage], question: str) -> list[_Line]:
    """The lines that count something of what was asked, those that say most of it first, and not far less than another
    line of their passage."""
    lines = [line for number, passage in enumerate(passages, 1) for line in _lines(number, passage)]
    asked = _weights(question, lines)
    best: dict[int, float] = {}
    weighed = [(_weight(line, asked), line) for line in lines]
    for weight, line in weighed:
        best[line.number] = max(weight, best.get(line.number, 0.0))
    worth = [
        (weight, line)
        for weight, line in weighed
        if line.found and not asked.keys().isdisjoint(line.terms) and weight >= ASKED * best[line.number]
    ]
    worth.sort(key=lambda pair: -pair[0])
    return [line for _, line in worth[:_MOST_LINES]]


def _lines(number: int, passage: Passage) -> Iterator[_Line]:
    context = _context(passage)
    lines = passage.text.splitlines()
    header: list[str] = []
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        if "|" in line and _RULE.match(below):
            header = _cells(line)
        elif "|" not in line:
            header = []
            for sentence in _SENTENCE.split(_MARKUP.sub("", line).strip()):
                if 0 < len(sentence) <= _LONGEST:
                    yield _line(number, sentence, context)
        elif header and not _RULE.match(line):
            row, *cells = _cells(line)
            for name, cell in zip(header[1:], cells, strict=False):
                yield _line(number, cell, context, f"{row} {name}", row)


def _line(number: int, text: str, context: frozenset[str], of: str = "", row: str = "") -> _Line:
    """of: what a cell is about, which its row and column say and not itself."""
    found: dict[str, tuple[Quantity, ...]] = {}
    rest, end = "", 0
    for quantity in quantities(text):
        found[quantity.kind] = (*found.get(quantity.kind, ()), quantity)
        rest += text[end : quantity.start] + " "
        end = quantity.end
    rest += text[end:]
    return _Line(number, row, _subject(of or rest), frozenset(document_terms(f"{of} {rest}")), context, found)


def _subject(text: str) -> frozenset[str]:
    words = (word for word in _WORD.findall(normalise(text)) if word not in ENGLISH_STOP_WORDS)
    bare = (
        word if word.isascii() else _PARTICLE.sub("", word) or word for word in words if not _SAYS_HOW.fullmatch(word)
    )
    return frozenset(stem(word) if word.isascii() else word for word in bare)


def _cells(row: str) -> list[str]:
    return [_MARKUP.sub("", cell).strip() for cell in row.strip().strip("|").split("|")]


def _context(passage: Passage) -> frozenset[str]:
    """What the passage is about, without what kind of text it is and of which year."""
    about = f"{passage.document.title}\n{passage.heading}"
    return frozenset(document_terms(_KIND_OF_TEXT.sub(" ", _YEAR.sub(" ", about))))


def _weights(question: str, lines: Sequence[_Line]) -> dict[str, float]:
    """The question's terms; those that are rare among the lines weigh more."""
    count = Counter(term for line in lines for term in line.terms | line.context)
    return {
        term: weight * math.log(1 + len(lines) / count[term])
        for term, weight in query_terms(question).items()
        if term in count
    }


def _weight(line: _Line, asked: Mapping[str, float]) -> float:
    own = sum(weight for term, weight in asked.items() if term in line.terms)
    return own + _CONTEXT_COUNTS * sum(w for term, w in asked.items() if term in line.context - line.terms)


def _differs(one: _Line, other: _Line) -> str | None:
    """The kind of quantity in which the lines differ though they speak of the same; None where they do not."""
    if bool(one.row) != bool(other.row) or not one.subject or not other.subject:
        return None
    if not (_covered(one.subject, other) and _covered(other.subject, one)):
        return None
    around = one.context | one.terms, other.context | other.terms
    if max(_share(one.context, around[1]), _share(other.context, around[0])) < SAME_CONTEXT:
        return None
    for kind, mine in one.found.items():
        theirs = other.found.get(kind, ())
        values = {quantity.value for quantity in mine}, {quantity.value for quantity in theirs}
        if theirs and len(mine) == len(theirs) and values[0].isdisjoint(values[1]):
            return kind
    return None


def _covered(subject: frozenset[str], line: _Line) -> bool:
    """Whether the line is about each of these words, by itself or by its title and heading."""
    return all(
        any(word.startswith(theirs) or theirs.startswith(word) for theirs in line.subject)
        or line.context.issuperset(document_terms(word))
        for word in subject
    )


def _share(some: frozenset[str], others: frozenset[str]) -> float:
    return len(some & others) / len(some) if some else 1.0


def _said(found: Sequence[Quantity]) -> str:
    return ", ".join(dict.fromkeys(quantity.text for quantity in found))


def _day(passage: Passage) -> date | None:
    return passage.in_force.first if passage.in_force else None
