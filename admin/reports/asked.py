"""The rows behind `naru stats`; it only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.reports.period import Period
from admin.reports.satisfaction import Cluster, Rated, Unanswered, Way, clusters
from bot.policy.mask import BRACKETS
from bot.seal import Seal
from retrieval.database import Database
from retrieval.label import Level

MOST = 5_000
"""Unanswered questions that are read, the newest first."""
_PLAIN = frozenset({"channel", "source"})
"""Kinds that say where something was asked or stands, and nothing of what it is about."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Of the answers of a period. rated: by `all`, `source`, `model`, `prompt`. unanswered: questions that nothing
    answered; unread: those of them that are in no cluster, as their text is not kept or is sensitive."""

    period: Period
    rated: Mapping[str, tuple[Rated, ...]]
    ways: tuple[Way, ...]
    unanswered: int
    unread: int
    clusters: tuple[Cluster, ...]


async def stats(database: Database, seal: Seal, period: Period, zone: ZoneInfo) -> Stats:
    """zone: in which days begin. Raises DatabaseFault."""
    first, end = period.bounds(zone)
    bounds = {"first": first, "end": end}
    async with database.transaction() as connection:
        rated = {by: await _rated(connection, by, bounds) for by in _BY}
        ways = await _ways(connection, bounds)
        rows = (await connection.execute(_UNANSWERED, {**bounds, "most": MOST})).all()
        count = await connection.scalar(_COUNT, bounds) or 0
    questions = [one for row in rows if (one := _readable(row, seal)) is not None]
    return Stats(period, rated, ways, count, count - len(questions), tuple(clusters(questions)))


async def _rated(connection: AsyncConnection, by: str, bounds: Mapping[str, datetime]) -> tuple[Rated, ...]:
    rows = (await connection.execute(text(_RATED.format(**_BY[by])), bounds)).all()
    return tuple(Rated(row.what, row.answers, row.voted, row.people, row.good, row.bad) for row in rows)


async def _ways(connection: AsyncConnection, bounds: Mapping[str, datetime]) -> tuple[Way, ...]:
    rows = (await connection.execute(_WAYS, bounds)).all()
    kinds: dict[str, dict[str, int]] = {}
    for row in (await connection.execute(_KINDS, bounds)).all():
        kinds.setdefault(row.route, {})[row.kind] = row.questions
    total = sum(row.questions for row in rows)
    return tuple(Way(row.route, row.questions, row.questions / total, kinds.get(row.route, {})) for row in rows)


def _readable(row: Any, seal: Seal) -> Unanswered | None:
    """None where it is not kept, holds placeholders, or anything in it is sensitive: then nobody is shown a word."""
    sensitive = any(kind not in _PLAIN or Level.named(level) > Level.INTERNAL for level, kind, _ in row.reasons)
    said = None if sensitive or row.text is None else seal.open(row.text, f"question:{row.id}")
    return Unanswered(row.asker, said) if said is not None and not BRACKETS & set(said) else None


_BY: Mapping[str, Mapping[str, str]] = {
    "all": {"what": "'all'", "join": ""},
    "source": {
        "what": "s.name",
        "join": "cross join lateral (select distinct source.name from document join source on source.id ="
        " document.source_id where document.id = any(a.documents)) as s",
    },
    "model": {"what": "coalesce(a.model, a.route)", "join": ""},
    "prompt": {"what": "coalesce(a.prompt_version, '-')", "join": ""},
}
_RATED = """
with given as (
  select a.id, {what} as what from answer as a {join}
  where a.answered_at >= :first and a.answered_at < :end and a.known and a.route <> 'refuse')
select given.what, count(distinct given.id) as answers, count(distinct f.answer) as voted,
       count(distinct f.person) as people, count(f.person) filter (where f.verdict = 'good') as good,
       count(f.person) filter (where f.verdict = 'bad') as bad
from given left join feedback as f on f.answer = given.id
group by given.what order by answers desc, given.what
"""
_WAYS = text("""
select route, count(*) as questions from answer
where answered_at >= :first and answered_at < :end group by route order by questions desc, route
""")
_KINDS = text("""
select route, kind, count(*) as questions from (
  select distinct a.id, a.route, reason ->> 1 as kind
  from answer as a join decision as d on d.id = a.decision cross join lateral jsonb_array_elements(d.reasons) as reason
  where a.answered_at >= :first and a.answered_at < :end) as said
group by route, kind order by route, questions desc, kind
""")
_COUNT = text("""
select count(*) from answer
where answered_at >= :first and answered_at < :end and not known and route <> 'refuse'
""")
_UNANSWERED = text("""
select q.id, q.asker, q.text, d.reasons
from answer as a join question as q on q.id = a.question join decision as d on d.id = a.decision
where a.answered_at >= :first and a.answered_at < :end and not a.known and a.route <> 'refuse'
order by a.answered_at desc limit :most
""")
