"""Runs that wait in the queue: done once, by any process, on time, until somebody stops them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from procrastinate import App, PsycopgConnector
from sqlalchemy import text

from admin.indexing import Indexing, Reading
from admin.jobs import ATTEMPTS, Jobs
from retrieval.catalogue import Catalogue
from retrieval.database import Database
from retrieval.index import Index
from retrieval.parse.families import in_thread
from retrieval.passage import Source
from retrieval.runs import Run
from retrieval.search import Search
from retrieval.sources import Listed, Loaded, SourceFault
from tests.integration.retrieval.shelf import ANYONE, Shelf, a_source

PATIENCE_S = 30
HOURLY = "0 * * * *"


@dataclass
class Process:
    """A Naru that could do re-indexes, at the sources that a test lays out."""

    database: Database
    shelves: dict[str, Shelf]
    stale_s: float = 30.0
    embedded: list[None] = field(default_factory=list)

    def __post_init__(self) -> None:
        async def embed() -> None:
            self.embedded.append(None)

        async def changed() -> None:
            await self.jobs.vectors()

        self.catalogue = Catalogue(self.database)
        reading = Reading(lambda source: self.shelves[source.name], in_thread, changed=changed)
        self.indexing = Indexing(self.database, self.catalogue, reading)
        self.jobs = Jobs(
            self.database, self.indexing, self.catalogue, ZoneInfo("Asia/Seoul"), embed, stale_s=self.stale_s
        )

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.jobs.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def ends(self, run: Run) -> Run:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = await self.indexing.runs.get(run.id)
                assert found is not None
                if found.is_over:
                    return found
                await asyncio.sleep(0.02)

    async def written(self, source: str) -> int:
        """How many documents are there, once there is one: they are written beside the reading."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if known := await Index(self.database).known(source):
                    return len(known)
                await asyncio.sleep(0.02)


class Gate(Shelf):
    """Lets a test hold a document up."""

    def __init__(self, documents: dict[str, str | bytes], held: str) -> None:
        super().__init__(documents)
        self.held = held
        self.reached, self.open = asyncio.Event(), asyncio.Event()

    async def load(self, uri: str, version: str | None = None) -> Loaded | None:
        if uri == self.held:
            self.reached.set()
            await self.open.wait()
        return await super().load(uri, version)


@pytest.fixture
async def process(fresh_database: Database) -> Process:
    made = Process(fresh_database, {"wiki": Shelf({"a.md": "# 가\n\n연차"})})
    await made.catalogue.add(a_source("wiki"))
    return made


async def queued(database: Database) -> int:
    async with database.transaction() as connection:
        return int(await connection.scalar(text("select count(*) from procrastinate_jobs")) or 0)


async def test_a_run_that_waits_is_done_by_whoever_works_and_says_what_it_did(process: Process) -> None:
    run = await process.jobs.request("wiki", by="p1")
    assert (run.state, run.by) == ("waiting", "p1")
    async with process.working():
        done = await process.ends(run)
    assert done.state == "done"
    assert done.report is not None
    assert (done.report["added"], done.done, done.total) == (1, 1, 1)
    assert len(await Search(process.database)("연차", ANYONE)) == 1


async def test_two_that_ask_at_once_have_one_run(process: Process) -> None:
    first, *others = await asyncio.gather(*(process.jobs.request("wiki") for _ in range(4)))
    assert {other.id for other in others} == {first.id}
    assert await queued(process.database) == 1


async def test_a_run_of_a_source_that_is_not_there_is_refused(process: Process) -> None:
    with pytest.raises(SourceFault, match="no source 'nothing'"):
        await process.jobs.request("nothing")
    assert await queued(process.database) == 0


async def test_a_source_cannot_be_listed_and_its_run_says_why(process: Process) -> None:
    class Broken(Shelf):
        async def list(self) -> AsyncIterator[Listed]:
            raise SourceFault("The wiki is away.")
            yield

    process.shelves["wiki"] = Broken({})
    run = await process.jobs.request("wiki")
    async with process.working():
        failed = await process.ends(run)
    assert (failed.state, failed.fault) == ("failed", "The wiki is away.")
    (status,) = await process.catalogue.status()
    assert status.problem == "The wiki is away."


async def test_an_error_of_narus_own_ends_the_run_and_its_words_stand_in_no_log(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    class Wrong(Shelf):
        async def load(self, uri: str, version: str | None = None) -> Loaded | None:
            raise LookupError("what the document says")

    process.shelves["wiki"] = Wrong({"a.md": "x"})
    run = await process.jobs.request("wiki")
    async with process.working():
        failed = await process.ends(run)
        await until_queued(process.database, 0)
    assert failed.state == "failed"
    assert "LookupError" in caplog.text
    assert "what the document says" not in caplog.text


# On time


async def test_what_is_due_is_requested_once_however_many_look(process: Process) -> None:
    await process.catalogue.add(replace(a_source("nightly"), schedule=HOURLY))
    others = [Process(process.database, process.shelves) for _ in range(3)]
    now = datetime.now(UTC)
    await asyncio.gather(*(one.jobs.due(now) for one in (process, *others)))
    assert list(await process.indexing.runs.latest()) == ["nightly"]
    assert await queued(process.database) == 1


async def test_what_was_done_at_its_hour_is_not_due_until_the_next(process: Process) -> None:
    process.shelves["nightly"] = Shelf({"b.md": "# 나\n\n출장"})
    await process.catalogue.add(replace(a_source("nightly"), schedule=HOURLY))
    now = datetime.now(UTC)
    async with process.working():
        await process.jobs.due(now)
        first = await process.ends((await process.indexing.runs.latest())["nightly"])
        await process.jobs.due(now)
        assert (await process.indexing.runs.latest())["nightly"].id == first.id
        await process.jobs.due(now + timedelta(hours=1))
        assert (await process.indexing.runs.latest())["nightly"].id > first.id


async def test_a_source_that_is_no_longer_declared_is_not_re_indexed_by_its_schedule(process: Process) -> None:
    await process.catalogue.sync([replace(a_source("nightly"), schedule=HOURLY)])
    await process.catalogue.sync([])
    await process.jobs.due(datetime.now(UTC))
    assert await process.indexing.runs.latest() == {}


# Stopped


async def test_a_run_that_is_stopped_before_it_begins_does_not_begin(process: Process) -> None:
    run = await process.jobs.request("wiki")
    assert await process.indexing.runs.cancel("wiki")
    async with process.working():
        await until_queued(process.database, 0)
    assert (await process.ends(run)).state == "cancelled"
    assert await Search(process.database)("연차", ANYONE) == ()
    assert not await process.indexing.runs.cancel("wiki")


async def test_a_first_load_that_is_stopped_leaves_an_index_of_terms(process: Process) -> None:
    gate = process.shelves["wiki"] = Gate({f"{n:03}.md": f"# {n}\n\n연차" for n in range(20)}, "010.md")
    run = await process.jobs.request("wiki")
    async with process.working(), asyncio.timeout(PATIENCE_S):
        await gate.reached.wait()
        await process.database.alone("drop index passage_terms_idx")
        assert await process.indexing.runs.cancel("wiki")
        assert (await process.ends(run)).state == "cancelled"
        built = text("select to_regclass('passage_terms_idx') is not null")
        is_there = False
        while not is_there:
            async with process.database.transaction() as connection:
                is_there = bool(await connection.scalar(built))


async def test_a_run_that_is_stopped_keeps_what_it_did_and_the_next_goes_on(process: Process) -> None:
    documents: dict[str, str | bytes] = {f"{n:03}.md": f"# {n}\n\n연차" for n in range(260)}
    gate = process.shelves["wiki"] = Gate(documents, "255.md")
    run = await process.jobs.request("wiki")
    async with process.working():
        await gate.reached.wait()
        before = await process.written("wiki")
        assert await process.indexing.runs.cancel("wiki")
        stopped = await process.ends(run)
        assert (stopped.state, stopped.report) == ("cancelled", None)
        kept = len(await Index(process.database).known("wiki"))
        assert before <= kept < 260
        gate.open.set()
        gate.loaded.clear()
        whole = await process.ends(await process.jobs.request("wiki"))
    assert whole.report is not None
    assert (whole.report["added"], whole.report["unchanged"]) == (260 - kept, kept)


async def test_a_worker_that_is_told_to_stop_leaves_its_run_to_the_next(process: Process) -> None:
    gate = process.shelves["wiki"] = Gate({"a.md": "# 가\n\n연차"}, "a.md")
    run = await process.jobs.request("wiki")
    async with process.working():
        await gate.reached.wait()
    left = await process.indexing.runs.get(run.id)
    assert left is not None
    assert left.state == "waiting"
    gate.open.set()
    async with Process(process.database, process.shelves).working():
        assert (await process.ends(run)).state == "done"


# Left behind


async def dies_with_a_job(process: Process) -> None:
    """A worker takes a job and is never heard of again."""
    app = App(connector=PsycopgConnector(conninfo=process.database.conninfo))
    async with app.open_async():
        worker = await app.job_manager.register_worker()
        assert await app.job_manager.fetch_job(queues=None, worker_id=worker) is not None


async def test_what_a_dead_worker_left_is_done_by_another(process: Process) -> None:
    run = await process.jobs.request("wiki")
    await dies_with_a_job(process)
    assert await process.indexing.runs.resume(run.id) is not None
    other = Process(process.database, process.shelves, stale_s=0)
    async with other.working():
        assert (await process.ends(run)).state == "done"
    assert await queued(process.database) <= 1


async def test_a_run_that_kills_each_of_its_processes_is_given_up(process: Process) -> None:
    run = await process.jobs.request("wiki")
    async with process.database.transaction() as connection:
        await connection.execute(text("update procrastinate_jobs set attempts = :n"), {"n": ATTEMPTS - 1})
    await dies_with_a_job(process)
    other = Process(process.database, process.shelves, stale_s=0)
    async with other.working():
        failed = await process.ends(run)
    assert failed.state == "failed"
    assert "interrupted" in (failed.fault or "")


async def test_a_run_waits_for_one_that_a_person_began_elsewhere(process: Process) -> None:
    gate = process.shelves["wiki"] = Gate({"a.md": "# 가\n\n연차"}, "a.md")
    source = await process.catalogue.get("wiki")
    by_hand = asyncio.create_task(process.indexing.all([source], lambda *_: None, by="p1"))
    await gate.reached.wait()
    run = await process.jobs.request("wiki")
    async with process.working():
        await asyncio.sleep(0.3)
        gate.open.set()
        done = await process.ends(run)
    ((_, report),) = await by_hand
    assert not isinstance(report, Exception)
    assert done.report is not None
    assert (report.added, done.report["unchanged"]) == (1, 1)


# Vectors follow behind


async def test_vectors_follow_a_run_that_wrote_something_and_no_other(process: Process) -> None:
    async with process.working():
        await process.ends(await process.jobs.request("wiki"))
        await until_queued(process.database, 0)
        assert len(process.embedded) == 1
        await process.ends(await process.jobs.request("wiki"))
        await until_queued(process.database, 0)
        assert len(process.embedded) == 1


async def until_queued(database: Database, number: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if await queued(database) == number:
                return
            await asyncio.sleep(0.02)


async def test_a_person_may_run_a_source_whose_last_process_was_killed(process: Process) -> None:
    source: Source = await process.catalogue.get("wiki")
    killed = await process.indexing.runs.begin("wiki")
    ((_, report),) = await process.indexing.all([source], lambda *_: None)
    assert not isinstance(report, Exception)
    left = await process.indexing.runs.get(killed.id)
    assert left is not None
    assert left.state == "failed"
    with suppress(SourceFault):
        assert not await process.indexing.runs.cancel("wiki")
