"""The only way to a Passage: a question and who is present go in, what all of them may read comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from retrieval.bm25 import MAX_WEIGHT, idf, sparsevec
from retrieval.database import Database
from retrieval.glossary import NO_GLOSSARY, Asked, Glossary
from retrieval.passage import Document, Passage, Place, Readers
from retrieval.rows import document_of
from retrieval.versions import versions_in_order

MAX_CANDIDATES = 20_000
"""Passages looked at for one question, about: it bounds the time of questions made of frequent words."""

CONTEXT_WEIGHT = 0.9
CONTEXT_PASSAGES = 3
"""A passage's score is its own BM25 and 0.9 of the sum of its document's three best: a short question names the
subject, and the passage that answers it often does not repeat it. It finds documents and costs passages: on a
company's 8,420 passages and 602 questions a weight of .7 puts the right document at rank 1 for .651 (none: .636) and
the right passage in the top 10 for .681 (none: .706). On the sample handbook .3 to .7 find the document for 50 of 60,
.8 to 1.0 for 52."""

MORE = 2
"""How many times what was asked for is looked at, so that the version in force is there to take the place of an older
one that says the same."""


class Search:
    """glossary: the company's words as they are now. today: in the company's time zone."""

    def __init__(
        self,
        database: Database,
        glossary: Callable[[], Glossary] = lambda: NO_GLOSSARY,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._database = database
        self._glossary = glossary
        self._today = today

    async def __call__(self, query: str, readers: Readers, limit: int = 6) -> tuple[Passage, ...]:
        """The passages that answer best and that `readers` may read, best first, and of several versions of a document
        the one in force before the others; () where nothing matches."""
        asked = self._glossary().asked(query)
        if not asked.own or not readers.principals:
            return ()
        async with self._database.transaction() as connection:
            names = sorted(readers.principals)
            counted = (await connection.execute(_DF, {"terms": list(asked.terms), "principals": names})).all()
            rows = [row for row in counted if row.df > 0]
            if not rows:
                return ()
            everywhere = {row.id: row.everywhere for row in rows}
            weighed = _Weighed.of(asked, {row.id: row.df for row in rows}, rows[0].passages, everywhere)
            parameters = {
                **weighed.parameters,
                "candidates": weighed.candidates,
                "principals": names,
                "limit": MORE * limit,
            }
            found = (await connection.execute(_FIND, parameters)).all()
        passages = [_passage(row, weighed) for row in found]
        return versions_in_order(passages, query, self._today())[:limit]

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

    rank: how they order passages. certain: how they tell whether a passage is about the question at all, where
    verbs count a quarter and not half; total: what `certain` would sum to over all of the question's terms.
    ways: of each word that can be said otherwise, by its number, how each way of saying it counts for the two.
    candidates: the rarest whose document counts sum to at most 20,000, and at least one.
    """

    rank: Mapping[int, float]
    certain: Mapping[int, float]
    total: float
    ways: Sequence[tuple[int, Mapping[int, float], Mapping[int, float]]]
    candidates: list[int]

    @classmethod
    def of(cls, asked: Asked, df: Mapping[int, int], passages: int, everywhere: Mapping[int, int]) -> _Weighed:
        """df and passages: what these readers may read. everywhere: df over all, which is what a look-up costs."""
        # A word that stands nowhere is the most telling there is: the documents say nothing of it.
        idfs = {term: idf(passages, df.get(term, 0)) for term in asked.terms}
        total = sum(weight**2 * idfs[term] for term, weight in asked.own.items())
        plain = {term: weight for term, weight in asked.plain.items() if term in df}
        rank, certain = _times_idf(plain, idfs), _times_idf(plain, idfs, power=2)
        ways = [
            (way.word, _times_idf(way.weights, idfs), _times_idf(way.weights, idfs, power=2))
            for way in asked.ways(idfs, frozenset(df))
        ]
        candidates: list[int] = []
        looked_at = 0
        for term in sorted(df, key=lambda term: (everywhere[term], term)):
            looked_at += everywhere[term]
            if candidates and looked_at > MAX_CANDIDATES:
                break
            candidates.append(term)
        return cls(rank, certain, total, ways, candidates)

    @property
    def parameters(self) -> dict[str, object]:
        """What `_sum` reads."""
        return {
            "rank": sparsevec(self.rank),
            "certain": sparsevec(self.certain),
            "words": [word for word, _, _ in self.ways],
            "rank_ways": [sparsevec(rank) for _, rank, _ in self.ways],
            "certain_ways": [sparsevec(certain) for _, _, certain in self.ways],
        }

    def share(self, score: float) -> float:
        """How much of the score that a passage could reach for this question it does reach, 0 to 1."""
        return min(1.0, score / (MAX_WEIGHT * self.total))


def _times_idf(weights: Mapping[int, float], idfs: Mapping[int, float], power: int = 1) -> dict[int, float]:
    return {term: weight**power * idfs[term] for term, weight in weights.items()}


def _passage(row: Row[Any], weighed: _Weighed) -> Passage:
    return Passage(
        id=row.id,
        document=document_of(row),
        heading=row.heading,
        text=row.text,
        score=row.score,
        confidence=weighed.share(row.certain),
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
    document.in_force_from, document.in_force_until
"""


def _sum(kind: str) -> str:
    """What a passage is worth in `kind` (rank or certain): its terms, and of each word with several ways the best."""
    return f"""
    (-(passage.weights <#> cast(:{kind} as sparsevec)) + case when cardinality(cast(:words as int[])) = 0 then 0 else (
      select sum(best) from (
        select max(-(passage.weights <#> way.weights)) as best
        from unnest(cast(:words as int[]), cast(:{kind}_ways as sparsevec[])) as way(word, weights) group by word
      ) as of_each_word
    ) end)
    """


# Readers stand inside, before anything is ranked.
_FIND = text(
    f"""
    with scored as materialized (
      select passage.id, passage.document_id, {_sum("rank")} as bm25
      from passage
      join document on document.id = passage.document_id
      join source on source.id = document.source_id
      where passage.terms && cast(:candidates as int[])
        and document.readers && cast(:principals as text[])
        and source.active
    ), ranked as (
      select *, row_number() over (partition by document_id order by bm25 desc, id) as place from scored
    ), best as (
      select id, bm25 + {CONTEXT_WEIGHT} * sum(bm25) filter (where place <= {CONTEXT_PASSAGES})
                                         over (partition by document_id) as score
      from ranked order by score desc, id limit :limit
    )
    select passage.id, passage.heading, passage.text, passage.place, best.score, {_DOCUMENT},
           {_sum("certain")} as certain
    from best
    join passage on passage.id = best.id
    join document on document.id = passage.document_id
    join source on source.id = document.source_id
    order by best.score desc, passage.id
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
