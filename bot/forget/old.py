"""What is older than the settings keep, but for what a legal hold keeps, and answers whose documents are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.forget.reach import Batch, Reach, erased
from bot.seal import Seal

_FIRST = "00000000-0000-0000-0000-000000000000"


async def texts(
    connection: AsyncConnection, days: Mapping[str, int], kept: Reach, seal: Seal, after: str | None, most: int
) -> Batch:
    """Of the next questions, by their ids, the texts that are too old, and the rows whose three texts all are. What
    reviewers approved of them is the company's own, and stays.

    days: for `questions`, `answers` and `feedback`; counted from the day on which it was asked, answered, said.
    """
    limits = {name: days[name] for name in ("questions", "answers", "feedback")}
    values = {"after": after or _FIRST, "most": most, "texts": kept.names is not None, "longest": max(limits.values())}
    rows = (await connection.execute(_DUE, values | {"least": min(limits.values())})).all()
    free = await asyncio.to_thread(lambda: [row for row in rows if not _is_kept(row, kept, seal)])
    counts = {}
    for name, (table, statement) in _TEXTS.items():
        ids = {"ids": [row.id for row in free], "days": limits[name]}
        counts[table] = erased((await connection.execute(statement, ids)).rowcount)
    whole = [row.id for row in free if row.whole]
    await connection.execute(_WHOLE, {"ids": whole})
    return Batch(counts, str(rows[-1].id) if len(rows) == most else None)


async def placeholders(connection: AsyncConnection, days: int, most: int) -> int:
    """The values of placeholders that are too old; how many."""
    return (await connection.execute(_PLACEHOLDERS, {"days": days, "most": most})).rowcount


async def samples(connection: AsyncConnection, days: int, most: int) -> int:
    """Samples of what was sent that are too old; how many."""
    return (await connection.execute(_SAMPLES, {"days": days, "most": most})).rowcount


async def costs(connection: AsyncConnection, days: int, most: int) -> int:
    """What was used of the cloud model on days that are too old; how many rows."""
    return (await connection.execute(_COSTS, {"days": days, "most": most})).rowcount


async def unfounded(connection: AsyncConnection, kept: Reach, most: int) -> int:
    """The texts of answers that rest on a document which was erased; how many. Not what a legal hold keeps."""
    values = {"askers": sorted(kept.askers), "rooms": sorted(kept.rooms), "documents": sorted(kept.documents)}
    return (await connection.execute(_UNFOUNDED, values | {"most": most, "named": kept.names is not None})).rowcount


def _is_kept(row: Row[Any], kept: Reach, seal: Seal) -> bool:
    if kept.of(row.asker, row.room) or kept.rests_on(row.documents):
        return True
    asked = None if row.text is None else seal.open(row.text, f"question:{row.id}")
    given = None if row.answer_text is None else seal.open(row.answer_text, f"answer:{row.answer}")
    return kept.named_in(asked, given)


_DUE = text("""
select question.id, question.asker, question.room, case when :texts then question.text end as text,
       answer.id as answer, answer.documents, case when :texts then answer.text end as answer_text,
       question.received_at < now() - make_interval(days => :longest) as whole
from question left join answer on answer.question = question.id
where question.id > cast(:after as uuid) and question.received_at < now() - make_interval(days => :least)
order by question.id limit :most
""")
_TEXTS: Mapping[str, tuple[str, TextClause]] = MappingProxyType(
    {
        "questions": (
            "question",
            text(
                "update question set text = null where id = any(cast(:ids as uuid[])) and text is not null"
                " and received_at < now() - make_interval(days => :days)"
            ),
        ),
        "answers": (
            "answer",
            text(
                "update answer set text = null where question = any(cast(:ids as uuid[])) and text is not null"
                " and answered_at < now() - make_interval(days => :days)"
            ),
        ),
        "feedback": (
            "feedback",
            text(
                "update feedback set reason = null, better = null from answer where answer.id = feedback.answer"
                " and answer.question = any(cast(:ids as uuid[])) and (reason is not null or better is not null)"
                " and given_at < now() - make_interval(days => :days)"
            ),
        ),
    }
)
_WHOLE = text("""
delete from question where id = any(cast(:ids as uuid[])) and text is null
  and not exists (select from answer left join feedback on feedback.answer = answer.id
                  where answer.question = question.id
                    and (answer.text is not null or reason is not null or better is not null))
  and not exists (select from answer join review on review.answer = answer.id
                  where answer.question = question.id and review.pair is not null)
""")
_PLACEHOLDERS = text("""
update placeholder set value = null where (thread, name) in (
  select thread, name from placeholder
  where value is not null and issued_at < now() - make_interval(days => :days)
  limit :most for update skip locked)
""")
_SAMPLES = text("""
delete from egress_sample where id in (
  select id from egress_sample where at < now() - make_interval(days => :days) limit :most for update skip locked)
""")
# A day more: the company's day under way may be yesterday in the database's time zone.
_COSTS = text("""
delete from cloud_use where (day, scope, key) in (
  select day, scope, key from cloud_use where day < current_date - 1 - cast(:days as integer)
  limit :most for update skip locked)
""")
_UNFOUNDED = text("""
update answer set text = null where not :named and id in (
  select answer.id from answer join question on question.id = answer.question
  where answer.text is not null
    and exists (select from unnest(answer.documents) as rests (id)
                where not exists (select from document where document.id = rests.id))
    and not (question.asker = any(cast(:askers as text[])) or question.room = any(cast(:rooms as text[]))
             or answer.documents && cast(:documents as bigint[]))
  limit :most for update of answer skip locked)
""")
