"""What the terms of a question are worth, and what each part of a score counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.bm25 import idf, sparsevec
from retrieval.glossary import Asked

MAX_CANDIDATES = 4_000
"""Passages scored for one question, about: it bounds the time of questions made of frequent words. Of what scoring each
passage of 100,000 would find among the ten best, 1,000 find .93, 2,000 .98, 5,000 .99, and 20,000 all (invented text of
2,000 topics, `python -m benchmarks search`)."""
_LOOKED_UP = 3
"""So many times as many are looked up, where most may not be read."""

CONTEXT_WEIGHT = 0.3
CONTEXT_PASSAGES = 3
"""A passage's score is its own BM25 and 0.3 of the sum of its document's three best passages: a short question names
the subject, and the passage that answers it often does not repeat it. On 3,000 passages of a company's 717 files
recall@1/recall@10/MRR@10 of the passage (odd half of 602 questions) is .422/.831/.553, without it .412/.837/.549, with
.5 .412/.817/.539, with .9 .382/.767/.512. In a document of one section the best stands for all: it is one text that had
to be cut, and says the same thing twice (KorQuAD, recall@1: .901, and .880 where each counts)."""

FUSED_CONTEXT_WEIGHT = 0.1
MEANING_WEIGHT = 1.2
DOCUMENT_MEANING_WEIGHT = 0.6
"""With a vector of the question: BM25 as a share of what it could reach, little of its document, 1.2 of the cosine, and
.6 of the best cosine of its document, over the 50 best of each (a convex combination, as in Bruch et al. 2023, An
Analysis of Fusion Functions for Hybrid Retrieval). Ranks are not fused: they do not say how far behind a passage is.
With all-MiniLM-L6-v2 on 3,000 passages of a company's 717 files, recall@1/recall@10/MRR@10 (odd half): .525/.910/.650,
all 602 .487/.864/.611; without the document's .515/.900/.643; by words alone .422/.831/.553. Not worth their cost,
beside .532/.900/.651 with a k1 of .5: pairs of words near each other (.538/.900/.655), the neighbours' cosine
(.542/.897/.660), titles counted twice (.532/.900/.652), feedback from the first passages (.523/.890/.646), cosines
scaled between the first and the last (.525/.890/.640)."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the parts of a score count. context: by words alone; fused_context, meaning, document_meaning: with a
    vector."""

    context: float = CONTEXT_WEIGHT
    fused_context: float = FUSED_CONTEXT_WEIGHT
    meaning: float = MEANING_WEIGHT
    document_meaning: float = DOCUMENT_MEANING_WEIGHT


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question's terms that stand in some passage, by term id, as the passages are scored with them.

    rank: how they order passages; reachable: what that would sum to over all of the question's terms. ways: of each
    word that can be said otherwise, by its number, how each way of saying it counts. candidates: the rarest whose
    document counts sum to at most `most`, and over all passages to three times that, and at least one. looked_up: in
    how many passages they stand, counted for each. bounded: they are not all. idfs: of all that is searched for;
    unknown: of the rest.
    """

    rank: Mapping[int, float]
    reachable: float
    ways: Sequence[tuple[int, Mapping[int, float]]]
    candidates: list[int]
    looked_up: int
    bounded: bool
    idfs: Mapping[int, float]
    unknown: float

    @classmethod
    def of(
        cls,
        asked: Asked,
        df: Mapping[int, int],
        passages: int,
        everywhere: Mapping[int, int],
        most: int = MAX_CANDIDATES,
    ) -> Weighed:
        """df and passages: what these readers may read. everywhere: df over all, what a look-up costs. most: so
        many are scored, about."""
        # A word that stands nowhere is the most telling there is: the documents say nothing of it.
        idfs = {term: idf(passages, df.get(term, 0)) for term in asked.terms}
        reachable = sum(weight * idfs[term] for term, weight in asked.own.items())
        plain = {term: weight for term, weight in asked.plain.items() if term in df}
        ways = [(way.word, _times_idf(way.weights, idfs)) for way in asked.ways(idfs, frozenset(df))]
        candidates: list[int] = []
        scored = looked_up = 0
        for term in sorted(df, key=lambda term: (everywhere[term], term)):
            scored += df[term]
            if candidates and (scored > most or looked_up + everywhere[term] > _LOOKED_UP * most):
                break
            candidates.append(term)
            looked_up += everywhere[term]
        bounded = len(candidates) < len(df)
        rank = _times_idf(plain, idfs)
        return cls(rank, reachable, ways, candidates, looked_up, bounded, idfs, idf(passages, 0))

    def idf(self, term: int) -> float:
        return self.idfs.get(term, self.unknown)

    @property
    def upper(self) -> Mapping[int, float]:
        """By term the most that it counts in any way: with these a passage is worth an upper bound of what it is
        worth."""
        upper = dict(self.rank)
        for _, weights in self.ways:
            for term, weight in weights.items():
                upper[term] = max(weight, upper.get(term, 0.0))
        return upper

    @property
    def parameters(self) -> dict[str, object]:
        """What the SQL of search.py reads."""
        return {
            "rank": sparsevec(self.rank),
            "upper": sparsevec(self.upper),
            "words": [word for word, _ in self.ways],
            "rank_ways": [sparsevec(rank) for _, rank in self.ways],
        }


def _times_idf(weights: Mapping[int, float], idfs: Mapping[int, float]) -> dict[int, float]:
    return {term: weight * idfs[term] for term, weight in weights.items()}
