"""A company's own words: what means the same widens a search. Pure.

People ask for 법카, the rule says 법인카드; they ask for PTO, the handbook is in Korean. The words go into queries of
the index only, never into a prompt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.stopwords import KOREAN_ENDINGS, KOREAN_PARTICLES
from retrieval.text import MAX_QUERY_TERMS, normalise, stem
from retrieval.tokenizer import BIGRAMS, Tokenizer

SYNONYM = 0.7
"""What a synonym is worth, in parts of the word that was asked, where that word stands in some passage: whoever writes
the very word comes first. Of 30 questions in slang, abbreviations and the other language over the sample handbook .5
finds the right passage among ten for .80, .7 for .87, 1 for .90 (none: .10); of the 60 sample questions .5 and .7 find
the right document among five for 59, 1 and none for 58 (`python -m benchmarks words`)."""
MAX_SYNONYMS = 8
"""For one word of a question: the longer the list, the less each of them says."""

_TOKEN = re.compile(r"[가-힣]+|[^\W가-힣_]+")
_ENDINGS = "|".join(sorted({*KOREAN_PARTICLES, *KOREAN_ENDINGS}, key=len, reverse=True))
_TAIL = re.compile(f"(?:{_ENDINGS}){{1,2}}")
_LONGEST_WORD = 30


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question and what else says it: each as term ids with their weight."""

    asked: Mapping[int, float]
    others: tuple[Mapping[int, float], ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way of saying the question's word number `word`, as term ids with their weight."""

    word: int
    weights: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search looks for. own: the question's own terms by id, with their weight. words: those parts that can
    be said otherwise; none of them share a term. A passage is worth the best way of each word, once: what says it in
    every way says no more."""

    own: Mapping[int, float]
    words: tuple[Word, ...] = ()

    @property
    def plain(self) -> dict[int, float]:
        """What is asked in one way only."""
        said = {term for word in self.words for term in word.asked}
        return {term: weight for term, weight in self.own.items() if term not in said}

    @property
    def terms(self) -> frozenset[int]:
        """Of the question and of all that says the same."""
        return frozenset(self.own).union(*(other for word in self.words for other in word.others))

    def ways(self, idf: Mapping[int, float], known: frozenset[int]) -> Iterator[Way]:
        """Each way of saying each word, its own first, in terms that stand in some passage. idf: of all terms; known:
        those that do. A synonym is never worth more than the word asked, and less where that one is known: so a passage
        that has the very word loses nothing, and what a question can reach at most stays what it was."""
        for number, word in enumerate(self.words):
            yield Way(number, _known(word.asked, known))
            most, limit = SYNONYM if known.issuperset(word.asked) else 1.0, _worth(word.asked, idf)
            for other in (_known(other, known) for other in word.others):
                if worth := _worth(other, idf):
                    share = most * min(1.0, limit / worth)
                    yield Way(number, {term: share * weight for term, weight in other.items()})


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
        """The glossary's words in a text, longest first where they overlap, each once; under Korean particles and in
        any case, whole words only."""
        if not self._means:
            return ()
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

    def asked(self, query: str, tokenizer: Tokenizer = BIGRAMS) -> Asked:
        """The query with what else says its words; at most 256 terms, the query's own first."""
        own, text = dict(tokenizer.query(query)), normalise(query)
        room, left = MAX_QUERY_TERMS - len(own), dict(own)
        words: list[Word] = []
        for found in self.find(query):
            asked = {term: left.pop(term) for term in tokenizer.query(text[slice(*found.at)]) if term in left}
            others: list[dict[int, float]] = []
            for other in (dict(tokenizer.query(other)) for other in found.means[:MAX_SYNONYMS]):
                if 0 < len(other) <= room:
                    others.append(other)
                    room -= len(other)
            if asked and others:
                words.append(Word(asked, tuple(others)))
        return Asked(own, tuple(words))

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


def _known(terms: Mapping[int, float], known: frozenset[int]) -> dict[int, float]:
    return {term: weight for term, weight in terms.items() if term in known}


def _worth(terms: Mapping[int, float], idf: Mapping[int, float]) -> float:
    return sum(weight * idf[term] for term, weight in terms.items())
