"""What people think of the answers, which way questions took, and what nobody could be told: in numbers. Pure.

A figure about fewer than LEAST people says something of each of them, and so it is not given.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.examples import alike
from retrieval.text import query_terms

LEAST = 5
SAME = 0.4
"""Of what two questions say, from which on they ask for the same thing."""
_Z = 1.96
_WORD = re.compile(r"[A-Za-z0-9]{2,}|[가-힣]{2,}")
_ASKS = re.compile(
    r"(?:어떻게|어디|언제|누구|무엇|얼마|며칠|몇|인가|나요|있나|되나|하나|알려|주세요|궁금|what|where|when|who|how|the|is|are|can|do|does|for|my)\b"
    r"|(?:어떻게|어디|언제|누구|무엇|얼마|며칠|있나|되나|알려|주세요|궁금)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rated:
    """The answers of one kind. answers: that said something. voted: those of which somebody said what they think.
    people: who did. good, bad: votes; one person has one for each answer."""

    what: str
    answers: int
    voted: int = 0
    people: int = 0
    good: int = 0
    bad: int = 0

    @property
    def response(self) -> float | None:
        """The share of answers of which anybody said what they think."""
        return self.voted / self.answers if self.answers else None

    @property
    def satisfaction(self) -> float | None:
        """The share of good votes; None: too few people voted to say."""
        return self.good / (self.good + self.bad) if self.people >= LEAST else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of `satisfaction`, at 95%, by Wilson: right for few votes and for shares near 0 and 1 too."""
        share, votes = self.satisfaction, self.good + self.bad
        if share is None:
            return None
        middle = share + _Z * _Z / (2 * votes)
        half = _Z * math.sqrt(share * (1 - share) / votes + _Z * _Z / (4 * votes * votes))
        whole = 1 + _Z * _Z / votes
        return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)

    def data(self) -> dict[str, Any]:
        between = self.interval
        return {
            "what": self.what,
            "answers": self.answers,
            "response": _rounded(self.response),
            "votes": self.good + self.bad if self.people >= LEAST else None,
            "satisfaction": _rounded(self.satisfaction),
            "interval": [round(end, 3) for end in between] if between else None,
        }


@dataclass(frozen=True, slots=True)
class Way:
    """questions: that took a route. reasons: kinds of what made them sensitive, with the number of questions."""

    route: str
    questions: int
    share: float
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question to which nobody got an answer."""

    asker: str
    text: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions for the same thing. people: who asked. words: that at least LEAST of them used, the longest first; what
    one person wrote stands in none."""

    questions: int
    people: int
    words: tuple[str, ...]


def clusters(questions: Iterable[Unanswered]) -> list[Cluster]:
    """What at least LEAST people asked for in vain, what most asked for first. A question joins the first that it is
    like; what nobody's words are shared of is left out, as there would be nothing to say."""
    found: list[list[Unanswered]] = []
    first: list[Mapping[str, float]] = []
    by_term: defaultdict[str, list[int]] = defaultdict(list)
    for one in questions:
        terms = query_terms(one.text)
        near = dict.fromkeys(number for term in terms for number in by_term[term])
        best = max(near, key=lambda number: (alike(terms, first[number]), -number), default=None)
        if best is not None and alike(terms, first[best]) >= SAME:
            found[best].append(one)
            continue
        for term in terms:
            by_term[term].append(len(found))
        found.append([one])
        first.append(terms)
    made = (_cluster(group) for group in found)
    return sorted((one for one in made if one.people >= LEAST and one.words), key=lambda one: (-one.people, one.words))


def _cluster(group: Sequence[Unanswered]) -> Cluster:
    of_asker: defaultdict[str, set[str]] = defaultdict(set)
    for one in group:
        of_asker[one.asker] |= _beginnings(one.text)
    used = Counter(word for words in of_asker.values() for word in words)
    shared = {word for word, people in used.items() if people >= LEAST}
    whole = [word for word in shared if not any(other != word and other.startswith(word) for other in shared)]
    return Cluster(len(group), len(of_asker), tuple(sorted(whole, key=lambda word: (-len(word), word))))


def _beginnings(text: str) -> set[str]:
    """Of each Korean word all of its beginnings, as endings differ; of every other the word."""
    found: set[str] = set()
    for word in map(str.casefold, _WORD.findall(_ASKS.sub(" ", text))):
        found |= {word[:end] for end in range(2, len(word) + 1)} if "가" <= word[0] <= "힣" else {word}
    return found


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
