"""Where each answer stands in Slack, so that it can be taken back. The only writer of `posted`.

A row is there before the answer is: one of an answer that was never shown does no harm, an answer without a row could
never be withdrawn. What is to be withdrawn is marked in the transaction that decides it (`why`), and done behind it
(`withdrawn_at`) by bot/slack/withdrawing.py: whatever is killed in between, the mark stays.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.seal import Seal
from retrieval.database import Database

Why = Literal["opt_out", "readers", "erased", "level"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer that is shown: in which message, to which question, made of which documents."""

    channel: str
    ts: str
    question: UUID
    documents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a legal hold keeps as it stands, by whose question it answers, where it stands, or what it rests on."""

    askers: Sequence[str] = ()
    channels: Sequence[str] = ()
    documents: Sequence[int] = ()


class Posted:
    """keep: False where the settings keep no row: then nothing can be withdrawn."""

    def __init__(self, database: Database, seal: Seal, *, keep: bool = True) -> None:
        self._database = database
        self._seal = seal
        self._keep = keep

    async def stands(self, where: Standing, asker: str) -> None:
        """From now on this message shows this answer, whatever it showed before. Raises DatabaseFault."""
        if not self._keep:
            return
        values = {
            "channel": where.channel,
            "ts": where.ts,
            "question": where.question,
            "asker": self._seal.pseudonym(asker),
            "documents": list(where.documents),
        }
        async with self._database.transaction() as connection:
            await connection.execute(_STANDS, values)

    async def gone(self, channel: str, ts: str) -> None:
        """The message was deleted. Raises DatabaseFault."""
        async with self._database.transaction() as connection:
            await connection.execute(_GONE, {"channel": channel, "ts": ts})

    async def may_stand(self, shown: Standing) -> bool:
        """Whether this message may go on showing this answer. Raises DatabaseFault."""
        if not self._keep:
            return True
        values = {"channel": shown.channel, "ts": shown.ts, "question": shown.question}
        async with self._database.transaction() as connection:
            return bool(await connection.scalar(_MAY_STAND, values))

    async def standing(self, channels: Collection[str] | None = None) -> dict[str, list[Standing]]:
        """What is shown and not to be withdrawn, by channel; None: everywhere. Raises DatabaseFault."""
        values = {"everywhere": channels is None, "channels": list(channels or ())}
        found: dict[str, list[Standing]] = {}
        async with self._database.transaction() as connection:
            for row in await connection.execute(_STANDING, values):
                one = Standing(row.channel, row.ts, row.question, tuple(row.documents))
                found.setdefault(row.channel, []).append(one)
        return found

    async def mark(self, why: Why, shown: Sequence[Standing]) -> int:
        """These are to be withdrawn, where they still show that answer; how many it is. Raises DatabaseFault."""
        values = {
            "why": why,
            "channels": [one.channel for one in shown],
            "ts": [one.ts for one in shown],
            "questions": [one.question for one in shown],
        }
        async with self._database.transaction() as connection:
            return (await connection.execute(_MARK, values)).rowcount

    async def pending(self) -> int:
        """How many are to be withdrawn and are not yet. Raises DatabaseFault."""
        async with self._database.transaction() as connection:
            return int(await connection.scalar(_PENDING) or 0)


async def withdraw(
    connection: AsyncConnection,
    why: Why,
    *,
    questions: Sequence[UUID] = (),
    askers: Sequence[str] = (),
    channels: Sequence[str] = (),
    documents: Sequence[int] = (),
    unread: bool = False,
    kept: Kept = Kept(),
) -> int:
    """Mark what shows an answer to one of these questions, or to one of these askers, by their pseudonyms, or stands in
    one of these channels, or rests on one of these documents; how many it is. unread: only answers whose text is not
    kept."""
    values = {
        "why": why,
        "questions": list(questions),
        "askers": list(askers),
        "channels": list(channels),
        "documents": list(documents),
        "unread": unread,
        "kept_askers": list(kept.askers),
        "kept_channels": list(kept.channels),
        "kept_documents": list(kept.documents),
    }
    return (await connection.execute(_WITHDRAW, values)).rowcount


async def next_to_withdraw(connection: AsyncConnection, after: tuple[str, str]) -> Standing | None:
    """The next message, by channel and ts, that is to be withdrawn, held until the transaction ends, so that no new
    answer is set in it meanwhile; None: there is no more."""
    row = (await connection.execute(_NEXT, {"channel": after[0], "ts": after[1]})).one_or_none()
    return None if row is None else Standing(row.channel, row.ts, row.question, tuple(row.documents))


async def withdrawn(connection: AsyncConnection, shown: Standing) -> str | None:
    """It shows nothing of the answer any more; why it was to be withdrawn."""
    why: str | None = await connection.scalar(_WITHDRAWN, {"channel": shown.channel, "ts": shown.ts})
    return why


async def expire(connection: AsyncConnection, days: int, most: int) -> int:
    """Forget where answers stand that are older than that, but for those that are to be withdrawn; how many it were."""
    return (await connection.execute(_EXPIRE, {"days": days, "most": most})).rowcount


async def carry(old: AsyncConnection, restored: AsyncConnection) -> None:
    """Into a database that was restored from an older backup: where answers stand that were posted since, and which are
    to be withdrawn. One to a question that the restored database does not know is: nobody could tell any more what it
    says."""
    rows = [dict(row) for row in (await old.execute(text("select * from posted"))).mappings()]
    if rows:
        await restored.execute(_CARRIED, rows)
    await restored.execute(_UNKNOWN)


_CARRIED = text("""
insert into posted (channel, ts, question, asker, documents, posted_at, why, withdrawn_at)
values (:channel, :ts, :question, :asker, :documents, :posted_at, :why, :withdrawn_at)
on conflict (channel, ts) do update
set question = excluded.question, asker = excluded.asker, documents = excluded.documents, why = excluded.why,
    withdrawn_at = excluded.withdrawn_at
""")
_UNKNOWN = text("""
update posted set why = 'erased'
where why is null and withdrawn_at is null and not exists (select from question where question.id = posted.question)
""")
_STANDS = text("""
insert into posted (channel, ts, question, asker, documents) values (:channel, :ts, :question, :asker, :documents)
on conflict (channel, ts) do update
set question = excluded.question, asker = excluded.asker, documents = excluded.documents, posted_at = now(),
    withdrawn_at = null, why = null
""")
_MAY_STAND = text("""
select exists (select from posted where channel = :channel and ts = :ts and question = :question and why is null)
""")
_GONE = text("delete from posted where channel = :channel and ts = :ts")
_STANDING = text("""
select channel, ts, question, documents from posted
where withdrawn_at is null and why is null and (:everywhere or channel = any(cast(:channels as text[])))
""")
_MARK = text("""
update posted set why = :why
from unnest(cast(:channels as text[]), cast(:ts as text[]), cast(:questions as uuid[])) as shown (channel, ts, question)
where posted.channel = shown.channel and posted.ts = shown.ts and posted.question = shown.question
  and posted.why is null and posted.withdrawn_at is null
""")
_PENDING = text("select count(*) from posted where why is not null and withdrawn_at is null")
_WITHDRAW = text("""
update posted set why = :why
where why is null and withdrawn_at is null
  and (question = any(cast(:questions as uuid[])) or asker = any(cast(:askers as text[]))
       or channel = any(cast(:channels as text[])) or documents && cast(:documents as bigint[]))
  and not (asker = any(cast(:kept_askers as text[])) or channel = any(cast(:kept_channels as text[]))
           or documents && cast(:kept_documents as bigint[]))
  and not (:unread and exists (select from answer where answer.question = posted.question and text is not null))
""")
_NEXT = text("""
select channel, ts, question, documents from posted
where why is not null and withdrawn_at is null and (channel, ts) > (:channel, :ts)
order by channel, ts limit 1 for update skip locked
""")
_WITHDRAWN = text("""
update posted set withdrawn_at = now(), documents = '{}' where channel = :channel and ts = :ts returning why
""")
_EXPIRE = text("""
delete from posted where (channel, ts) in (
  select channel, ts from posted
  where posted_at < now() - make_interval(days => :days) and (why is null or withdrawn_at is not null)
  order by posted_at limit :most for update skip locked)
""")
