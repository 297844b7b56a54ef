"""What a re-ranking model is to retrieval: a question and passages go in, how well each answers comes out.

It reads question and passage together, which neither words nor vectors do, and so it is slow: it only puts the first
few in another order. Not every one helps (11 of 25 rerankers were worse than none on a Korean benchmark), so the
composition root gives a search one only where the company's own questions have said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from retrieval.embed import Embeddable
from retrieval.passage import Passage


class Reranker(Protocol):
    """A re-ranking model. depth: of how many passages it is asked."""

    @property
    def name(self) -> str: ...

    @property
    def depth(self) -> int: ...

    async def scores(self, question: Embeddable, passages: Sequence[Embeddable]) -> Sequence[float | None] | None:
        """One for each passage, in order, higher is better; None for one that it may not see. At once or not at all:
        None where it may not see the question, is away, or takes too long. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Ranked:
    """Passages in their order. scores: the model's, by passage; empty where the order is as it was."""

    passages: tuple[Passage, ...]
    scores: Mapping[int, float] = field(default_factory=dict)


async def ranked(reranker: Reranker | None, question: Embeddable, passages: tuple[Passage, ...]) -> Ranked:
    """The first `depth` passages by the model's scores, and behind them the others as they were. A passage that it gave
    no score keeps its place, and the others share those that are left."""
    if reranker is None or len(passages) < 2:
        return Ranked(passages)
    looked_at = passages[: reranker.depth]
    scores = await reranker.scores(question, [_read(passage) for passage in looked_at])
    if scores is None:
        return Ranked(passages)
    known = {n: score for n, score in enumerate(scores) if score is not None}
    order = list(range(len(passages)))
    # Sorted is stable, so what is scored alike stays in the order of the search.
    for place, n in zip(known, sorted(known, key=lambda n: -known[n]), strict=True):
        order[place] = n
    return Ranked(tuple(passages[n] for n in order), {passages[n].id: score for n, score in known.items()})


def _read(passage: Passage) -> Embeddable:
    """As it is embedded: the headings say what a short text is about."""
    document = passage.document
    whole = f"{passage.heading}\n{passage.text}" if passage.heading else passage.text
    return Embeddable(whole, document.label, document.source, document.uri, document.labels)
