"""What the inbox still holds of what is done, and for how long."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.inbox import Inbox
from bot.retention import Retention, events
from bot.slack.blocks import GOOD
from bot.slack.events import event_of
from retrieval.database import Database
from tests.integration.events import an_event, an_inbox, claimed, rows


@pytest.fixture
def inbox(fresh_database: Database, tmp_path: Path) -> Inbox:
    return an_inbox(fresh_database, tmp_path)


async def test_who_said_what_they_think_is_not_to_be_read_in_the_table(inbox: Inbox, fresh_database: Database) -> None:
    user = "U0HANEUL"
    payload = {
        "type": "block_actions",
        "user": {"id": user},
        "trigger_id": "1.2.x",
        "container": {"channel_id": "D1", "message_ts": "10.000100"},
        "actions": [{"action_id": GOOD, "value": "1", "action_ts": "11.000100"}],
    }
    clicked = event_of(payload, "UBOT", datetime.now(UTC))
    assert clicked is not None
    await inbox.put(clicked)
    await inbox.done(await claimed(inbox), "recorded")
    assert user not in str(await rows(fresh_database))


async def aged(database: Database, key: str, days: int) -> None:
    async with database.transaction() as connection:
        statement = text(
            "update inbox set done_at = done_at - make_interval(days => :days),"
            " received_at = received_at - make_interval(days => :days) where key = :key"
        )
        await connection.execute(statement, {"days": days, "key": key})


async def test_what_is_long_done_is_forgotten_and_nothing_else(inbox: Inbox, fresh_database: Database) -> None:
    names = ("long done", "done", "running", "waiting")
    events = {name: an_event(f"C{number}/1") for number, name in enumerate(names)}
    for name in names:
        await inbox.put(events[name])
    for _ in range(2):
        await inbox.done(await claimed(inbox), "answered")
    await claimed(inbox)
    for name, days in (("long done", 31), ("done", 29), ("running", 400), ("waiting", 400)):
        await aged(fresh_database, events[name].key, days)
    assert await inbox.forget(30, 10) == 1
    assert [row.key for row in await rows(fresh_database)] == [events[name].key for name in names[1:]]


async def test_what_is_forgotten_goes_in_batches_and_one_that_somebody_holds_is_passed_over(
    inbox: Inbox, fresh_database: Database
) -> None:
    events = [an_event(f"C{number}/1") for number in range(5)]
    for event in events:
        await inbox.put(event)
        await inbox.done(await claimed(inbox), "answered")
        await aged(fresh_database, event.key, 31)
    async with fresh_database.transaction() as connection:
        await connection.execute(text("select from inbox where key = :key for update"), {"key": events[0].key})
        assert [await inbox.forget(30, 3) for _ in range(3)] == [3, 1, 0]
    assert await inbox.forget(30, 3) == 1


async def test_retention_forgets_all_that_is_due_and_comes_again(inbox: Inbox, fresh_database: Database) -> None:
    async def done_long_ago(times: int) -> None:
        for number in range(times):
            event = an_event(f"C{number}/1")
            await inbox.put(event)
            await inbox.done(await claimed(inbox), "answered")
            await aged(fresh_database, event.key, 31)

    async def forgotten() -> None:
        async with asyncio.timeout(5):
            while await rows(fresh_database):  # noqa: ASYNC110 - what is committed sets no event
                await asyncio.sleep(0.02)

    await done_long_ago(5)
    running = asyncio.create_task(Retention({"events": events(inbox, 30)}, every_s=0.1, batch=2).run())
    await forgotten()
    await done_long_ago(1)
    await forgotten()
    running.cancel()
    await asyncio.wait({running})
