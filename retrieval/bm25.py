"""BM25 cut in two, so that a growing corpus rewrites nothing. Pure.

    score = Σ over the query's terms of  idf(term) · weight(term in passage)

The passage stores its weights, the query brings the idf of this moment (Robertson and Zaragoza 2009, The
Probabilistic Relevance Framework: BM25 and Beyond; idf as in Lucene, never negative).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log

from retrieval.text import TERM_IDS

K1 = 0.7
B = 0.75
"""A pair of syllables that comes again and again is rarely what was asked: recall@1/recall@10/MRR@10 on KorQuAD (odd
half) are .898/.992/.935 with the customary k1 of 1.2, .908/.993/.941 with .9, .910/.993/.944 with .7, .917/.993/.947
with .5. On an English handbook .7 is best (.399/.811/.532; 1.2 .389/.804/.527, .5 .399/.804/.530), and below it what is
about a question is told worse from what is not (sample questions). b of .6 to .9 are within .003."""
MAX_WEIGHT = K1 + 1
"""What a weight tends to as its term is repeated."""

DIMENSIONS = TERM_IDS + 1
MAX_NON_ZEROS = 16_000
"""pgvector's limit for a sparsevec."""


def idf(passages: int, df: int) -> float:
    """How much a term that stands in `df` of `passages` tells them apart; more than 0 for df ≤ passages."""
    return log(1 + (passages - df + 0.5) / (df + 0.5))


def sparsevec(weights: Mapping[int, float]) -> str:
    """The text form that pgvector reads: {index:value,...}/dimensions."""
    # Most terms of a passage stand in it once or twice, so few of its weights differ.
    shown = {weight: f"{weight:.6g}" for weight in set(weights.values())}
    elements = ",".join([f"{term}:{shown[weight]}" for term, weight in sorted(weights.items())])
    return f"{{{elements}}}/{DIMENSIONS}"
