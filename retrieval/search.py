"""The only way to a Passage: a question and who is present go in, what all of them may read comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from retrieval.asked import words_of
from retrieval.bm25 import MAX_WEIGHT, idf, sparsevec
from retrieval.confidence import OURS, Calibration, Candidate, How, signals_of
from retrieval.database import Database
from retrieval.dense import EXACT_UP_TO, Meaning, Meanings
from retrieval.embed import UNKNOWN, Embedder
from retrieval.glossary import NO_GLOSSARY, Asked, Glossary
from retrieval.label import Label
from retrieval.passage import Document, Passage, Place, Readers
from retrieval.rows import document_of
from retrieval.versions import versions_in_order

MAX_CANDIDATES = 20_000
"""Passages looked at for one question, about: it bounds the time of questions made of frequent words."""

CONTEXT_WEIGHT = 0.9
CONTEXT_PASSAGES = 3
"""A passage's score is its own BM25 and 0.9 of the sum of its document's three best passages: a short question names
the subject, and the passage that answers it often does not repeat it. It finds documents and costs passages: on a
company's 8,420 passages and 602 questions a weight of .7 puts the right document at rank 1 for .651 (none: .636) and
the right passage in the top 10 for .681 (none: .706). On the sample handbook .3 to .7 find the document for 50 of 60,
.8 to 1.0 for 52. In a document of one section the best stands for all: it is one text that had to be cut, and says
the same thing twice (KorQuAD, recall@1: .901, and .880 where each counts)."""

FUSED_CONTEXT_WEIGHT = 0.1
MEANING_WEIGHT = 1.25
"""With a vector of the question: BM25 as a share of what it could reach, with little of its document (which the meaning
makes up for), and 1.25 of the cosine, over the 50 best of each (a convex combination, as in Bruch et al. 2023, An
Analysis of Fusion Functions for Hybrid Retrieval). Ranks are not fused: they do not say how far behind a passage is.
With all-MiniLM-L6-v2 on 3,000 passages of a company's 717 files, recall@10 and MRR@10: .849/.602, with a context of .3
.839/.595, of .9 .822/.565; by words alone .744/.502."""
_BEST = 50
_LIKELY = 200

MORE = 2
"""How many times what was asked for is looked at, so that the version in force is there to take the place of an older
one that says the same."""


class Search:
    """embedders: those whose vectors may be there; none: by words alone. glossary: the company's words as they are now.
    today: in the company's time zone. calibration: how a confidence is counted. exact_up_to: readable passages up to
    which each vector is looked at."""

    def __init__(
        self,
        database: Database,
        embedders: Sequence[Embedder] = (),
        glossary: Callable[[], Glossary] = lambda: NO_GLOSSARY,
        today: Callable[[], date] = date.today,
        calibration: Callable[[], Calibration] = lambda: OURS,
        *,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        self._database = database
        self._glossary = glossary
        self._today = today
        self._calibration = calibration
        self._meanings = Meanings(database, embedders, exact_up_to=exact_up_to)

    async def __call__(
        self, query: str, readers: Readers, limit: int = 6, label: Label = UNKNOWN
    ) -> tuple[Passage, ...]:
        """The passages that answer best and that `readers` may read, best first, and of several versions of a document
        the one in force before the others; () where nothing matches.

        label: what is known of the query, for an embedder that may not see everything.
        """
        asked = self._glossary().asked(query)
        if not asked.own or not readers.principals:
            return ()
        meaning = await self._meanings.of(query, label)
        async with self._database.transaction() as connection:
            names = sorted(readers.principals)
            counted = (await connection.execute(_DF, {"terms": list(asked.terms), "principals": names})).all()
            rows = [row for row in counted if row.df > 0]
            if not rows and meaning is None:
                return ()
            everywhere = {row.id: row.everywhere for row in rows}
            passages = rows[0].passages if rows else 0
            weighed = _Weighed.of(asked, {row.id: row.df for row in rows}, passages, everywhere)
            parameters: dict[str, Any] = {
                **weighed.parameters,
                "candidates": weighed.candidates,
                "principals": names,
                "limit": MORE * limit,
            }
            if meaning is None:
                found = (await connection.execute(_FIND, parameters)).all()
            else:
                fused = _fused(meaning, await meaning.nearest(connection, names))
                more = {**meaning.parameters, "reachable": MAX_WEIGHT * weighed.reachable}
                found = (await connection.execute(text(fused), parameters | more)).all()
        lifts = {row.id: row.lift or 0.0 for row in found}
        ordered = versions_in_order(list(map(_passage, found)), query, self._today())[:limit]
        how: How = "words" if meaning is None else "fused"
        return self._judged(query, ordered, lifts, weighed, how)

    def _judged(
        self, query: str, found: Sequence[Passage], lifts: Mapping[int, float], weighed: _Weighed, how: How
    ) -> tuple[Passage, ...]:
        """With the confidence that each answers. It is of what these readers may read, as all that it is made of."""
        words = words_of(query, self._glossary().find(query))
        candidates = [Candidate(f"{p.document.title}\n{p.heading}", p.text, lifts[p.id]) for p in found]
        calibration = self._calibration()
        return tuple(
            replace(passage, confidence=calibration.probability(signals, how), signals=signals, how=how)
            for passage, signals in zip(found, signals_of(words, candidates, weighed.idf), strict=True)
        )

    async def present(self, documents: Sequence[int], readers: Readers) -> dict[int, Document]:
        """Those of the documents, by id, that still exist and that `readers` may read, as they are now."""
        if not documents or not readers.principals:
            return {}
        parameters = {"ids": list(documents), "principals": sorted(readers.principals)}
        async with self._database.transaction() as connection:
            rows = (await connection.execute(_PRESENT, parameters)).all()
        return {row.document_id: document_of(row) for row in rows}


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A question's terms that stand in some passage, by term id, as the passages are scored with them.

    rank: how they order passages; reachable: what that would sum to over all of the question's terms. ways: of each
    word that can be said otherwise, by its number, how each way of saying it counts. candidates: the rarest whose
    document counts sum to at most 20,000, and at least one. idfs: of all that is searched for; unknown: of the rest.
    """

    rank: Mapping[int, float]
    reachable: float
    ways: Sequence[tuple[int, Mapping[int, float]]]
    candidates: list[int]
    idfs: Mapping[int, float]
    unknown: float

    @classmethod
    def of(cls, asked: Asked, df: Mapping[int, int], passages: int, everywhere: Mapping[int, int]) -> _Weighed:
        """df and passages: what these readers may read. everywhere: df over all, which is what a look-up costs."""
        # A word that stands nowhere is the most telling there is: the documents say nothing of it.
        idfs = {term: idf(passages, df.get(term, 0)) for term in asked.terms}
        reachable = sum(weight * idfs[term] for term, weight in asked.own.items())
        plain = {term: weight for term, weight in asked.plain.items() if term in df}
        rank = _times_idf(plain, idfs)
        ways = [(way.word, _times_idf(way.weights, idfs)) for way in asked.ways(idfs, frozenset(df))]
        candidates: list[int] = []
        looked_at = 0
        for term in sorted(df, key=lambda term: (everywhere[term], term)):
            looked_at += everywhere[term]
            if candidates and looked_at > MAX_CANDIDATES:
                break
            candidates.append(term)
        return cls(rank, reachable, ways, candidates, idfs, idf(passages, 0))

    def idf(self, term: int) -> float:
        return self.idfs.get(term, self.unknown)

    @property
    def parameters(self) -> dict[str, object]:
        """What `_sum` reads."""
        return {
            "rank": sparsevec(self.rank),
            "words": [word for word, _ in self.ways],
            "rank_ways": [sparsevec(rank) for _, rank in self.ways],
        }


def _times_idf(weights: Mapping[int, float], idfs: Mapping[int, float]) -> dict[int, float]:
    return {term: weight * idfs[term] for term, weight in weights.items()}


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
    select passage.id, passage.heading, passage.text, passage.place, best.score, {_DOCUMENT}, best.lift
    from best
    join passage on passage.id = best.id
    join document on document.id = passage.document_id
    join source on source.id = document.source_id
    order by best.score desc, passage.id
"""

_FIND = text(
    f"""
    with {_worded(CONTEXT_WEIGHT)}, best as (
      select id, bm25 + context as score, cast(null as double precision) as lift
      from worded order by score desc, id limit :limit
    )
    {_FOUND}
    """
)


def _fused(meaning: Meaning, nearest: str) -> str:
    """What is best by words and what is nearest, each scored by both. A passage without a vector is judged by its
    words: as it stands to the best worded, so between the last and the first of the nearest."""
    return f"""
    with {_worded(FUSED_CONTEXT_WEIGHT)}, about as (
      select document_id, max(context) as context from worded group by document_id
    ), {nearest}, both_ways as (
      select passage.id, {_sum()} + coalesce(about.context, 0) as bm25,
             {meaning.cosine("made")} as cosine, (select coalesce(min(cosine), 0) from nearest) as last,
             (select coalesce(max(cosine), 0) from nearest) as first
      from ((select id from worded order by bm25 + context desc, id limit {_BEST}) union select id from nearest) as one
      join passage using (id)
      left join about using (document_id)
      left join passage_vector as made
        on made.model = {meaning.model.id} and made.passage_id = passage.id
       and passage.language = any(cast(:known as text[]))
    ), best as (
      select id,
             bm25 / :reachable + {MEANING_WEIGHT} * coalesce(
               cosine, last + coalesce(bm25 / nullif(max(bm25) over (), 0), 0) * (first - last)
             ) as score,
             greatest(0, (cosine - last) / greatest(1 - last, 1e-6)) as lift
      from both_ways order by score desc, id limit :limit
    )
    {_FOUND}
    """


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
