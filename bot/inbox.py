"""What Slack told us and is not done yet: one row for each event, and the row is the queue.

Lease: a worker has a row for some seconds and renews them; a row whose lease ran out is anybody's again. Fence: each
claim counts `attempt` up, and every later write asks for the number, so that a worker that lost its row changes
nothing. Order: in a thread one row runs at a time, which a unique index holds, and the oldest by Slack's time goes
first. The only writer of the table `inbox`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deadlines import Deadlines
from bot.seal import Seal
from bot.spool import Spool
from bot.waiting import AWAY, Backlog
from bot.wakeups import wakeups
from retrieval.database import Database, DatabaseFault
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

PATIENCE_S = 2.5
"""How long PostgreSQL may be silent: Slack gives up on an ack after 3 s."""
LEASE_S = 4.0
EXCUSED_S = 900.0
"""How long after an event came in an attempt may fail for what passes by itself without counting."""
WRITERS = 4
"""Rows written at once. More only wait inside PostgreSQL: 100 callers on 20 connections took up to 4.5 s."""
QUESTIONS = UUID("6f0d3a52-3f4e-5b0c-9d7a-0c1f5c2b8e41")
_TS = re.compile(r"[0-9]{1,12}\.[0-9]{1,6}")

Kind = Literal["message", "deleted", "command", "action", "view", "shortcut", "home"]


class InboxFault(Fault):
    """An event could be kept neither in PostgreSQL nor in the spool: do not ack it."""


class Fenced(Exception):
    """Another attempt has this row now, or it is done: stop, and show nothing more."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in Slack.

    key: the same whenever it is delivered again: `channel/ts`, with `/edited_ts` or `/deleted`, `trigger_id`, that and
    `action_ts`, a form's id, or what a button asks for where pressing it twice is asking once.
    thread: what is answered in order; it can name a person, so the table and a claimed event hold a keyed pseudonym
    of it. ts: Slack's time of it, "1700000000.000100". body: what JSON can hold; never logged.
    """

    key: str
    kind: Kind
    channel: str
    thread: str
    ts: str
    body: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not _TS.fullmatch(self.ts):
            raise ValueError("an event's ts must look like 1700000000.000100")


@dataclass(frozen=True, slots=True)
class Claimed:
    """An event that this worker has, for one lease. question: the same at every attempt. tries: attempts that count,
    this one included.

    finished: the message as an earlier attempt stored it before showing it. readable: False when the body was sealed
    with another key; it is empty then, and an apology all that is left.
    """

    id: int
    attempt: int
    event: Event
    placeholder: str | None
    question: UUID
    tries: int
    readable: bool = True
    finished: Mapping[str, Any] | None = None


class Inbox:
    """patience_s: silence of PostgreSQL after which an event is spooled. lease_s: how long a claim holds."""

    def __init__(
        self, database: Database, seal: Seal, spool: Spool, *, patience_s: float = PATIENCE_S, lease_s: float = LEASE_S
    ) -> None:
        self._database = database
        self._seal = seal
        self._spool = spool
        self._patience_s = patience_s
        self._lease_s = lease_s
        self._writers = asyncio.Semaphore(WRITERS)
        self._deadlines = Deadlines()

    # -- in --------------------------------------------------------------------------------------------------

    async def put(self, event: Event) -> bool:
        """Keep an event; True: it is new. When this returns it is committed, or fsync'ed in the spool (then it
        counts as new; the row's key decides later). Raises InboxFault when neither worked."""
        if not self._deadlines.overdue:  # what waits for PostgreSQL in vain need not be joined
            try:
                return await self._deadlines.within(self._patience_s, self._insert(event))
            except DatabaseFault as fault:
                _log.warning("an event goes to the spool: %s", fault)
        try:
            await self._spool.put(Decimal(event.ts), event.key, json.dumps(asdict(event)))
        except OSError as error:
            raise InboxFault(
                f"An event could be stored neither in PostgreSQL nor in the spool ({error.strerror}): check the "
                "database and the disk of NARU_HOME."
            ) from error
        return True

    async def drain_spool(self) -> int:
        """Move what was spooled into the table; how many events were new there. Raises DatabaseFault, and
        InboxFault when the spool's folder cannot be used."""
        new = 0
        try:
            for name in self._spool.names():
                event = self._parsed(name, await self._spool.read(name))
                if event is not None:
                    new += await self._deadlines.within(self._patience_s, self._insert(event))
                    await self._spool.drop(name)
        except OSError as error:
            raise InboxFault(f"The spool cannot be read ({error.strerror}): check the disk of NARU_HOME.") from error
        return new

    def _parsed(self, name: str, spooled: str | None) -> Event | None:
        if spooled is None:
            return None
        try:
            return Event(**json.loads(spooled))
        except (ValueError, TypeError):  # of another release; kept for a person, out of the others' way
            self._spool.set_aside(name)
            return None

    async def _insert(self, event: Event) -> bool:
        row = {
            "key": event.key,
            "kind": event.kind,
            "channel": event.channel,
            "thread": self._seal.pseudonym(event.thread),
            "ts": Decimal(event.ts),
            "body": self._seal.close(json.dumps(dict(event.body)), _place(event.key)),
        }
        async with self._writers, self._database.transaction() as connection:
            return (await connection.execute(_INSERT, row)).rowcount == 1

    # -- out -------------------------------------------------------------------------------------------------

    async def claim(self) -> Claimed | None:
        """The oldest event whose turn it is, for one lease; None: nothing to do. Raises DatabaseFault."""
        return await self._deadlines.within(self._lease_s, self._claim())

    async def renew(self, claimed: Claimed) -> None:
        """Hold it for another lease. Raises Fenced, DatabaseFault."""
        await self._fenced(_RENEW, claimed, lease=self._lease_s)

    async def holds(self, claimed: Claimed, connection: AsyncConnection) -> None:
        """As `renew`, in a transaction of somebody else's: until that ends nobody can claim it. Raises Fenced."""
        await self._written(connection, _RENEW, claimed, {"lease": self._lease_s})

    async def release(self, claimed: Claimed, *, after_s: float = 0.0, excused: bool = True) -> None:
        """Let any worker have it, that many seconds from now. excused: this attempt does not count, for as long as
        somebody may still hope for the answer (EXCUSED_S). Raises Fenced, DatabaseFault."""
        await self._fenced(_RELEASE, claimed, after=after_s, excused=excused, hope=EXCUSED_S)

    async def placed(self, claimed: Claimed, ts: str) -> None:
        """Its answer is shown in the message `ts`. Raises Fenced, DatabaseFault."""
        await self._fenced(_PLACED, claimed, ts=ts)

    async def finished(self, claimed: Claimed, message: Mapping[str, Any]) -> None:
        """Store the message as it will be shown. Raises Fenced, DatabaseFault."""
        sealed = self._seal.close(json.dumps(dict(message)), _shown(claimed.event.key))
        await self._fenced(_FINISHED, claimed, message=sealed)

    async def done(self, claimed: Claimed, outcome: str, keep: bool = False) -> None:
        """It is handled; saying so twice changes nothing. keep: leave its sealed text. Raises Fenced,
        DatabaseFault."""
        await self._fenced(_DONE, claimed, outcome=outcome, keep=keep)

    async def reopen(self) -> int:
        """Have those that ended AWAY handled again, as if for the first time; how many. Raises DatabaseFault."""
        async with self._database.transaction() as connection:
            return (await connection.execute(_REOPEN, {"away": AWAY})).rowcount

    async def placeholder_of(self, channel: str, ts: str) -> str | None:
        """The message that shows the answer to the message `ts` of a channel, or to an edit of it."""
        async with self._database.transaction() as connection:
            found = await connection.scalar(_PLACEHOLDER_OF, _message(channel, ts))
        return None if found is None else str(found)

    async def follows(self, event: Event) -> bool:
        """Whether a message stands in a thread whose first message was a question to us."""
        thread_ts = event.body.get("thread_ts")
        return bool(thread_ts) and await self.placeholder_of(event.channel, str(thread_ts)) is not None

    async def later(self, claimed: Claimed, ts: str) -> frozenset[str]:
        """The kinds of what happened to the message `ts` after this event of it: "message", an edit, or "deleted"."""
        values = {**_message(claimed.event.channel, ts), "id": claimed.id, "at": Decimal(claimed.event.ts)}
        async with self._database.transaction() as connection:
            return frozenset(await connection.scalars(_LATER, values))

    async def shown_by(self, channel: str, placeholder: str) -> int | None:
        """The id of the latest event whose answer the message `placeholder` shows; None: it shows none."""
        async with self._database.transaction() as connection:
            values = {"channel": channel, "ts": placeholder}
            found: int | None = await connection.scalar(_SHOWN_BY, values)
        return found

    async def owned(self, channel: str, placeholders: Sequence[str]) -> frozenset[str]:
        """Of these messages, those that show the answer to some event."""
        async with self._database.transaction() as connection:
            return frozenset(await connection.scalars(_OWNED, {"channel": channel, "ts": list(placeholders)}))

    async def newest(self, since: float) -> dict[str, float]:
        """The channels that something came from after `since`, each with the time of the newest; seconds since 1970."""
        async with self._database.transaction() as connection:
            rows = (await connection.execute(_NEWEST, {"since": Decimal(str(since))})).all()
        return {channel: float(ts) for channel, ts in rows}

    async def keys(self, channel: str, since: float) -> frozenset[str]:
        """The keys of what came from a channel and is newer than `since`, done or not; seconds since 1970."""
        async with self._database.transaction() as connection:
            values = {"channel": channel, "since": Decimal(str(since))}
            return frozenset(await connection.scalars(_KEYS, values))

    async def forget(self, days: int, most: int) -> int:
        """Delete at most that many rows that were done so many days ago; how many it were. Raises DatabaseFault."""
        async with self._database.transaction() as connection:
            return (await connection.execute(_FORGET, {"days": days, "most": most})).rowcount

    async def backlog(self) -> Backlog:
        """What is not done. Raises DatabaseFault."""
        async with self._database.transaction() as connection:
            count, oldest_s = (await connection.execute(_BACKLOG)).one()
        return Backlog(count, float(oldest_s))

    async def _claim(self) -> Claimed | None:
        try:
            async with self._database.transaction() as connection:
                row = (await connection.execute(_CLAIM, {"lease": self._lease_s})).one_or_none()
        except IntegrityError:  # another worker took another row of this thread in the same moment
            return await self._claim()
        if row is None:
            return None
        opened = self._seal.open(row.body, _place(row.key))
        body = {} if opened is None else json.loads(opened)
        event = Event(row.key, row.kind, row.channel, row.thread, row.ts, body)
        shown = None if row.finished is None else self._seal.open(row.finished, _shown(row.key))
        return Claimed(
            row.id,
            row.attempt,
            event,
            row.placeholder,
            uuid5(QUESTIONS, row.key),
            row.attempt - row.excused,
            readable=opened is not None,
            finished=None if shown is None else json.loads(shown),
        )

    async def _fenced(self, statement: str, claimed: Claimed, **values: object) -> None:
        async def write() -> None:
            async with self._database.transaction() as connection:
                await self._written(connection, statement, claimed, values)

        await self._deadlines.within(self._lease_s, write())

    @staticmethod
    async def _written(
        connection: AsyncConnection, statement: str, claimed: Claimed, values: Mapping[str, object]
    ) -> None:
        fence = {"id": claimed.id, "attempt": claimed.attempt}
        if (await connection.execute(text(statement), {**values, **fence})).rowcount == 0:
            raise Fenced

    # -- when ------------------------------------------------------------------------------------------------

    def wakeups(self) -> AsyncGenerator[None, None]:
        """Yields when there may be something to claim, see bot/wakeups.py."""
        return wakeups(self._database)


async def close_open(connection: AsyncConnection) -> int:
    """In a restored database: what was open at the time of the backup was answered since. How many events it were."""
    return (await connection.execute(_CLOSE)).rowcount


def _place(key: str) -> str:
    return f"inbox:{key}"


def _shown(key: str) -> str:
    return f"shown:{key}"


def _message(channel: str, ts: str) -> dict[str, Any]:
    # Its edits and its deletion have keys of their own, and times of their own, both after the message's.
    return {"channel": channel, "ts": Decimal(ts), "changes": f"{channel}/{ts}/"}


_INSERT = text("""
insert into inbox (key, kind, channel, thread, ts, body) values (:key, :kind, :channel, :thread, :ts, :body)
on conflict (key) do nothing
""")

# A row is claimable when its lease ran out, or when nothing of its thread runs and nothing older of it waits.
_CLAIM = text("""
update inbox
set state = 'running', attempt = attempt + 1, lease = now() + make_interval(secs => :lease)
where id = (
  select mine.id from inbox as mine
  where mine.state <> 'done' and (
    (mine.state = 'running' and mine.lease <= now())
    or (mine.state = 'waiting' and not exists (
      select from inbox as other
      where other.thread = mine.thread and other.state <> 'done'
        and (other.state = 'running' or (other.ts, other.id) < (mine.ts, mine.id)))))
  order by mine.ts, mine.id
  limit 1
  for update skip locked
)
returning id, attempt, excused, key, kind, channel, thread, ts::text as ts, body, placeholder, finished
""")

_RENEW = """
update inbox set lease = now() + make_interval(secs => :lease)
where id = :id and attempt = :attempt and state = 'running'
"""

_RELEASE = """
update inbox
set lease = now() + make_interval(secs => :after),
    excused = excused + (:excused and received_at > now() - make_interval(secs => :hope))::int
where id = :id and attempt = :attempt and state = 'running'
"""

_PLACED = "update inbox set placeholder = :ts where id = :id and attempt = :attempt and state = 'running'"

_FINISHED = "update inbox set finished = :message where id = :id and attempt = :attempt and state = 'running'"

_DONE = """
update inbox
set state = 'done', outcome = :outcome, lease = null, done_at = now(), body = case when :keep then body end,
    finished = null
where id = :id and attempt = :attempt
"""

_REOPEN = text("update inbox set state = 'waiting', outcome = null, excused = attempt where outcome = :away")

_PLACEHOLDER_OF = text("""
select placeholder from inbox
where channel = :channel and ts >= :ts and (ts = :ts or starts_with(key, :changes)) and placeholder is not null
order by id desc limit 1
""")

_LATER = text("""
select kind from inbox where channel = :channel and ts >= :at and id <> :id and starts_with(key, :changes)
""")

_SHOWN_BY = text("select max(id) from inbox where channel = :channel and placeholder = :ts")

_OWNED = text("select placeholder from inbox where channel = :channel and placeholder = any(:ts)")

_NEWEST = text("select channel, max(ts) from inbox where ts >= :since and channel <> '' group by channel")

_KEYS = text("select key from inbox where channel = :channel and ts >= :since")

_FORGET = text("""
delete from inbox where id in (
  select id from inbox where state = 'done' and done_at < now() - make_interval(days => :days)
  order by done_at limit :most for update skip locked)
""")

_BACKLOG = text("""
select count(*), coalesce(extract(epoch from now() - min(received_at)), 0) from inbox where state <> 'done'
""")

_CLOSE = text("""
update inbox set state = 'done', outcome = 'restored', lease = null, done_at = now(), body = null, finished = null
where state <> 'done'
""")
