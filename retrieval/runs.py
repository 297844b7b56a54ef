"""The runs of sources, as every process can read them. The only writer of the table `run`."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from retrieval.database import Database, Then, nothing_more
from retrieval.errors import Fault
from retrieval.index import locked

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Enqueue = Callable[[AsyncConnection, str, int], Awaitable[None]]
"""(connection of the transaction that makes the run, source, number of the run)"""

STALE_S = 30.0
"""A run that wrote nothing for so long has lost its process."""
KEPT = 50
"""Runs of a source that are remembered."""
INTERRUPTED = "It was interrupted: the next run goes on from what it did."


class CancelledFault(Fault):
    """Somebody stopped the run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a source. by: who asked for it, as a keyed pseudonym; None: its schedule, or a start of Naru. done,
    total: documents. report: its counts. stale: it says that it runs, and nothing was heard of it for 30 s."""

    id: int
    source: str
    state: State
    by: str | None
    accept_deletions: bool
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    total: int
    report: Mapping[str, Any] | None
    fault: str | None
    stale: bool

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    def data(self, zone: tzinfo | None = None) -> dict[str, Any]:
        """As JSON has it, with its times in this time zone."""
        times = {"requested": self.requested_at, "started": self.started_at, "finished": self.finished_at}
        return {
            "run": self.id,
            "source": self.source,
            "state": "interrupted" if self.stale else self.state,
            **{name: at.astimezone(zone).isoformat() if at else None for name, at in times.items()},
            "done": self.done,
            "total": self.total,
            "report": self.report,
            "fault": self.fault,
        }


class Runs:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def request(
        self,
        source: str,
        enqueue: Enqueue,
        *,
        by: str | None = None,
        accept_deletions: bool = False,
        unless_since: datetime | None = None,
    ) -> Run | None:
        """The run that waits for this source: a new one, enqueued with it or not at all, or the one that waits already.

        unless_since: None instead, where one was requested at that time or later. Raises SourceFault where there is no
        such source.
        """
        async with self._database.transaction() as connection:
            # Of two that ask at once the second finds what the first made.
            source_id, _ = await locked(connection, source, write=True)
            parameters = {"source": source_id, "by": by, "accept": accept_deletions}
            if unless_since is not None:
                since = {"source": source_id, "since": unless_since}
                if await connection.scalar(_SINCE, since):
                    return None
            waiting = await connection.scalar(_WAITING, parameters)
            if waiting is None:
                waiting = await connection.scalar(_REQUEST, parameters)
                await enqueue(connection, source, waiting)
            return _run((await connection.execute(_GET, {"id": waiting})).one())

    async def begin(self, source: str, *, by: str | None = None, accept_deletions: bool = False) -> Run:
        """One that runs now, in this process. Raises SourceFault where there is no such source."""
        async with self._database.transaction() as connection:
            source_id, _ = await locked(connection, source, write=False)
            parameters = {"source": source_id, "by": by, "accept": accept_deletions}
            made = await connection.scalar(_BEGIN, parameters)
            return _run((await connection.execute(_GET, {"id": made})).one())

    async def resume(self, id: int) -> Run | None:
        """One that waited, or that a killed process left: it runs now. None: it is over or gone."""
        async with self._database.transaction() as connection:
            if await connection.scalar(_RESUME, {"id": id}) is None:
                return None
            return _run((await connection.execute(_GET, {"id": id})).one())

    async def seen(self, id: int, done: int, total: int) -> bool:
        """Write its progress; whether it is to stop."""
        async with self._database.transaction() as connection:
            return bool(await connection.scalar(_SEEN, {"id": id, "done": done, "total": total}))

    async def wait(self, id: int) -> None:
        """It waits again, for whoever takes it up."""
        await self._change(_WAIT, id=id)

    async def forget(self, id: int) -> None:
        """It did not begin."""
        await self._change(_FORGET, id=id)

    async def done(self, id: int, report: Mapping[str, Any], then: Then = nothing_more) -> None:
        """Runs of its source that say they run since before it are over too: there is one at a time. then: what is to
        be done with it or not at all."""
        async with self._database.transaction() as connection:
            finish = {"id": id, "state": "done", "report": json.dumps(report), "fault": None}
            await connection.execute(_FINISH, finish)
            await then(connection)
        await self._change(_ELDERS, id=id, fault=INTERRUPTED)
        await self._change(_OLD, id=id, kept=KEPT)

    async def failed(self, id: int, fault: str) -> None:
        await self._change(_FINISH, id=id, state="failed", report=None, fault=fault)

    async def cancelled(self, id: int) -> None:
        await self._change(_FINISH, id=id, state="cancelled", report=None, fault=None)

    async def cancel(self, source: str) -> bool:
        """Have what waits not begin and what runs stop; whether there was any."""
        async with self._database.transaction() as connection:
            return bool((await connection.execute(_CANCEL, {"name": source})).all())

    async def get(self, id: int) -> Run | None:
        async with self._database.transaction() as connection:
            row = (await connection.execute(_GET, {"id": id})).one_or_none()
        return _run(row) if row else None

    async def latest(self) -> dict[str, Run]:
        """The newest of each source."""
        async with self._database.transaction() as connection:
            return {row.source: _run(row) for row in await connection.execute(_LATEST)}

    async def running(self, source: str, but: int) -> Run | None:
        """The newest that runs somewhere, but for one."""
        async with self._database.transaction() as connection:
            row = (await connection.execute(_RUNNING, {"name": source, "but": but})).one_or_none()
        return _run(row) if row else None

    async def _change(self, statement: Any, **parameters: object) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(statement, parameters)


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        source=row.source,
        state=row.state,
        by=row.by,
        accept_deletions=row.accept_deletions,
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        done=row.done,
        total=row.total,
        report=row.report,
        fault=row.fault,
        stale=row.stale,
    )


_RUN = f"""
    select run.*, source.name as source,
           run.state = 'running' and run.seen_at < now() - interval '{STALE_S} seconds' as stale
    from run join source on source.id = run.source_id
"""
_GET = text(f"{_RUN} where run.id = :id")
_LATEST = text(f"{_RUN} where run.id in (select max(id) from run group by source_id)")
_RUNNING = text(
    f"{_RUN} where run.state = 'running' and source.name = :name and run.id <> :but order by run.id desc limit 1"
)
_SINCE = text("select exists (select from run where source_id = :source and requested_at >= :since)")
_WAITING = text(
    "update run set accept_deletions = accept_deletions or :accept, by = coalesce(by, :by)"
    " where id = (select min(id) from run where source_id = :source and state = 'waiting' and not cancelling)"
    " returning id"
)
_REQUEST = text(
    "insert into run (source_id, state, by, accept_deletions) values (:source, 'waiting', :by, :accept) returning id"
)
_BEGIN = text(
    "insert into run (source_id, state, by, accept_deletions, started_at, seen_at)"
    " values (:source, 'running', :by, :accept, now(), now()) returning id"
)
_RESUME = text(
    "update run set state = 'running', started_at = coalesce(started_at, now()), seen_at = now(), fault = null"
    " where id = :id and state in ('waiting', 'running') and not cancelling returning id"
)
_SEEN = text(
    "update run set seen_at = now(), done = :done, total = :total where id = :id and state = 'running'"
    " returning cancelling"
)
_WAIT = text("update run set state = 'waiting' where id = :id and state = 'running'")
_FORGET = text("delete from run where id = :id")
_FINISH = text(
    "update run set state = :state, finished_at = now(), report = cast(:report as jsonb), fault = :fault,"
    " done = case when :state = 'done' then total else done end where id = :id"
)
_ELDERS = text(
    "update run set state = 'failed', finished_at = now(), fault = :fault"
    " where source_id = (select source_id from run where id = :id) and id < :id and state = 'running'"
)
_OLD = text(
    "delete from run where source_id = (select source_id from run where id = :id) and state not in"
    " ('waiting', 'running') and id not in"
    " (select id from run where source_id = (select source_id from run where id = :id) order by id desc limit :kept)"
)
_CANCEL = text(
    "update run set cancelling = true, state = case state when 'waiting' then 'cancelled' else state end,"
    " finished_at = case state when 'waiting' then now() end"
    " where source_id = (select id from source where name = :name) and state in ('waiting', 'running') returning id"
)
