"""What is done later, by whichever process has time: a queue in the same database, and the clock that fills it.

procrastinate holds the queue: it gives a job to one worker, knows which workers live, and lets two jobs with one lock
run after each other. A job names a run; what a run has to do and has done stands in its row, so a job may be tried
again by any process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import Any
from uuid import UUID

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision, exceptions
from procrastinate.jobs import Job, Status
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.indexing import Indexing
from bot.forgetting import Forgetting
from bot.worker import described, ended, supervised
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.errors import Fault
from retrieval.runs import INTERRUPTED, STALE_S, Run
from retrieval.schedule import last_time

_log = logging.getLogger(__name__)

QUEUE = "naru"
AT_ONCE = 2
"""Jobs that one process does at once: one that takes hours does not keep the others waiting."""
ATTEMPTS = 5
"""How often a job is begun, crashes of whole processes included."""
SWEEP_S = 60.0
"""Between two looks at the schedules and at what dead workers left."""
PATIENCE_S = 1.0
"""How long jobs may go on after the word to stop; the rest is done by whoever comes next."""
_HEARTBEAT_S = 5.0
_POLL_S = 2.0
_PAUSE_S = 30
_RESTART_S = 1.0

Embed = Callable[[], Awaitable[None]]
"""Gives vectors to the passages that have none."""


class JobFault(Fault):
    """Why a job ended, as the library may log it: without the error beneath, whose words could quote a text."""

    def __init__(self, sentence: str, *, again: bool = False) -> None:
        super().__init__(sentence)
        self.again = again


class Jobs:
    """zone: of the schedules. embed: what follows behind the text; None: there are no vectors. forgetting: erases;
    None: nobody is forgotten here. stale_s: a worker that was not heard of for so long is dead. sweep_s: between two
    looks at the clock."""

    def __init__(
        self,
        database: Database,
        indexing: Indexing,
        catalogue: Catalogue,
        zone: tzinfo,
        embed: Embed | None = None,
        forgetting: Forgetting | None = None,
        *,
        stale_s: float = STALE_S,
        sweep_s: float = SWEEP_S,
    ) -> None:
        self._database = database
        self._indexing = indexing
        self._catalogue = catalogue
        self._zone = zone
        self._embed = embed
        self._forgetting = forgetting
        self._stale_s = stale_s
        self._sweep_s = sweep_s
        options = {"application_name": "naru", "connect_timeout": 5}
        self._app = App(
            connector=PsycopgConnector(conninfo=database.conninfo, kwargs=options, min_size=1, max_size=AT_ONCE + 3)
        )
        self._app.task(name="reindex", queue=QUEUE, retry=_Again(), pass_context=True)(self._reindex)
        self._app.task(name="embed", queue=QUEUE, retry=_Again())(self._embedding)
        self._app.task(name="forget", queue=QUEUE, retry=_Again())(self._forget)

    # -- in --------------------------------------------------------------------------------------------------

    async def request(self, source: str, *, by: str | None = None, accept_deletions: bool = False) -> Run:
        """A run of this source that some process will do; the one that waits already, if there is one."""
        run = await self._indexing.runs.request(source, self._enqueue, by=by, accept_deletions=accept_deletions)
        assert run is not None
        return run

    async def due(self, now: datetime) -> None:
        """Request the runs that are due. Any number of processes may do it: for one time there is one run."""
        for source in [s.source for s in await self._catalogue.status() if s.active]:
            if source.schedule is not None:
                since = last_time(source.schedule, now.astimezone(self._zone))
                await self._indexing.runs.request(source.name, self._enqueue, unless_since=since)

    async def vectors(self) -> None:
        """Have the passages that are new embedded, once nothing more urgent is to do."""
        if self._embed is None:
            return
        with suppress(exceptions.AlreadyEnqueued):
            async with self._database.transaction() as connection:
                await self._defer(connection, "embed", "embed", queueing_lock="embed", priority=-1)

    async def forget(self, connection: AsyncConnection, id: UUID) -> None:
        """Have what was begun under this number (bot/forgetting.py) done by some process, from the commit of the
        connection's transaction on."""
        await self._defer(connection, "forget", f"forget {id}", queueing_lock=f"forget {id}", arguments={"id": str(id)})

    # -- out -------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """What is scheduled or waits is done meanwhile, in this event loop."""
        working = asyncio.create_task(supervised(self.run))
        try:
            yield
        finally:
            await ended(working, again_s=PATIENCE_S + 2)

    async def run(self) -> None:
        """Work until it is cancelled; what is begun then goes on elsewhere. A database that is away is waited for."""
        while True:
            async with self._app.open_async(), _beside(self._clock):
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=AT_ONCE,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=_POLL_S,
                    update_heartbeat_interval=_HEARTBEAT_S,
                    stalled_worker_timeout=self._stale_s,
                    shutdown_graceful_timeout=PATIENCE_S,
                )
            await asyncio.sleep(_RESTART_S)  # it ended by itself: the database was away

    async def _clock(self) -> None:
        while True:
            try:
                await self.due(datetime.now(UTC))
                await self._hand_on()
                await self._unforgotten()
            except (Fault, exceptions.ProcrastinateException) as error:
                _log.warning("the schedules were not looked at: %s", described(error))
            await asyncio.sleep(self._sweep_s - datetime.now(UTC).timestamp() % self._sweep_s)

    async def _hand_on(self) -> None:
        """What dead workers left is for others, until it has cost too many of them."""
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self._stale_s):
            with suppress(exceptions.ConnectorException):  # another process was first
                if job.attempts + 1 < ATTEMPTS:
                    await manager.retry_job(job)
                    continue
                await manager.finish_job(job, Status.FAILED, delete_job=True)
                if isinstance(run := job.task_kwargs.get("run"), int):
                    await self._indexing.runs.failed(run, INTERRUPTED)

    async def _unforgotten(self) -> None:
        """What was begun and has no job, because whoever was at it was killed, or began it at a console."""
        for id in await self._forgetting.unfinished() if self._forgetting else ():
            with suppress(exceptions.AlreadyEnqueued):
                async with self._database.transaction() as connection:
                    await self.forget(connection, id)

    async def _enqueue(self, connection: AsyncConnection, source: str, run: int) -> None:
        await self._defer(connection, "reindex", f"reindex {source}", arguments={"run": run})

    async def _defer(
        self,
        connection: AsyncConnection,
        task: str,
        lock: str,
        *,
        queueing_lock: str | None = None,
        priority: int = 0,
        arguments: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """In the transaction of the connection: a job is there with what it is for, or not at all."""
        driver: Any = (await connection.get_raw_connection()).driver_connection
        deferrer = self._app.configure_task(
            task, queue=QUEUE, lock=lock, queueing_lock=queueing_lock, priority=priority, connection=driver
        )
        await deferrer.defer_async(**arguments)

    async def _reindex(self, context: JobContext, run: int) -> None:
        again = context.job.attempts + 1 < ATTEMPTS
        try:
            await self._indexing.again(run)
        except asyncio.CancelledError:
            await self._indexing.runs.wait(run)
            raise
        except Fault as fault:
            if not again:
                await self._indexing.runs.failed(run, str(fault))
            raise JobFault(str(fault), again=again) from None
        except Exception as error:  # noqa: BLE001 - the edge of the job; what it becomes is raised
            _log.error("run %d failed: %s", run, described(error))
            await self._indexing.runs.failed(run, "It ended by an error of Naru: see its log.")
            raise JobFault(f"Run {run} ended by an error of Naru.") from None

    async def _embedding(self) -> None:
        if self._embed is None:
            return
        try:
            await self._embed()
        except Fault as fault:
            raise JobFault(str(fault), again=fault.again) from None
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("vectors were not made: %s", described(error))
            raise JobFault("Vectors were not made by an error of Naru.") from None

    async def _forget(self, id: str) -> None:
        if self._forgetting is None:
            return
        try:
            await self._forgetting.run(UUID(id))
        except Fault as fault:
            raise JobFault(str(fault), again=fault.again) from None
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("something was not forgotten: %s", described(error))
            raise JobFault("Something was not forgotten by an error of Naru.") from None


class _Again(BaseRetryStrategy):
    """What passes by itself is tried again, and so is what was cut off because its process was told to stop."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision()
        if isinstance(exception, Fault) and exception.again and job.attempts + 1 < ATTEMPTS:
            return RetryDecision(retry_in={"seconds": _PAUSE_S})
        return None


@asynccontextmanager
async def _beside(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """It runs for as long as the context is open."""
    task = asyncio.create_task(supervised(work))
    try:
        yield
    finally:
        await ended(task, again_s=PATIENCE_S + 2)
