"""Why a search found what it found: the numbers of that very search, said word by word. Pure.

Nothing is computed a second time and by another rule: the parts of each score come out of the query that ranked, and
add up to it; only what each term gave to the words' part is read afterwards, for the passages that were found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from retrieval.bm25 import idf
from retrieval.glossary import Asked, Glossary
from retrieval.passage import Passage, Principal, Readers
from retrieval.text import query_terms, term_id
from retrieval.tokenizer import BIGRAMS, Tokenizer

Fate = Literal["chosen", "beyond", "superseded", "folded"]
"""What became of a passage that was found: it is among the first `limit`; it is behind them; it would be among them if
another version of its document did not hold; or what it says is said by another that was kept."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The parts of a passage's score, which add up to it. words: its own BM25. context: its document's best passages.
    meaning: the cosine as it counts. boosts: whatever else the search adds. cosine: itself, -1 to 1; None where the
    passage has no vector that can be compared, and then `meaning` is estimated from its words. lift: how far it stands
    above the 50th nearest, as confidence takes it."""

    words: float
    context: float
    meaning: float = 0.0
    boosts: float = 0.0
    cosine: float | None = None
    lift: float | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """One search with its numbers.

    df, passages: over what these readers may read. rank: what each term of the question is worth by what a passage
    weighs it, where it can be said in one way; ways: the same of each way of saying a word, by the word's number, its
    own way first. scale: by which the words are divided. found: what the query gave, best first, and numbers: of each,
    by id. ordered: what is left of them in the order shown. model: whose vectors counted. scores: the re-ranker's.
    """

    readers: Readers
    limit: int
    asked: Asked = field(default_factory=lambda: Asked({}))
    df: Mapping[int, int] = field(default_factory=dict)
    passages: int = 0
    rank: Mapping[int, float] = field(default_factory=dict)
    ways: Sequence[tuple[int, Mapping[int, float]]] = ()
    scale: float = 1.0
    found: tuple[Passage, ...] = ()
    numbers: Mapping[int, Numbers] = field(default_factory=dict)
    ordered: tuple[Passage, ...] = ()
    model: str | None = None
    scores: Mapping[int, float] = field(default_factory=dict)

    @property
    def chosen(self) -> tuple[Passage, ...]:
        return self.ordered[: self.limit]


@dataclass(frozen=True, slots=True)
class Spelled:
    """A term as it is written, and the word of the question, or of the glossary, that it comes from."""

    term: str
    word: str


@dataclass(frozen=True, slots=True)
class Term:
    """A term that was looked for. instead_of: the question's word that it is another way of saying; empty for its own.
    df: of the passages that these readers may read, those with it. weight: 0.5 for a verb's."""

    spelled: Spelled
    instead_of: str
    weight: float
    df: int
    idf: float


@dataclass(frozen=True, slots=True)
class Matched:
    """What a term gave to a passage's score."""

    spelled: Spelled
    points: float


@dataclass(frozen=True, slots=True)
class Explained:
    """A passage that was found. found_at: its place by score; place: the one it was given, None where it was folded;
    both from 1. reranked: the re-ranker's score. met: the principals by which these readers may read it."""

    passage: Passage
    fate: Fate
    found_at: int
    place: int | None
    numbers: Numbers
    matched: tuple[Matched, ...]
    met: tuple[Principal, ...]
    reranked: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """terms: in the order of the question, then what else says its words. passages: how many these readers may read,
    0 where nobody asked. model: whose vectors counted; None: by words alone. explained: as they are shown, and last
    what was folded."""

    terms: tuple[Term, ...] = ()
    passages: int = 0
    model: str | None = None
    explained: tuple[Explained, ...] = ()


def spelled(query: str, glossary: Glossary, tokenizer: Tokenizer = BIGRAMS) -> dict[int, Spelled]:
    """The terms of a question, and of what the glossary says for its words, by their numbers."""
    found: dict[int, Spelled] = {}
    others = (other for one in glossary.find(query) for other in one.means)
    for word in (*query.split(), query, *others):
        for term in query_terms(word):
            found.setdefault(term_id(term), Spelled(term, word if word != query else term))
        if word != query:
            for id in tokenizer.query(word):  # a morpheme: it is a part of this word
                found.setdefault(id, Spelled(word, word))
    return found


def explanation(
    looked: Looked, names: Mapping[int, Spelled], weights: Mapping[int, Mapping[int, float]]
) -> Explanation:
    """weights: what each found passage weighs each term that was looked for, by passage and term."""
    places = {passage.id: n for n, passage in enumerate(looked.ordered, 1)}
    kept = {passage.id: passage for passage in looked.ordered}
    explained = [
        Explained(
            passage=kept.get(passage.id, passage),
            fate=_fate(looked, kept.get(passage.id), found_at, places.get(passage.id)),
            found_at=found_at,
            place=places.get(passage.id),
            numbers=looked.numbers[passage.id],
            matched=_matched(looked, names, weights.get(passage.id, {})),
            met=tuple(sorted(looked.readers.principals & passage.document.readers)),
            reranked=looked.scores.get(passage.id),
        )
        for found_at, passage in enumerate(looked.found, 1)
    ]
    explained.sort(key=lambda one: (one.place is None, one.place or one.found_at))
    return Explanation(_terms(looked, names), looked.passages, looked.model, tuple(explained))


def _fate(looked: Looked, passage: Passage | None, found_at: int, place: int | None) -> Fate:
    if passage is None or place is None:
        return "folded"
    if place <= looked.limit:
        return "chosen"
    older = passage.in_force is not None and passage.in_force.state != "now"
    return "superseded" if older and found_at <= looked.limit else "beyond"


def _terms(looked: Looked, names: Mapping[int, Spelled]) -> tuple[Term, ...]:
    asked = looked.asked

    def term(id: int, weight: float, instead_of: str = "") -> Term:
        df = looked.df.get(id, 0)
        return Term(_name(names, id), instead_of, weight, df, idf(looked.passages, df))

    own = [term(id, weight) for id, weight in asked.own.items()]
    said: list[Term] = []
    for word in asked.words:
        instead_of = " ".join(dict.fromkeys(_name(names, id).word for id in word.asked))
        ways = {id: weight for other in word.others for id, weight in other.items()}
        said += (term(id, weight, instead_of) for id, weight in ways.items())
    return (*own, *said)


def _matched(looked: Looked, names: Mapping[int, Spelled], weights: Mapping[int, float]) -> tuple[Matched, ...]:
    """Most first. Of a word that can be said in several ways the one that gives most, as the search counts it."""
    points = _points(looked.rank, weights)
    best: dict[int, dict[int, float]] = {}
    for word, rank in looked.ways:
        way = _points(rank, weights)
        if word not in best or sum(way.values()) > sum(best[word].values()):
            best[word] = way
    for way in best.values():
        for id, worth in way.items():
            points[id] = points.get(id, 0.0) + worth
    found = (Matched(_name(names, id), worth / looked.scale) for id, worth in points.items() if worth > 0)
    return tuple(sorted(found, key=lambda one: (-one.points, one.spelled.term)))


def _points(rank: Mapping[int, float], weights: Mapping[int, float]) -> dict[int, float]:
    return {id: worth * weights[id] for id, worth in rank.items() if id in weights}


def _name(names: Mapping[int, Spelled], id: int) -> Spelled:
    return names.get(id, Spelled("?", "?"))
