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
from retrieval.rerank import Reranker, ranked
from retrieval.rows import document_of
from retrieval.tokenizer import BIGRAMS, Tokenizer
from retrieval.versions import asked_day, versions_in_order
from retrieval.weighed import CONTEXT_PASSAGES, MAX_CANDIDATES, WEIGHTS, Weighed, Weights

_BEST = 50
_LIKELY = 200
_WHOLE = 3_000
"""Passages that may be read up to which each is scored where a question's words stand in too many to be looked up."""
_PROMISING = 1_000
"""Passages whose readers and documents are looked at: for all that have a word of the question that takes longer than
to score them."""

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
        await connection.execute(_BY_INDEX)
        readable, standing = await counts.readable(connection, readers.principals, asked.terms)
        if not standing.df and meaning is None:
            return None
        passages = readable.total if standing.df else 0
        weighed = Weighed.of(asked, standing.df, passages, standing.everywhere, self._most)
        whole = readable.total <= (max(_WHOLE, weighed.looked_up) if weighed.bounded else weighed.looked_up // 2)
        way = _Way(whole=whole, otherwise=bool(weighed.ways))
        parameters: dict[str, Any] = {
            **weighed.parameters,
            "candidates": weighed.candidates,
            "principals": sorted(readers.principals),
            "audiences": readable.audiences,
            "limit": max(more, self._reranker.depth if self._reranker else 0),
        }
        if meaning is None:
            sql = _by_words(self._weights, way)
        else:
            near = await meaning.nearest(connection, readable)
            parameters |= {**meaning.parameters, **near, "reachable": MAX_WEIGHT * weighed.reachable}
            sql = _fused(meaning, self._weights, way)
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


# The planner takes a comparison of arrays to be as cheap as one of numbers, and a page in memory to cost as much as one
# on the disk: it would read all passages, and all documents, for the sake of a few.
_BY_INDEX = text(
    "select set_config('enable_seqscan', 'off', true), set_config('random_page_cost', '1.1', true),"
    # Planned once: to plan it anew takes as long as to look up a thousand passages, and gives the same plan.
    " set_config('plan_cache_mode', 'force_generic_plan', true)"
)

_DOCUMENT = """
    document.id as document_id, source.name as source, document.uri, document.title, document.level,
    document.readers, source.link, coalesce(document.owner, source.owner) as owner, document.link as own_link,
    document.in_force_from, document.in_force_until, document.said
"""


@dataclass(frozen=True, slots=True)
class _Way:
    """whole: each passage that the readers may read is scored, and none looked up by its words. otherwise: some words
    of the question can be said in several ways."""

    whole: bool
    otherwise: bool


def _sum(way: _Way) -> str:
    """What a passage is worth: its terms, and of each word with several ways the best."""
    plain = "-(passage.weights <#> cast(:rank as sparsevec))"
    if not way.otherwise:
        return plain
    return f"""
    ({plain} + (
      select sum(best) from (
        select max(-(passage.weights <#> way.weights)) as best
        from unnest(cast(:words as int[]), cast(:rank_ways as sparsevec[])) as way(word, weights) group by word
      ) as of_each_word
    ))
    """


_UPPER = "-(weights <#> cast(:upper as sparsevec))"
"""An upper bound of what a passage is worth: where no word can be said in several ways, just that."""

_MINE = "select unnest(cast(:audiences as int[]))"

_LOOKED_UP = f"""
    scored as materialized (
      select id, document_id, {_UPPER} as upper from passage where terms && cast(:candidates as int[])
    ), promising as materialized (
      select ordered.* from (select * from scored where upper > 0 order by upper desc, id offset 0) as ordered
      join document on document.id = ordered.document_id
      -- `is true`: looked up one by one, best first, and so for as many as are wanted.
      where (document.audience_id in ({_MINE})) is true
      order by upper desc, id limit {_PROMISING}
    )
"""
_EACH = f"""
    scored as materialized (
      select candidate.id, candidate.document_id, candidate.upper
      from document cross join lateral (
        select id, document_id, {_UPPER} as upper from passage where document_id = document.id offset 0
      ) as candidate
      where document.audience_id in ({_MINE})
    ), promising as materialized (
      select * from scored where upper > 0 order by upper desc, id limit {_PROMISING}
    )
"""


def _worded(context_weight: float, way: _Way) -> str:
    """The CTEs that end in `worded (id, document_id, bm25, context)`: what is best by words. Readers stand inside,
    before anything is cut off."""
    of_one_text = """
      not exists (
        select from passage as own join passage as other on other.document_id = own.document_id
        where own.id = likely.id and other.heading || other.place <> own.heading || own.place
      )
    """
    weighed = f"""
      select passage.id, passage.document_id, {_sum(way)} as bm25 from promising join passage using (id)
    """
    return f"""
    {_EACH if way.whole else _LOOKED_UP}, weighed as (
      {weighed if way.otherwise else "select id, document_id, upper as bm25 from promising"}
    ), ordered as (
      select *, row_number() over (partition by document_id order by bm25 desc, id) as number
      from weighed where bm25 > 0
    ), likely as materialized (
      select * from (
        select id, document_id, bm25, max(bm25) over same_document as one,
               sum(bm25) filter (where number <= {CONTEXT_PASSAGES}) over same_document as three
        from ordered window same_document as (partition by document_id)
      ) as summed
      order by bm25 + {context_weight} * three desc, id limit greatest({_LIKELY}, 2 * :limit)
    ), worded as materialized (
      select id, document_id, bm25, {context_weight} * case when three > one and {of_one_text} then one else three end
             as context
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


def _by_words(weights: Weights, way: _Way) -> str:
    return f"""
    with {_worded(weights.context, way)}, best as (
      select id, bm25 + context as score, bm25 as own, context, cast(null as double precision) as lift,
             cast(null as double precision) as meant, cast(null as double precision) as cosine,
             cast(null as double precision) as near
      from worded order by score desc, id limit :limit
    )
    {_FOUND}
    """


def _fused(meaning: Meaning, weights: Weights, way: _Way) -> str:
    """What is best by words and what is nearest, each scored by both. A passage without a vector is judged by its
    words: as it stands to the best worded, so between the last and the first of the nearest."""
    return f"""
    with {_worded(weights.fused_context, way)}, about as (
      select document_id, max(context) as context from worded group by document_id
    ), nearest as materialized (
      select * from unnest(cast(:near as bigint[]), cast(:cosines as double precision[])) as one (id, cosine)
    ), both_ways as (
      select passage.id, passage.document_id, {_sum(way)} as own, coalesce(about.context, 0) as context,
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
