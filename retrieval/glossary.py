"""A company's own words: what means the same widens a search. Pure.

People ask for 법카, the rule says 법인카드; they ask for PTO, the handbook is in Korean. The words go into queries of the
index only, never into a prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.stopwords import KOREAN_ENDINGS, KOREAN_PARTICLES
from retrieval.text import MAX_QUERY_TERMS, normalise, query_terms, stem, term_id

SYNONYM = 0.5
"""What all terms of a synonym may weigh together, in parts of the word that was asked, where that word stands in some
passage: whoever writes the very word comes first. On 30 questions in slang, abbreviations and the other language over
the sample handbook .3 to .7 find the same documents (`python -m benchmarks words`)."""
MAX_SYNONYMS = 8
"""For one word of a question: the longer the list, the less each of them says."""

_TOKEN = re.compile(r"[가-힣]+|[^\W가-힣_]+")
_ENDINGS = "|".join(sorted({*KOREAN_PARTICLES, *KOREAN_ENDINGS}, key=len, reverse=True))
_TAIL = re.compile(f"(?:{_ENDINGS}){{1,2}}")
_LONGEST_WORD = 30


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of the question and what else says it: each as term ids with their weight."""

    asked: Mapping[int, float]
    others: tuple[Mapping[int, float], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search looks for. terms: ids of the question's own terms, with their weight. meanings: its glossary
    words."""

    terms: Mapping[int, float]
    meanings: tuple[Meaning, ...] = ()

    @property
    def all_terms(self) -> frozenset[int]:
        return frozenset(self.terms).union(*(other for meaning in self.meanings for other in meaning.others))

    def weights(self, idf: Mapping[int, float], known: frozenset[int]) -> dict[int, float]:
        """Each term's weight. idf: of all terms; known: those that stand in some passage. The question's own terms keep
        theirs; a synonym's are cut until they are worth half of the word asked, if that one is known at all."""
        weights = dict(self.terms)
        for meaning in self.meanings:
            stands = bool(meaning.asked) and known.issuperset(meaning.asked)
            limit = SYNONYM * _worth(meaning.asked, idf)
            for other in meaning.others:
                worth = _worth({term: weight for term, weight in other.items() if term in known}, idf)
                share = min(SYNONYM, limit / worth) if stands and worth else 1.0
                for term, weight in other.items():
                    if term not in self.terms:
                        weights[term] = max(share * weight, weights.get(term, 0.0))
        return weights

    def total(self, worth: Mapping[int, float], known: frozenset[int]) -> float:
        """What a passage that says all of it would be worth. worth: of each term. A meaning counts once, by the way of
        saying it that is worth most among those that stand in some passage: a synonym that nobody wrote is not missing,
        and neither is slang that only people use who ask."""
        total, counted = 0.0, set[int]()
        for meaning in self.meanings:
            ways = [way for way in (meaning.asked, *meaning.others) if known.issuperset(way)] or [meaning.asked]
            total += max(sum(worth[term] for term in way if term not in counted) for way in ways)
            counted.update(meaning.asked, *meaning.others)
        return total + sum(worth[term] for term in self.terms if term not in counted)


@dataclass(frozen=True, slots=True)
class Found:
    """A word of the glossary in a question. at: where it stands in the normalised text."""

    word: str
    at: tuple[int, int]
    means: tuple[str, ...]


class Glossary:
    """Which words mean what. `means`: a word to the words that say the same, in the order that they are to be tried."""

    def __init__(self, means: Mapping[str, Sequence[str]]) -> None:
        self._means = {key_of(word): (word, tuple(others)) for word, others in means.items()}
        self._longest = max((len(_TOKEN.findall(normalise(word))) for word in means), default=0)

    def find(self, text: str) -> tuple[Found, ...]:
        """The glossary's words in a text, longest first where they overlap, each once; under Korean particles and in any
        case, whole words only."""
        tokens = list(_TOKEN.finditer(normalise(text)))
        found: dict[str, Found] = {}
        start = 0
        while start < len(tokens) and len(found) < MAX_QUERY_TERMS:
            length, key = self._at(tokens, start)
            if key is not None:
                word, means = self._means[key]
                at = tokens[start].start(), tokens[start + length - 1].end()
                found.setdefault(key, Found(word, at, means))
            start += length
        return tuple(found.values())

    def asked(self, query: str) -> Asked:
        """The query with what else says its words; at most 256 terms, the query's own first."""
        terms, text = _terms(query), normalise(query)
        room = MAX_QUERY_TERMS - len(terms)
        meanings: list[Meaning] = []
        for found in self.find(query):
            own = {term: terms[term] for term in _terms(text[slice(*found.at)]) if term in terms}
            others: list[dict[int, float]] = []
            for other in found.means[:MAX_SYNONYMS]:
                theirs = _terms(other)
                if theirs and len(theirs) <= room:
                    others.append(theirs)
                    room -= len(theirs)
            meanings.append(Meaning(own, tuple(others)))
        return Asked(terms, tuple(meanings))

    def _at(self, tokens: Sequence[re.Match[str]], start: int) -> tuple[int, str | None]:
        """How many tokens the longest word that begins at `start` has, and its key; (1, None) where none begins."""
        for length in range(min(self._longest_run, len(tokens) - start), 0, -1):
            run = [token.group() for token in tokens[start : start + length]]
            for last in _forms(run[-1]):
                key = _joined([*run[:-1], last])
                if key in self._means:
                    return length, key
        return 1, None

    @property
    def _longest_run(self) -> int:
        # A word that is written as one may be asked in parts: 법인 카드.
        return self._longest + 1


NO_GLOSSARY = Glossary({})


def key_of(word: str) -> str:
    """One spelling for a word: without case, English endings, and spaces between Korean parts."""
    return _joined(_TOKEN.findall(normalise(word)))


def _joined(tokens: Sequence[str]) -> str:
    key = ""
    for token in tokens:
        korean = "가" <= token[0] <= "힣"
        apart = bool(key) and not (korean and "가" <= key[-1] <= "힣")
        key += (" " if apart else "") + (token if korean else stem(token))
    return key


def _forms(token: str) -> Iterator[str]:
    """The word as it stands, and without what a Korean particle or ending adds, longest first."""
    yield token
    if "가" <= token[0] <= "힣" and len(token) <= _LONGEST_WORD:
        yield from (token[:end] for end in range(len(token) - 1, 0, -1) if _TAIL.fullmatch(token, end))


def _terms(text: str) -> dict[int, float]:
    return {term_id(term): weight for term, weight in query_terms(text).items()}


def _worth(terms: Mapping[int, float], idf: Mapping[int, float]) -> float:
    return sum(weight * idf[term] for term, weight in terms.items())
