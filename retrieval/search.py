"""The only way to a Passage: a question and who is present go in, what all of them may read comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from retrieval.asked import words_of
from retrieval.bm25 import MAX_WEIGHT, sparsevec
from retrieval.confidence import OURS, Calibration, Candidate, How, asks_for_a_figure, signals_of
from retrieval.database import Database
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
from retrieval.weighed import CONTEXT_PASSAGES, WEIGHTS, Weighed, Weights

_BEST = 50
_LIKELY = 200

FURTHER = 24
"""Passages that are looked at beyond those asked for, so that the version in force is there to take the place of an
older one that says the same, and others to take the places of what stands in several documents."""

# A passage comes without its neighbours. Of the handbook's files (odd half, with the model) the passage that answers is
# among what a prompt holds for .914 with ten passages (5,700 characters), for .887 with six and up to 1,200 characters
# of the rest of their sections (5,200), for .894 with those of sections beside them too (5,500), for .847 with six.


class Search:
    """embedders: those whose vectors may be there; none: by words alone. glossary: the company's words as they are now.
    today: in the company's time zone. calibration: how a confidence is counted. tokenizer: what cut the documents.
    exact_up_to: readable passages up to which each vector is looked at. model: the one whose vectors are to count, for
    a comparison; None: the one that serves."""

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
        model: str | None = None,
    ) -> None:
        self._database = database
        self._glossary = glossary
        self._today = today
        self._calibration = calibration
        self._tokenizer = tokenizer
        self._reranker = reranker
        self._weights = weights
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
            names = sorted(readers.principals)
            counted = (await connection.execute(_DF, {"terms": list(asked.terms), "principals": names})).all()
            rows = [row for row in counted if row.df > 0]
            if not rows and meaning is None:
                return Looked(readers, limit, asked)
            everywhere, df = {row.id: row.everywhere for row in rows}, {row.id: row.df for row in rows}
            passages = rows[0].passages if rows else 0
            weighed = Weighed.of(asked, df, passages, everywhere)
            parameters: dict[str, Any] = {
                **weighed.parameters,
                "candidates": weighed.candidates,
                "principals": names,
                "limit": max(more, self._reranker.depth if self._reranker else 0),
            }
            if meaning is None:
                found = (await connection.execute(text(_by_words(self._weights)), parameters)).all()
            else:
                fused = _fused(meaning, await meaning.nearest(connection, names), self._weights)
                parameters |= {**meaning.parameters, "reachable": MAX_WEIGHT * weighed.reachable}
                found = (await connection.execute(text(fused), parameters)).all()
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


# What is hidden must not move a score or a confidence either, so it is taken out of the counts: a word that stands in
# hidden documents only is, for these readers, a word that stands nowhere.
_DF = text(
    """
    with hidden as materialized (
      select document.id from document
      join source on source.id = document.source_id
      where not (source.active and document.readers && cast(:principals as text[]))
    ), some_hidden as materialized (select exists (select from hidden) as yes)
    select term.id, term.df as everywhere,
           term.df - case when (select yes from some_hidden) then
             (select count(*) from passage
              where passage.terms && array[term.id] and passage.document_id in (select id from hidden))
             else 0 end as df,
           cast((select sum(passages) from corpus) as bigint) - case when (select yes from some_hidden) then
             (select count(*) from passage where passage.document_id in (select id from hidden))
             else 0 end as passages
    from term where term.id = any(cast(:terms as int[]))
    """
)

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


def _worded(context_weight: float) -> str:
    """The CTEs that end in `worded (id, document_id, bm25, context)`: what is best by words. Readers stand inside,
    before anything is ranked."""
    return f"""
    candidate as materialized (
      -- By itself first: these are few by construction, whatever the planner knows of the tables.
      select id, document_id, heading || place as place, weights from passage
      where terms && cast(:candidates as int[])
    ), scored as materialized (
      select candidate.id, candidate.document_id, candidate.place,
             {_sum("candidate")} as bm25
      from candidate
      join document on document.id = candidate.document_id
      join source on source.id = document.source_id
      where document.readers && cast(:principals as text[])
        and source.active
    ), ordered as (
      select *, row_number() over (partition by document_id order by bm25 desc, id) as number from scored
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
    order by best.score desc, passage.id
"""


def _by_words(weights: Weights) -> str:
    return f"""
    with {_worded(weights.context)}, best as (
      select id, bm25 + context as score, bm25 as own, context, cast(null as double precision) as lift,
             cast(null as double precision) as meant, cast(null as double precision) as cosine,
             cast(null as double precision) as near
      from worded order by score desc, id limit :limit
    )
    {_FOUND}
    """


def _fused(meaning: Meaning, nearest: str, weights: Weights) -> str:
    """What is best by words and what is nearest, each scored by both. A passage without a vector is judged by its
    words: as it stands to the best worded, so between the last and the first of the nearest."""
    return f"""
    with {_worded(weights.fused_context)}, about as (
      select document_id, max(context) as context from worded group by document_id
    ), {nearest}, both_ways as (
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
