from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.inbox import EXCUSED_S, Claimed, Event, Fenced, Inbox, InboxFault
from bot.seal import Seal
from bot.spool import Spool
from retrieval.database import Database, DatabaseFault
from tests.integration.events import SEAL, an_event, an_inbox, as_claimed, claimed, lease_runs_out, rows, run
from tests.integration.line import Line

STEPS = ("put", "put", "claim", "claim", "done", "lapse")


@pytest.fixture
def inbox(fresh_database: Database, tmp_path: Path) -> Inbox:
    return an_inbox(fresh_database, tmp_path)


async def test_a_redelivered_event_is_one_row_and_one_claim(inbox: Inbox, fresh_database: Database) -> None:
    event = an_event()
    assert [await inbox.put(event) for _ in range(3)] == [True, False, False]
    assert len(await rows(fresh_database)) == 1
    await inbox.done(await claimed(inbox), "answered")
    assert await inbox.put(event) is False
    assert await inbox.claim() is None


async def test_a_claim_brings_back_the_event_and_its_question_has_one_id_for_ever(
    inbox: Inbox, fresh_database: Database
) -> None:
    event = an_event(text="연차는 며칠인가요?", files=["F1", {"name": "a"}])
    await inbox.put(event)
    first = await claimed(inbox)
    await inbox.placed(first, "1700000001.000200")
    await lease_runs_out(fresh_database)
    second = await claimed(inbox)
    assert first.event == second.event == as_claimed(event)
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.question == second.question
    assert (first.placeholder, second.placeholder) == (None, "1700000001.000200")


async def test_a_text_is_sealed_in_the_table_and_gone_when_done(inbox: Inbox, fresh_database: Database) -> None:
    for keep in (False, True):
        await inbox.put(an_event(text="연차"))
        assert "연차".encode() not in (await rows(fresh_database, "body"))[-1].body
        await inbox.done(await claimed(inbox), "answered", keep=keep)
    assert [row.body is not None for row in await rows(fresh_database, "body")] == [False, True]


async def test_an_event_sealed_with_another_key_is_claimed_without_its_text(
    inbox: Inbox, fresh_database: Database, tmp_path: Path
) -> None:
    other = Seal(b"o" * 32)
    await Inbox(fresh_database, other, Spool(tmp_path / "other", other)).put(an_event())
    found = await claimed(inbox)
    assert (found.readable, found.event.body) == (False, {})


async def test_a_thread_is_worked_through_one_by_one_and_threads_side_by_side(inbox: Inbox) -> None:
    second, first, elsewhere = an_event("C1/2", "20.0"), an_event("C1/2", "10.0"), an_event("C2/1", "30.0")
    for event in (second, first, elsewhere):
        await inbox.put(event)
    running = [await claimed(inbox), await claimed(inbox)]
    assert [each.event for each in running] == [as_claimed(first), as_claimed(elsewhere)]
    assert await inbox.claim() is None
    await inbox.done(running[0], "answered")
    assert (await claimed(inbox)).event == as_claimed(second)


async def test_an_older_event_that_comes_late_waits_for_the_one_that_runs(inbox: Inbox) -> None:
    await inbox.put(an_event(ts="20.0"))
    running = await claimed(inbox)
    late = an_event(ts="10.0")
    await inbox.put(late)
    assert await inbox.claim() is None
    await inbox.done(running, "answered")
    assert (await claimed(inbox)).event == as_claimed(late)


async def test_twenty_that_claim_at_once_never_share_an_event_or_a_thread(inbox: Inbox) -> None:
    for number in range(30):
        await inbox.put(an_event(f"C{number % 5}/1"))
    found = [each for each in await asyncio.gather(*(inbox.claim() for _ in range(20))) if each]
    assert found
    threads = [each.event.thread for each in found]
    assert len(set(threads)) == len(threads)
    assert set(threads) <= {SEAL.pseudonym(f"C{n}/1") for n in range(5)}


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])  # it empties the table itself
async def test_events_of_a_thread_are_never_claimed_out_of_order_or_two_at_once(
    data: st.DataObject, inbox: Inbox, fresh_database: Database
) -> None:
    """Puts, claims, ends and lost leases in any order, against a model of who may run."""
    await run(fresh_database, "truncate inbox")
    waiting: list[Event] = []
    held: list[Claimed] = []
    lapsed: list[Claimed] = []
    times = list(data.draw(st.permutations(range(10, 18))))
    for step in data.draw(st.lists(st.sampled_from(STEPS), max_size=24)):
        busy = {each.event.thread for each in held}
        if step == "put" and times:
            event = an_event(f"C{data.draw(st.integers(0, 2))}/1", f"{times.pop()}.0")
            await inbox.put(event)
            waiting.append(as_claimed(event))
        elif step == "claim":
            found = await inbox.claim()
            blocked = busy | {each.event.thread for each in lapsed}
            turns = [
                *(each.event for each in lapsed),
                *(event for event in waiting if event.thread not in blocked and event == first_of(event, waiting)),
            ]
            assert (found and found.event) == min(turns, key=lambda event: event.ts, default=None)
            if found:
                waiting = [event for event in waiting if event != found.event]
                lapsed = [each for each in lapsed if each.event != found.event]
                held.append(found)
        elif step == "done" and held:
            await inbox.done(held.pop(), "answered")
        elif step == "lapse" and held:
            lapsed.append(held.pop())
            await inbox.release(lapsed[-1])


def first_of(event: Event, events: list[Event]) -> Event:
    return min((each for each in events if each.thread == event.thread), key=lambda each: each.ts)


async def test_a_worker_whose_lease_was_taken_can_write_nothing(inbox: Inbox, fresh_database: Database) -> None:
    await inbox.put(an_event())
    paused = await claimed(inbox)
    await lease_runs_out(fresh_database)
    new = await claimed(inbox)
    before = await rows(fresh_database)
    for write in (
        inbox.renew(paused), inbox.release(paused), inbox.placed(paused, "1.0"), inbox.done(paused, "answered"),
    ):  # fmt: skip
        with pytest.raises(Fenced):
            await write
    assert await rows(fresh_database) == before
    await inbox.done(new, "answered")
    with pytest.raises(Fenced):
        await inbox.done(paused, "answered")


async def test_a_renewed_lease_is_not_taken_and_an_expired_one_is(fresh_database: Database, tmp_path: Path) -> None:
    inbox = an_inbox(fresh_database, tmp_path, lease_s=0.4)
    await inbox.put(an_event())
    mine = await claimed(inbox)
    for _ in range(4):
        await asyncio.sleep(0.2)
        await inbox.renew(mine)
        assert await inbox.claim() is None
    await asyncio.sleep(0.5)
    assert (await claimed(inbox)).attempt == 2


async def test_what_is_done_stays_done_and_saying_it_again_is_no_error(inbox: Inbox) -> None:
    await inbox.put(an_event())
    mine = await claimed(inbox)
    await inbox.done(mine, "answered")
    await inbox.done(mine, "answered")
    with pytest.raises(Fenced):
        await inbox.renew(mine)


async def test_an_edit_finds_the_message_that_shows_the_answer(inbox: Inbox) -> None:
    event = an_event(ts="10.000100")
    await inbox.put(event)
    assert await inbox.placeholder_of("C1", "10.000100") is None
    await inbox.placed(await claimed(inbox), "11.000200")
    assert await inbox.placeholder_of("C1", "10.000100") == "11.000200"
    assert await inbox.placeholder_of("C2", "10.000100") is None


# -- attempts that do not count ------------------------------------------------------------------------------


async def test_an_attempt_that_is_excused_does_not_count_and_still_fences(inbox: Inbox) -> None:
    await inbox.put(an_event())
    first = await claimed(inbox)
    await inbox.release(first)
    second = await claimed(inbox)
    assert (second.attempt, second.tries) == (2, 1)
    with pytest.raises(Fenced):
        await inbox.release(first)
    await inbox.release(second, excused=False)
    third = await claimed(inbox)
    assert (third.attempt, third.tries) == (3, 2)


async def test_an_attempt_that_ended_without_a_word_counts(inbox: Inbox, fresh_database: Database) -> None:
    await inbox.put(an_event())
    for tries in (1, 2, 3):
        assert (await claimed(inbox)).tries == tries
        await lease_runs_out(fresh_database)


async def test_once_nobody_hopes_for_the_answer_every_attempt_counts(inbox: Inbox, fresh_database: Database) -> None:
    await inbox.put(an_event())
    for _ in range(3):
        await inbox.release(await claimed(inbox))
    await run(fresh_database, f"update inbox set received_at = now() - interval '{EXCUSED_S + 1} seconds'")
    await inbox.release(await claimed(inbox))
    again = await claimed(inbox)
    assert (again.attempt, again.tries) == (5, 2)


async def test_what_is_released_for_later_keeps_its_thread_waiting_and_no_other(
    inbox: Inbox, fresh_database: Database
) -> None:
    first, second, elsewhere = an_event(), an_event(), an_event("C2/1")
    for event in (first, second, elsewhere):
        await inbox.put(event)
    await inbox.release(await claimed(inbox), after_s=60)
    assert (await claimed(inbox)).event == as_claimed(elsewhere)
    assert await inbox.claim() is None
    await lease_runs_out(fresh_database)
    assert (await claimed(inbox)).event == as_claimed(first)


async def test_the_backlog_is_what_is_not_done(inbox: Inbox, fresh_database: Database) -> None:
    assert (await inbox.backlog()).count == 0
    for _ in range(3):
        await inbox.put(an_event())
    await inbox.done(await claimed(inbox), "answered")
    await claimed(inbox)
    await run(fresh_database, "update inbox set received_at = now() - interval '1 minute' where state = 'running'")
    backlog = await inbox.backlog()
    assert backlog.count == 2
    assert 60 <= backlog.oldest_s < 70


# -- while the database is away ------------------------------------------------------------------------------


async def test_a_silent_database_costs_the_patience_once_and_nothing_is_lost_or_doubled(
    line: Line, behind_the_line: Database, fresh_database: Database, tmp_path: Path
) -> None:
    inbox = an_inbox(behind_the_line, tmp_path, patience_s=2)
    events = [an_event() for _ in range(12)]
    await inbox.put(events[0])
    line.hush()
    started = monotonic()
    assert all(await asyncio.gather(*(inbox.put(event) for event in events[:9])))
    assert monotonic() - started < 4
    started = monotonic()
    assert all(await asyncio.gather(*(inbox.put(event) for event in events[9:])))
    assert monotonic() - started < 1.5
    line.speak()  # late statements arrive after all, beside their copies in the spool
    assert await an_inbox(fresh_database, tmp_path).drain_spool() <= 11
    stored = await rows(fresh_database, "key")
    assert [row.key for row in stored] == [event.key for event in events]


async def test_a_held_lock_sends_an_event_to_the_spool_too(
    inbox: Inbox, fresh_database: Database, tmp_path: Path
) -> None:
    impatient = an_inbox(fresh_database, tmp_path, patience_s=0.3)
    async with fresh_database.transaction() as connection:
        await connection.execute(text("lock table inbox in access exclusive mode"))
        assert await impatient.put(an_event())
    assert await inbox.drain_spool() + len(await rows(fresh_database)) >= 1
    assert len(await rows(fresh_database)) == 1


async def test_events_of_a_database_that_is_gone_come_out_of_the_spool_in_order(
    line: Line, behind_the_line: Database, tmp_path: Path
) -> None:
    inbox = an_inbox(behind_the_line, tmp_path)
    await line.cut()
    events = [an_event() for _ in range(5)]
    for event in reversed(events):
        assert await inbox.put(event)
    with pytest.raises(DatabaseFault):
        await inbox.drain_spool()
    await line.mend()
    assert await inbox.drain_spool() == 5
    assert await inbox.drain_spool() == 0
    assert [row.key for row in await rows(behind_the_line, "key")] == [event.key for event in events]


async def test_two_processes_that_drain_one_spool_store_each_event_once(
    line: Line, behind_the_line: Database, fresh_database: Database, tmp_path: Path
) -> None:
    await line.cut()
    inbox = an_inbox(behind_the_line, tmp_path)
    await asyncio.gather(*(inbox.put(an_event()) for _ in range(20)))
    both = [an_inbox(fresh_database, tmp_path) for _ in range(2)]
    assert sum(await asyncio.gather(*(one.drain_spool() for one in both))) == 20
    assert len(await rows(fresh_database)) == 20


async def test_an_event_that_can_be_kept_nowhere_is_not_acked(
    line: Line, behind_the_line: Database, tmp_path: Path
) -> None:
    inbox = an_inbox(behind_the_line, tmp_path)
    await line.cut()
    (tmp_path / "spool").rmdir()
    with pytest.raises(InboxFault, match="neither in PostgreSQL nor in the spool") as fault:
        await inbox.put(an_event(text="연차"))
    assert "연차" not in str(fault.value)


async def test_a_spooled_event_of_another_release_is_kept_aside_and_stops_nobody(
    inbox: Inbox, fresh_database: Database, tmp_path: Path
) -> None:
    spool = Spool(tmp_path / "spool", SEAL)
    for broken in ("no json", '{"key": "1"}', "[]"):
        await spool.put(Decimal(1), "key", broken)
    await spool.put(Decimal(2), "key", json.dumps(asdict(an_event())))
    assert await inbox.drain_spool() == 1
    assert spool.names() == []


# -- wakeups -------------------------------------------------------------------------------------------------


async def test_a_new_event_and_the_end_of_one_wake_whoever_listens(inbox: Inbox) -> None:
    async with aclosing(inbox.wakeups()) as wakeups:
        await anext(wakeups)  # it listens now
        for change in (inbox.put(an_event()), inbox.put(an_event())):
            await change
            started = monotonic()
            await anext(wakeups)
            assert monotonic() - started < 0.8
        mine = await claimed(inbox)
        await inbox.done(mine, "answered")
        started = monotonic()
        await anext(wakeups)
        assert monotonic() - started < 0.8


async def test_wakeups_go_on_each_second_without_a_database_and_with_it_again(
    line: Line, behind_the_line: Database, tmp_path: Path
) -> None:
    inbox = an_inbox(behind_the_line, tmp_path)
    async with aclosing(inbox.wakeups()) as wakeups:
        await anext(wakeups)
        await line.cut()
        started = monotonic()
        await anext(wakeups)
        await anext(wakeups)
        assert monotonic() - started < 3
        await line.mend()
        while monotonic() - started < 10:
            await inbox.put(an_event())
            at = monotonic()
            await anext(wakeups)
            if monotonic() - at < 0.3:
                return
        pytest.fail("nobody listened again")
