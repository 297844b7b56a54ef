"""The SQL of a search: what words are worth in each passage, and what a vector adds. Readers stand inside it, before
anything is cut off."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from retrieval.dense import Meaning
from retrieval.weighed import CONTEXT_PASSAGES, Weights

_BEST = 50
_LIKELY = 200
_PROMISING = 1_000
"""Passages whose readers and documents are looked at: for all that have a word of the question that takes longer than
to score them."""

# The planner takes a comparison of arrays to be as cheap as one of numbers, and a page in memory to cost as much as one
# on the disk: it would read all passages, and all documents, for the sake of a few.
BY_INDEX = text(
    "select set_config('enable_seqscan', 'off', true), set_config('random_page_cost', '1.1', true),"
    # Planned once: to plan it anew takes as long as to look up a thousand passages, and gives the same plan.
    " set_config('plan_cache_mode', 'force_generic_plan', true)"
)

DOCUMENT = """
    document.id as document_id, source.name as source, document.uri, document.title, document.level,
    document.readers, source.link, coalesce(document.owner, source.owner) as owner, document.link as own_link,
    document.in_force_from, document.in_force_until, document.said
"""


@dataclass(frozen=True, slots=True)
class Way:
    """whole: each passage that the readers may read is scored, and none looked up by its words. otherwise: some words
    of the question can be said in several ways."""

    whole: bool
    otherwise: bool


def _sum(way: Way) -> str:
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


def _worded(context_weight: float, way: Way) -> str:
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
    select passage.id, passage.heading, passage.text, passage.place, best.score, {DOCUMENT}, best.lift,
           best.own, best.context, best.meant, best.cosine, best.near
    from best
    join passage on passage.id = best.id
    join document on document.id = passage.document_id
    join source on source.id = document.source_id
    where document.readers && cast(:principals as text[]) and source.active
    order by best.score desc, passage.id
"""


def by_words(weights: Weights, way: Way) -> str:
    return f"""
    with {_worded(weights.context, way)}, best as (
      select id, bm25 + context as score, bm25 as own, context, cast(null as double precision) as lift,
             cast(null as double precision) as meant, cast(null as double precision) as cosine,
             cast(null as double precision) as near
      from worded order by score desc, id limit :limit
    )
    {_FOUND}
    """


def fused(meaning: Meaning, weights: Weights, way: Way) -> str:
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
