"""The only way to a Passage: a question and who is present go in, what all of them may read comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval import counts
from retrieval.asked import words_of
from retrieval.bm25 import MAX_WEIGHT, sparsevec
from retrieval.confidence import OURS, Calibration, Candidate, How, asks_for_a_figure, signals_of
from retrieval.database import Database, prepared
from retrieval.dense import EXACT_UP_TO, Meaning, Meanings
from retrieval.duplicates import folded
from retrieval.embed import UNKNOWN, Embeddable, Embedder
from retrieval.everyday import EVERYDAY
from retrieval.explain import Explanation, Looked, Numbers, explanation, spelled
from retrieval.glossary import NO_GLOSSARY, Asked, Glossary
from retrieval.label import Label
from retrieval.passage import Document, Passage, Place, Readers
from retrieval.ranking import BY_INDEX, DOCUMENT, Way, by_words, fused
from retrieval.rerank import Reranker, ranked
from retrieval.rows import document_of
from retrieval.tokenizer import BIGRAMS, Tokenizer
from retrieval.versions import asked_day, versions_in_order
from retrieval.weighed import MAX_CANDIDATES, WEIGHTS, Weighed, Weights

_WHOLE = 3_000
"""Passages that may be read up to which each is scored where a question's words stand in too many to be looked up."""
_LONGEST = 10_000
"""Characters of a question that are searched for: its 256 terms stand in the first 2,000, and to look for more words in
what is found holds everybody's questions up."""

FURTHER = 24
"""Passages that are looked at beyond those asked for, so that the version in force is there to take the place of an
older one that says the same, and others to take the places of what stands in several documents."""

# A passage comes without its neighbours. Of the handbook's files (odd half, with the model) the passage that answers is
# among what a prompt holds for .914 with ten passages (5,700 characters), for .887 with six and up to 1,200 characters
# of the rest of their sections (5,200), for .894 with those of sections beside them too (5,500), for .847 with six.


@dataclass(frozen=True, slots=True)
class _Found:
    """What a query gave. df, passages: over what the readers may read."""

    rows: Sequence[Row[Any]]
    weighed: Weighed
    df: Mapping[int, int]
    passages: int


class Search:
    """embedders: those whose vectors may be there; none: by words alone. glossary: the company's words as they are now.
    today: in the company's time zone. calibration: how a confidence is counted. tokenizer: what cut the documents.
    exact_up_to: readable passages up to which each vector is looked at. most: passages, about, that are scored by their
    words. model: the one whose vectors are to count, for a comparison; None: the one that serves. examples: among those
    alone, which are never found otherwise."""

    def __init__(
        self,
        database: Database,
        embedders: Sequence[Embedder] = (),
        glossary: Callable[[], Glossary] = lambda: NO_GLOSSARY,
        today: Callable[[], date] = date.today,
        calibration: Callable[[], Calibration] = lambda: OURS,
        *,
        tokenizer: Tokenizer = BIGRAMS,
        exact_up_to: int = EXACT_UP_TO,
        reranker: Reranker | None = None,
        weights: Weights = WEIGHTS,
        most: int = MAX_CANDIDATES,
        model: str | None = None,
        examples: bool = False,
    ) -> None:
        self._database = database
        self._examples = examples
        self._glossary = glossary
        self._today = today
        self._calibration = calibration
        self._tokenizer = tokenizer
        self._reranker = reranker
        self._weights = weights
        self._most = most
        self._meanings = Meanings(database, embedders, exact_up_to=exact_up_to, model=model)

    async def __call__(
        self, query: str, readers: Readers, limit: int = 6, label: Label = UNKNOWN
    ) -> tuple[Passage, ...]:
        """The passages that answer best and that `readers` may read, best first, and of several versions of a document
        the one in force before the others; () where nothing matches.

        Of a query the first 10,000 characters count. label: what is known of it, for a model that may not see
        everything.
        """
        return (await self._looked(query, readers, limit, label, judged=limit)).chosen

    async def explained(self, query: str, readers: Readers, limit: int = 6, label: Label = UNKNOWN) -> Explanation:
        """The same search with its numbers: of all that the query gave, which is more than `limit`."""
        looked = await self._looked(query, readers, limit, label, judged=None)
        found, terms = [passage.id for passage in looked.found], sorted(looked.asked.terms)
        ones, names = [sparsevec({term: 1}) for term in terms], sorted(readers.principals)
        parameters = {"passages": found, "terms": terms, "ones": ones, "principals": names}
        weights: dict[int, dict[int, float]] = {}
        async with self._database.transaction() as connection:
            for row in await connection.execute(_TERMS, parameters):
                weights.setdefault(row.id, {})[row.term] = row.weight
        return explanation(looked, spelled(query, self._glossary(), self._tokenizer), weights)

    async def _looked(self, query: str, readers: Readers, limit: int, label: Label, *, judged: int | None) -> Looked:
        """judged: how many of the best are given a confidence; None: all that is found."""
        query = query[:_LONGEST].encode(errors="replace").decode()  # a lone surrogate is taken by no model
        asked, more = self._glossary().asked(query, self._tokenizer), limit + FURTHER
        if not asked.own or not readers.principals:
            return Looked(readers, limit)
        while True:
            meaning = await self._meanings.of(query, label)
            async with self._database.transaction() as connection:
                if meaning is None or await self._meanings.holds(connection, meaning):
                    found = await self._found(connection, asked, readers, more, meaning)
                    break
        if found is None:
            return Looked(readers, limit, asked)
        weighed = found.weighed
        how: How = "words" if meaning is None else "fused"
        scale = 1.0 if meaning is None else MAX_WEIGHT * weighed.reachable
        by_score = tuple(map(_passage, found.rows))
        best = await ranked(self._reranker, Embeddable(query, label), by_score)
        ordered = (*self._ordered(best.passages[:more], query), *best.passages[more:])
        lifts = {row.id: row.lift or 0.0 for row in found.rows}
        return Looked(
            readers,
            limit,
            asked,
            found.df,
            found.passages,
            rank=weighed.rank,
            ways=weighed.ways,
            scale=scale,
            found=by_score,
            numbers={row.id: _numbers(row, scale, self._weights) for row in found.rows},
            ordered=self._judged(query, ordered[:judged], lifts, weighed, how, best.scores),
            model=None if meaning is None else meaning.model.name,
            scores=best.scores,
        )

    async def _found(
        self, connection: AsyncConnection, asked: Asked, readers: Readers, more: int, meaning: Meaning | None
    ) -> _Found | None:
        """What the query gives; None where there is nothing to look for."""
        await connection.execute(BY_INDEX)
        principals, examples = readers.principals, self._examples
        readable, standing = await counts.readable(connection, principals, asked.terms, examples=examples)
        if not standing.df and meaning is None:
            return None
        passages = readable.total if standing.df else 0
        weighed = Weighed.of(asked, standing.df, passages, standing.everywhere, self._most)
        whole = readable.total <= (max(_WHOLE, weighed.looked_up) if weighed.bounded else weighed.looked_up // 2)
        way = Way(whole=whole, otherwise=bool(weighed.ways))
        parameters: dict[str, Any] = {
            **weighed.parameters,
            "candidates": weighed.candidates,
            "principals": sorted(readers.principals),
            "audiences": readable.audiences,
            "limit": max(more, self._reranker.depth if self._reranker else 0),
        }
        if meaning is None:
            sql = by_words(self._weights, way)
        else:
            near = await meaning.nearest(connection, readable)
            parameters |= {**meaning.parameters, **near, "reachable": MAX_WEIGHT * weighed.reachable}
            sql = fused(meaning, self._weights, way)
        return _Found((await connection.execute(prepared(sql), parameters)).all(), weighed, standing.df, passages)

    def _ordered(self, passages: Sequence[Passage], query: str) -> tuple[Passage, ...]:
        """Each text once, and of several versions the one in force first."""
        today = self._today()
        return folded(versions_in_order(passages, query, today), of_today=asked_day(query, today) is None)

    def _judged(
        self,
        query: str,
        found: Sequence[Passage],
        lifts: Mapping[int, float],
        weighed: Weighed,
        how: How,
        reranked: Mapping[int, float],
    ) -> tuple[Passage, ...]:
        """With the confidence that each answers. It is of what these readers may read, as all that it is made of.
        reranked: a re-ranker's scores, by id."""
        words = words_of(query, (*self._glossary().find(query), *EVERYDAY.find(query)))
        candidates = [Candidate(f"{p.document.title}\n{p.heading}", p.text, lifts[p.id]) for p in found]
        calibration = self._calibration()
        signals = signals_of(words, candidates, weighed.idf, figure=asks_for_a_figure(query))
        return tuple(
            replace(
                passage,
                confidence=calibration.probability(one, how),
                signals=one,
                how=how,
                reranked=reranked.get(passage.id),
            )
            for passage, one in zip(found, signals, strict=True)
        )

    async def present(self, documents: Sequence[int], readers: Readers) -> dict[int, Document]:
        """Those of the documents, by id, that still exist and that `readers` may read, as they are now."""
        if not documents or not readers.principals:
            return {}
        parameters = {"ids": list(documents), "principals": sorted(readers.principals)}
        async with self._database.transaction() as connection:
            rows = (await connection.execute(_PRESENT, parameters)).all()
        return {row.document_id: document_of(row) for row in rows}


def _passage(row: Row[Any]) -> Passage:
    return Passage(
        id=row.id,
        document=document_of(row),
        heading=row.heading,
        text=row.text,
        score=row.score,
        confidence=0.0,
        place=Place.of(row.place),
    )


def _numbers(row: Row[Any], scale: float, weights: Weights) -> Numbers:
    meaning = 0.0 if row.meant is None else weights.meaning * row.meant
    near = 0.0 if row.near is None else weights.document_meaning * row.near
    return Numbers(row.own / scale, row.context / scale, meaning, near, cosine=row.cosine, lift=row.lift)


_TERMS = text(
    """
    select passage.id, one.term, -(passage.weights <#> one.alone) as weight
    from passage join document on document.id = passage.document_id join source on source.id = document.source_id
    cross join unnest(cast(:terms as int[]), cast(:ones as sparsevec[])) as one (term, alone)
    where passage.id = any(cast(:passages as bigint[])) and passage.terms && array[one.term]
      and document.readers && cast(:principals as text[]) and source.active
    """
)

_PRESENT = text(
    f"""
    select {DOCUMENT}
    from document
    join source on source.id = document.source_id
    where document.id = any(cast(:ids as bigint[]))
      and document.readers && cast(:principals as text[])
      and source.active
    """
)
