"""Kills the handling of a mention or a command at its k-th await: `python -m tests.integration.mortal_answer < PLAN`.

The plan: {"bot": our user id, "events": [{"payload": of Slack, "dies_at": its step}, ...]}; settings come from the
environment. One that dies at no step says how many there were: {"steps"}; the others are resumed by another process
and say whether they died: {"killed"}. One JSON line for each. How: see mortal.py.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from admin.app import opened
from admin.slack import SlackOperations
from bot.settings import Settings
from bot.slack.answering import Answering
from bot.slack.app import http_session, web_client
from bot.slack.budget import UpdateBudget
from bot.slack.commands import Commands
from bot.slack.events import event_of
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.slack.posted import Posted
from bot.spool import Spool
from bot.worker import Worker
from retrieval.database import Database
from tests.builders import no_directory
from tests.integration.events import run
from tests.integration.mortal import KILLED, Counted, UntilEmpty, in_a_child, report
from tests.standins.slack import TEAM

Payload = Mapping[str, Any]


async def answer(bot: str, payload: Payload | None, dies_at: int | None = None) -> None:
    """Wired as in admin/slack.py, until nothing is left. payload: comes in first; None: what a dead worker left."""
    async with opened(Settings.load(), sync=False) as app:
        slack = app.settings.slack
        assert slack.bot_token is not None
        client = web_client(slack.bot_token.get_secret_value(), http_session(), api_url=slack.api_url)
        people = SlackPeople(client, TEAM, no_directory)
        database = Database(app.url)
        inbox = UntilEmpty(database, app.seal, Spool(app.settings.home / "spool", app.seal))
        if payload is None:
            await run(database, "update inbox set lease = now() where state = 'running'")
        elif event := event_of(payload, bot, datetime.now(UTC)):
            await inbox.put(event)
        await inbox.count()
        door = SlackDoor(client, bot_user=bot, budget=UpdateBudget())
        answering = Answering(
            inbox=inbox,
            door=door,
            people=people,
            deps=replace(app.deps, people=people, operator=None),
            commands=Commands(inbox, door, people, app.deps.records, SlackOperations(app)),
            bot_user=bot,
            team=TEAM,
            longest=app.settings.answer.max_question_chars,
            posted=Posted(database, app.seal),
            streaming=slack.streaming,
        )
        steps = counting(dies_at)
        running = asyncio.create_task(Worker(inbox, answering.handle, answering.give_up).run())
        emptied = asyncio.create_task(inbox.empty.wait())
        await asyncio.wait({running, emptied}, return_when=asyncio.FIRST_COMPLETED)
        if payload is not None and dies_at is None:
            report(steps=steps())
        os._exit(0)  # a worker that ends well gives nothing up, which would be steps after the last


def counting(dies_at: int | None) -> Callable[[], int]:
    """From here on every step of a new task counts; the process does not survive the one with this number."""
    numbers, taken = count(), 0

    def step() -> None:
        nonlocal taken
        taken = next(numbers)
        if taken == dies_at:
            os._exit(KILLED)

    def counted(loop: asyncio.AbstractEventLoop, inner: Any, **options: Any) -> asyncio.Task[Any]:
        return asyncio.Task(Counted(inner, step), loop=loop, **options)

    asyncio.get_running_loop().set_task_factory(counted)
    return lambda: taken


def main(bot: str, events: list[dict[str, Any]]) -> None:
    for event in events:
        died = in_a_child(answer(bot, event["payload"], event["dies_at"]))
        if event["dies_at"] is not None:
            in_a_child(answer(bot, None))
            report(killed=died == KILLED)


if __name__ == "__main__":
    main(**json.load(sys.stdin))
