from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest

from bot.inbox import EXCUSED_S, Claimed, Inbox
from bot.seal import Seal
from bot.slack.faults import refusal
from bot.spool import Spool
from bot.worker import ATTEMPTS, Worker
from retrieval.database import Database, DatabaseFault
from retrieval.errors import Fault
from tests.integration.events import an_event, an_inbox, as_claimed, claimed, lease_runs_out, rows, run
from tests.integration.line import Line


@pytest.fixture
def inbox(fresh_database: Database, tmp_path: Path) -> Inbox:
    return an_inbox(fresh_database, tmp_path, lease_s=0.6)


class Desk:
    """Handles events as a test wants it, and remembers them."""

    def __init__(self, *errors: Exception) -> None:
        self.handled: list[Claimed] = []
        self.given_up: list[Claimed] = []
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()
        self._errors = list(errors)

    async def handle(self, claimed: Claimed) -> str:
        self.begun.set()
        await self.may_end.wait()
        if self._errors:
            raise self._errors.pop(0)
        self.handled.append(claimed)
        return "answered"

    async def give_up(self, claimed: Claimed) -> None:
        self.given_up.append(claimed)

    @property
    def events(self) -> list[str]:
        return [each.event.key for each in self.handled]


@asynccontextmanager
async def at_work(inbox: Inbox, desk: Desk, at_once: int = 8, pause_s: float = 0) -> AsyncIterator[Worker]:
    worker = Worker(inbox, desk.handle, desk.give_up, at_once=at_once, renew_s=0.15, pause_s=pause_s)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        await worker.stop(0)
        await running


async def until(condition: Callable[[], Awaitable[bool]], within_s: float = 10) -> None:
    deadline = monotonic() + within_s
    while not await condition():
        assert monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


def all_done(inbox: Inbox) -> Callable[[], Awaitable[bool]]:
    async def done() -> bool:
        return (await inbox.backlog()).count == 0

    return done


async def test_what_is_put_is_handled_at_once_and_in_a_thread_in_order(inbox: Inbox) -> None:
    desk = Desk()
    events = [an_event(f"C{n % 3}/1") for n in range(12)]
    async with at_work(inbox, desk):
        await asyncio.gather(*(inbox.put(event) for event in events[6:]))
        await asyncio.gather(*(inbox.put(event) for event in events[:6]))
        await until(all_done(inbox))
    assert sorted(desk.events) == sorted(event.key for event in events)


async def test_the_threads_order_holds_for_what_was_there_before(inbox: Inbox) -> None:
    desk = Desk()
    events = [an_event(f"C{n % 3}/1") for n in range(12)]
    for event in reversed(events):
        await inbox.put(event)
    async with at_work(inbox, desk):
        await until(all_done(inbox), within_s=3)  # and not a second for each: an end wakes the next
    for thread in range(3):
        mine = [event.key for event in events if event.thread == f"C{thread}/1"]
        assert [key for key in desk.events if key in mine] == mine


async def test_two_workers_share_the_work_and_never_an_event(
    inbox: Inbox, fresh_database: Database, tmp_path: Path
) -> None:
    desks = [Desk(), Desk()]
    for number in range(40):
        await inbox.put(an_event(f"C{number % 10}/1"))
    other = an_inbox(fresh_database, tmp_path, lease_s=0.6)
    async with at_work(inbox, desks[0], at_once=2), at_work(other, desks[1], at_once=2):
        await until(all_done(inbox))
    assert len(set(desks[0].events) | set(desks[1].events)) == 40
    assert len(desks[0].events) + len(desks[1].events) == 40


async def test_no_more_than_its_share_runs_at_once(inbox: Inbox, fresh_database: Database) -> None:
    desk = Desk()
    desk.may_end.clear()
    for number in range(5):
        await inbox.put(an_event(f"C{number}/1"))
    async with at_work(inbox, desk, at_once=2):
        await asyncio.wait_for(desk.begun.wait(), 5)
        await asyncio.sleep(0.3)
        assert [row.state for row in await rows(fresh_database)].count("running") == 2
        desk.may_end.set()
        await until(all_done(inbox))


async def test_work_longer_than_the_lease_stays_with_its_worker(inbox: Inbox) -> None:
    desk = Desk()
    desk.may_end.clear()
    await inbox.put(an_event())
    async with at_work(inbox, desk):
        await asyncio.wait_for(desk.begun.wait(), 5)
        await asyncio.sleep(1.5)
        assert await inbox.claim() is None
        desk.may_end.set()
        await until(all_done(inbox))
    assert [each.attempt for each in desk.handled] == [1]


async def test_a_worker_that_was_overtaken_stops_and_writes_nothing(inbox: Inbox, fresh_database: Database) -> None:
    desk = Desk()
    desk.may_end.clear()
    await inbox.put(an_event())
    async with at_work(inbox, desk, at_once=1):
        await asyncio.wait_for(desk.begun.wait(), 5)
        while (other := await inbox.claim()) is None:  # its own worker may renew in between
            await lease_runs_out(fresh_database)
        for _ in range(5):
            await asyncio.sleep(0.1)
            await inbox.renew(other)
        desk.may_end.set()
        await asyncio.sleep(0.1)
        assert desk.handled == []
        await inbox.done(other, "answered elsewhere")
    assert [(row.attempt, row.outcome) for row in await rows(fresh_database)] == [(2, "answered elsewhere")]


async def test_an_error_is_logged_without_its_words_and_the_event_tried_again(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(ValueError("연차는 15일"), KeyError("연차"))
    await inbox.put(an_event())
    async with at_work(inbox, desk):
        await until(all_done(inbox))
    assert [each.attempt for each in desk.handled] == [3]
    assert "ValueError" in caplog.text
    assert "test_worker.py" in caplog.text
    assert "연차" not in caplog.text


async def test_a_faults_sentence_is_logged(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    await inbox.put(an_event())
    async with at_work(inbox, Desk(Fault("Slack is away: wait."))):
        await until(all_done(inbox))
    assert "Slack is away: wait." in caplog.text


async def test_an_event_that_always_fails_ends_with_an_apology_and_frees_its_thread(
    inbox: Inbox, fresh_database: Database
) -> None:
    desk = Desk(*(ValueError() for _ in range(ATTEMPTS)))
    broken, fine = an_event(), an_event()
    await inbox.put(broken)
    await inbox.put(fine)
    async with at_work(inbox, desk):
        await until(all_done(inbox), within_s=15)
    assert [each.event for each in desk.given_up] == [as_claimed(broken)]
    assert desk.events == [fine.key]
    assert [row.outcome for row in await rows(fresh_database)] == ["failed", "answered"]


@pytest.mark.parametrize(
    "fault",
    [
        DatabaseFault("PostgreSQL is away."),
        refusal("chat.update", "unreachable"),
        refusal("chat.update", "ratelimited"),
    ],
)
async def test_what_passes_by_itself_ends_in_an_answer_however_often_it_fails(
    inbox: Inbox, fresh_database: Database, fault: Fault
) -> None:
    desk = Desk(*[fault] * (ATTEMPTS + 2))
    await inbox.put(an_event())
    async with at_work(inbox, desk, pause_s=0):
        await until(all_done(inbox), within_s=20)
    assert desk.given_up == []
    assert [row.outcome for row in await rows(fresh_database)] == ["answered"]


@pytest.mark.parametrize("fault", [ValueError(), Fault("A mistake."), refusal("chat.update", "invalid_blocks")])
async def test_what_no_time_mends_ends_in_an_apology(inbox: Inbox, fault: Exception) -> None:
    desk = Desk(*[fault] * (ATTEMPTS + 2))
    await inbox.put(an_event())
    async with at_work(inbox, desk, pause_s=0):
        await until(all_done(inbox), within_s=20)
    assert [each.attempt for each in desk.given_up] == [ATTEMPTS + 1]


async def test_what_does_not_pass_in_time_ends_in_an_apology(inbox: Inbox, fresh_database: Database) -> None:
    desk = Desk(*[DatabaseFault("PostgreSQL is away.")] * (ATTEMPTS + 2))
    await inbox.put(an_event())
    await run(fresh_database, f"update inbox set received_at = now() - interval '{EXCUSED_S + 1} seconds'")
    async with at_work(inbox, desk, pause_s=0):
        await until(all_done(inbox), within_s=20)
    assert [each.attempt for each in desk.given_up] == [ATTEMPTS + 1]


async def test_an_event_that_ends_its_process_each_time_ends_in_an_apology_after_an_excused_attempt_too(
    inbox: Inbox, fresh_database: Database
) -> None:
    desk = Desk()
    await inbox.put(an_event())
    await inbox.release(await claimed(inbox), excused=True)
    for _ in range(ATTEMPTS):
        await claimed(inbox)  # by a process that is killed
        await lease_runs_out(fresh_database)
    async with at_work(inbox, desk):
        await until(all_done(inbox))
    assert (len(desk.given_up), desk.handled) == (1, [])


async def test_after_each_attempt_that_failed_the_wait_is_longer_and_the_thread_waits_too(
    inbox: Inbox, fresh_database: Database
) -> None:
    begun: list[tuple[str, float]] = []

    async def handle(claimed: Claimed) -> str:
        begun.append((claimed.event.key, monotonic()))
        if claimed.event.key == broken.key and claimed.attempt < 4:
            raise ValueError
        return "answered"

    broken, fine = an_event(), an_event()
    await inbox.put(broken)
    await inbox.put(fine)
    worker = Worker(inbox, handle, Desk().give_up, pause_s=0.4)
    running = asyncio.create_task(worker.run())
    await until(all_done(inbox), within_s=20)
    await worker.stop(0)
    await running
    assert [key for key, _ in begun] == [broken.key] * 4 + [fine.key]
    times = [at for _, at in begun]
    for number, doubled in enumerate((1, 2, 4)):
        assert times[number + 1] - times[number] >= 0.4 * doubled * 0.75


async def test_a_failure_while_the_database_is_away_does_not_count(
    fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    desk = Desk(DatabaseFault("PostgreSQL is away."))
    desk.may_end.clear()
    async with Line(fresh_url) as line:
        database = Database(line.url)
        async with at_work(an_inbox(database, tmp_path), desk):
            await an_inbox(fresh_database, tmp_path).put(an_event())
            await asyncio.wait_for(desk.begun.wait(), 5)
            await line.cut()
            desk.may_end.set()
            await asyncio.sleep(0.5)
            await line.mend()
            await until(all_done_after(desk, 1))
        await database.close()
    assert [(each.attempt, each.tries) for each in desk.handled] == [(2, 1)]


async def test_an_event_that_cannot_be_read_ends_with_an_apology(
    inbox: Inbox, fresh_database: Database, tmp_path: Path
) -> None:
    other, desk = Seal(b"o" * 32), Desk()
    await Inbox(fresh_database, other, Spool(tmp_path / "other", other)).put(an_event())
    async with at_work(inbox, desk):
        await until(all_done(inbox))
    assert (len(desk.given_up), desk.handled) == (1, [])


async def test_stopping_lets_what_runs_finish_and_begins_nothing(inbox: Inbox) -> None:
    desk = Desk()
    desk.may_end.clear()
    first, second = an_event(), an_event()
    await inbox.put(first)
    await inbox.put(second)
    async with at_work(inbox, desk) as worker:
        await asyncio.wait_for(desk.begun.wait(), 5)
        stopping = asyncio.create_task(worker.stop(5))
        await asyncio.sleep(0.1)
        desk.may_end.set()
        await stopping
    assert desk.events == [first.key]
    assert (await claimed(inbox)).event == as_claimed(second)


async def test_what_does_not_finish_in_time_is_given_to_another_at_once(inbox: Inbox) -> None:
    desk = Desk()
    desk.may_end.clear()
    await inbox.put(an_event())
    async with at_work(inbox, desk) as worker:
        await asyncio.wait_for(desk.begun.wait(), 5)
        await worker.stop(0.1)
        assert (await claimed(inbox)).attempt == 2
    assert desk.handled == []


async def test_stopping_while_the_database_is_silent_takes_no_longer_for_many_than_for_one(
    fresh_url: str, tmp_path: Path
) -> None:
    many, lease_s, desk = 8, 1.0, Desk()
    desk.may_end.clear()
    async with Line(fresh_url) as line:
        database = Database(line.url)
        inbox = an_inbox(database, tmp_path, lease_s=lease_s)
        for number in range(many):
            await inbox.put(an_event(f"C{number}/1"))
        begun = list[Claimed]()

        async def handle(claimed: Claimed) -> str:
            begun.append(claimed)
            return await desk.handle(claimed)

        async def all_begun() -> bool:
            return len(begun) == many

        worker = Worker(inbox, handle, desk.give_up, at_once=many, renew_s=0.15)
        running = asyncio.create_task(worker.run())
        await until(all_begun)
        line.hush()
        began = monotonic()
        await worker.stop(0)
        assert monotonic() - began < many * lease_s / 2
        line.speak()
        await running
        await database.close()


async def test_a_worker_outlives_its_database_and_takes_up_what_was_spooled(
    fresh_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    async with Line(fresh_url) as line:
        database = Database(line.url)
        inbox = an_inbox(database, tmp_path, lease_s=0.6)
        async with at_work(inbox, desk):
            await inbox.put(an_event())
            await until(all_done(inbox))
            await line.cut()
            events = [an_event() for _ in range(5)]
            for event in events:
                assert await inbox.put(event)
            await asyncio.sleep(1.2)
            await line.mend()
            await until(all_done_after(desk, 6), within_s=5)
        await database.close()
    assert desk.events[1:] == [event.key for event in events]
    assert [record.name for record in caplog.records].count("bot.worker") == 1  # it says so once, not each second


async def test_work_that_ends_while_the_database_is_away_is_done_when_it_is_back(
    fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    desk = Desk()
    desk.may_end.clear()
    async with Line(fresh_url) as line:
        database = Database(line.url)
        inbox = an_inbox(database, tmp_path)
        async with at_work(inbox, desk):
            await inbox.put(an_event())
            await asyncio.wait_for(desk.begun.wait(), 5)
            await line.cut()
            desk.may_end.set()
            await asyncio.sleep(0.5)
            await line.mend()
            await until(all_done(an_inbox(fresh_database, tmp_path)))
        await database.close()
    assert [each.attempt for each in desk.handled] == [1]


def all_done_after(desk: Desk, handled: int) -> Callable[[], Awaitable[bool]]:
    async def done() -> bool:
        return len(desk.handled) >= handled

    return done
