"""The only way to a Passage: a question and who is present go in, what all of them may read comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, text

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
from retrieval.glossary import NO_GLOSSARY, Glossary
from retrieval.label import Label
from retrieval.passage import Document, Passage, Place, Readers
from retrieval.rerank import Reranker, ranked
from retrieval.rows import document_of
from retrieval.tokenizer import BIGRAMS, Tokenizer
from retrieval.versions import asked_day, versions_in_order
from retrieval.weighed import CONTEXT_PASSAGES, MAX_CANDIDATES, WEIGHTS, Weighed, Weights

_BEST = 50
_LIKELY = 200
_WHOLE = 12_000
"""Passages that may be read up to which each is scored where a question's words stand in too many to be looked up: it
takes as long as to look up twice as many by their words."""
_PROMISING = 2_000
"""Passages whose documents are looked at: to put 20,000 together by documents takes longer than to score them."""

FURTHER = 24
"""Passages that are looked at beyond those asked for, so that the version in force is there to take the place of an
older one that says the same, and others to take the places of what stands in several documents."""

# A passage comes without its neighbours. Of the handbook's files (odd half, with the model) the passage that answers is
# among what a prompt holds for .914 with ten passages (5,700 characters), for .887 with six and up to 1,200 characters
# of the rest of their sections (5,200), for .894 with those of sections beside them too (5,500), for .847 with six.


class Search:
    """embedders: those whose vectors may be there; none: by words alone. glossary: the company's words as they are now.
    today: in the company's time zone. calibration: how a confidence is counted. tokenizer: what cut the documents.
    exact_up_to: readable passages up to which each vector is looked at. most: passages, about, that are scored by their
    words. model: the one whose vectors are to count, for a comparison; None: the one that serves."""

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
    ) -> None:
        self._database = database
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

        label: what is known of the query, for a model that may not see everything.
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
        query = query.encode(errors="replace").decode()  # a lone surrogate is taken by no model
        asked, more = self._glossary().asked(query, self._tokenizer), limit + FURTHER
        if not asked.own or not readers.principals:
            return Looked(readers, limit)
        meaning = await self._meanings.of(query, label)
        async with self._database.transaction() as connection:
            await connection.execute(_BY_INDEX)
            readable = await counts.readable(connection, readers.principals)
            counted = await counts.standing(connection, asked.terms, readable.audiences)
            rows = [row for row in counted if row.df > 0]
            if not rows and meaning is None:
                return Looked(readers, limit, asked)
            everywhere, df = {row.id: row.everywhere for row in rows}, {row.id: row.df for row in rows}
            passages = readable.total if rows else 0
            weighed = Weighed.of(asked, df, passages, everywhere, self._most)
            whole = readable.total <= (_WHOLE if weighed.bounded else min(_WHOLE, weighed.looked_up // 2))
            parameters: dict[str, Any] = {
                **weighed.parameters,
                "candidates": weighed.candidates,
                "principals": sorted(readers.principals),
                "audiences": readable.audiences,
                "limit": max(more, self._reranker.depth if self._reranker else 0),
            }
            if meaning is None:
                found = (await connection.execute(prepared(_by_words(self._weights, whole=whole)), parameters)).all()
            else:
                near = await meaning.nearest(connection, readable)
                parameters |= {**meaning.parameters, **near, "reachable": MAX_WEIGHT * weighed.reachable}
                found = (
                    await connection.execute(prepared(_fused(meaning, self._weights, whole=whole)), parameters)
                ).all()
        scale = 1.0 if meaning is None else MAX_WEIGHT * weighed.reachable
        by_score = tuple(map(_passage, found))
        best = await ranked(self._reranker, Embeddable(query, label), by_score)
        ordered = (*self._ordered(best.passages[:more], query), *best.passages[more:])
        lifts = {row.id: row.lift or 0.0 for row in found}
        how: How = "words" if meaning is None else "fused"
        return Looked(
            readers,
            limit,
            asked,
            df,
            passages,
            rank=weighed.rank,
            ways=weighed.ways,
            scale=scale,
            found=by_score,
            numbers={row.id: _numbers(row, scale, self._weights) for row in found},
            ordered=tuple(
                replace(passage, reranked=best.scores.get(passage.id))
                for passage in self._judged(query, ordered[:judged], lifts, weighed, how)
            ),
            model=None if meaning is None else meaning.model.name,
            scores=best.scores,
        )

    def _ordered(self, passages: Sequence[Passage], query: str) -> tuple[Passage, ...]:
        """Each text once, and of several versions the one in force first."""
        today = self._today()
        return folded(versions_in_order(passages, query, today), of_today=asked_day(query, today) is None)

    def _judged(
        self, query: str, found: Sequence[Passage], lifts: Mapping[int, float], weighed: Weighed, how: How
    ) -> tuple[Passage, ...]:
        """With the confidence that each answers. It is of what these readers may read, as all that it is made of."""
        words = words_of(query, (*self._glossary().find(query), *EVERYDAY.find(query)))
        candidates = [Candidate(f"{p.document.title}\n{p.heading}", p.text, lifts[p.id]) for p in found]
        calibration = self._calibration()
        signals = signals_of(words, candidates, weighed.idf, figure=asks_for_a_figure(query))
        return tuple(
            replace(passage, confidence=calibration.probability(one, how), signals=one, how=how)
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


# The planner takes a comparison of arrays to be as cheap as one of numbers, and a page in memory to cost as much as one
# on the disk: it would read all passages, and all documents, for the sake of a few.
_BY_INDEX = text("select set_config('enable_seqscan', 'off', true), set_config('random_page_cost', '1.1', true)")

_DOCUMENT = """
    document.id as document_id, source.name as source, document.uri, document.title, document.level,
    document.readers, source.link, coalesce(document.owner, source.owner) as owner, document.link as own_link,
    document.in_force_from, document.in_force_until, document.said
"""


def _sum(of: str = "passage") -> str:
    """What a passage is worth: its terms, and of each word with several ways the best."""
    return f"""
    (-({of}.weights <#> cast(:rank as sparsevec)) + case when cardinality(cast(:words as int[])) = 0 then 0 else (
      select sum(best) from (
        select max(-({of}.weights <#> way.weights)) as best
        from unnest(cast(:words as int[]), cast(:rank_ways as sparsevec[])) as way(word, weights) group by word
      ) as of_each_word
    ) end)
    """


_LOOKED_UP = """
    (
      select id, document_id, heading || place as place, weights from passage
      where terms && cast(:candidates as int[])
      -- By itself first: these are few by construction, whatever the planner knows of the tables.
      offset 0
    ) as candidate join document on document.id = candidate.document_id
"""
_EACH = """
    document cross join lateral (
      select id, document_id, heading || place as place, weights from passage where document_id = document.id offset 0
    ) as candidate
"""


def _worded(context_weight: float, *, whole: bool) -> str:
    """The CTEs that end in `worded (id, document_id, bm25, context)`: what is best by words. Readers stand inside,
    before anything is ranked. whole: each passage that they may read is scored, and none looked up by its words."""
    return f"""
    scored as materialized (
      select candidate.id, candidate.document_id, candidate.place,
             {_sum("candidate")} as bm25
      from {_EACH if whole else _LOOKED_UP}
      where document.audience_id in (select unnest(cast(:audiences as int[])))
    ), ordered as (
      select *, row_number() over (partition by document_id order by bm25 desc, id) as number
      from (select * from scored where bm25 > 0 order by bm25 desc, id limit {_PROMISING}) as promising
    ), likely as materialized (
      select * from (
        select id, document_id, place, bm25, max(bm25) over same_document as one,
               sum(bm25) filter (where number <= {CONTEXT_PASSAGES}) over same_document as three,
               count(*) over same_document > 1
                 and min(place) over same_document = max(place) over same_document as alike
        from ordered window same_document as (partition by document_id)
      ) as summed
      order by bm25 + {context_weight} * three desc, id limit greatest({_LIKELY}, 2 * :limit)
    ), worded as materialized (
      select id, document_id, bm25, {context_weight} * case when alike and not exists (
               select from passage where passage.document_id = likely.document_id and heading || place <> likely.place
             ) then one else three end as context
      from likely
    )
    """


_FOUND = f"""
    select passage.id, passage.heading, passage.text, passage.place, best.score, {_DOCUMENT}, best.lift,
           best.own, best.context, best.meant, best.cosine, best.near
    from best
    join passage on passage.id = best.id
    join document on document.id = passage.document_id
    join source on source.id = document.source_id
    where document.readers && cast(:principals as text[]) and source.active
    order by best.score desc, passage.id
"""


def _by_words(weights: Weights, *, whole: bool) -> str:
    return f"""
    with {_worded(weights.context, whole=whole)}, best as (
      select id, bm25 + context as score, bm25 as own, context, cast(null as double precision) as lift,
             cast(null as double precision) as meant, cast(null as double precision) as cosine,
             cast(null as double precision) as near
      from worded order by score desc, id limit :limit
    )
    {_FOUND}
    """


def _fused(meaning: Meaning, weights: Weights, *, whole: bool) -> str:
    """What is best by words and what is nearest, each scored by both. A passage without a vector is judged by its
    words: as it stands to the best worded, so between the last and the first of the nearest."""
    return f"""
    with {_worded(weights.fused_context, whole=whole)}, about as (
      select document_id, max(context) as context from worded group by document_id
    ), nearest as materialized (
      select * from unnest(cast(:near as bigint[]), cast(:cosines as double precision[])) as one (id, cosine)
    ), both_ways as (
      select passage.id, passage.document_id, {_sum()} as own, coalesce(about.context, 0) as context,
             {meaning.cosine("made")} as cosine, (select coalesce(min(cosine), 0) from nearest) as last,
             (select coalesce(max(cosine), 0) from nearest) as first
      from ((select id from worded order by bm25 + context desc, id limit {_BEST}) union select id from nearest) as one
      join passage using (id)
      left join about using (document_id)
      left join passage_vector as made
        on made.model = {meaning.model.id} and made.passage_id = passage.id
       and passage.language = any(cast(:known as text[]))
    ), meaning as (
      select *, coalesce(
               cosine, last + coalesce((own + context) / nullif(max(own + context) over (), 0), 0) * (first - last)
             ) as meant
      from both_ways
    ), with_document as (
      select *, coalesce(max(cosine) over (partition by document_id), meant) as near from meaning
    ), best as (
      select id, own, context, meant, cosine, near,
             (own + context) / :reachable + {weights.meaning} * meant + {weights.document_meaning} * near as score,
             greatest(0, (cosine - last) / greatest(1 - last, 1e-6)) as lift
      from with_document order by score desc, id limit :limit
    )
    {_FOUND}
    """


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
    select {_DOCUMENT}
    from document
    join source on source.id = document.source_id
    where document.id = any(cast(:ids as bigint[]))
      and document.readers && cast(:principals as text[])
      and source.active
    """
)
