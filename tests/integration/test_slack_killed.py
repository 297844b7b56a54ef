"""The answering of a mention, killed at its awaits and resumed, or overtaken: answered exactly once.

A sample spread over all of them; NARU_TEST_EVERY_AWAIT=1 kills at every one, which takes minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from admin.slack import SlackOperations
from bot.inbox import Fenced, Inbox
from bot.slack.answering import Answering
from bot.slack.app import http_session, web_client
from bot.slack.budget import UpdateBudget
from bot.slack.commands import Commands
from bot.slack.events import event_of
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.slack.posted import Posted
from retrieval.database import Database
from tests.builders import no_directory
from tests.integration.company import Company, company
from tests.integration.events import an_inbox, claimed, lease_runs_out, rows, until
from tests.standins.openai import Says
from tests.standins.slack import TEAM, Channel, Delayed, Limit, Message, SlackStandIn, User, Workspace
from tests.standins.slack.events import mentioned

ROOT = Path(__file__).parent.parent.parent
SAMPLED = 8
DRAFTED = Says("연차는 15일입니다. 3영업일 전에 올립니다. [1]", delay_s=0.03)
DOCUMENTS = {"public/leave.md": "# 휴가 규정\n\n## 연차\n\n연차는 1년에 15일이고 3영업일 전에 올립니다.\n"}
RELAXED = dict.fromkeys(
    (Limit.METHOD_RATE, Limit.POST_RATE), "minutes of questions are asked within seconds, each by a process of its own"
)


async def handled(
    naru: Company, slack: SlackStandIn, payloads: Sequence[Mapping[str, Any]], deaths: Sequence[int | None]
) -> Any:
    """What each of the processes that handle these said."""
    endpoints = naru.app.settings.models
    environment = {
        "NARU_CONFIG": str(naru.folder / "naru.toml"),
        "NARU_HOME": str(naru.folder / "home"),
        "NARU_DATABASE_URL": naru.app.url,
        "NARU_CLOUD_BASE_URL": str(endpoints.cloud.base_url),
        "NARU_CLOUD_MODEL": "far",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_API_URL": slack.api_url,
    }
    events = [{"payload": payload, "dies_at": death} for payload, death in zip(payloads, deaths, strict=True)]
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.mortal_answer"),
        cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    out, err = await child.communicate(json.dumps({"bot": slack.workspace.bot.id, "events": events}).encode())
    assert child.returncode == 0, err.decode()
    return [json.loads(line) for line in out.splitlines()]


async def answered(naru: Company, slack: SlackStandIn, asked: Sequence[Message], deaths: Sequence[int | None]) -> Any:
    payloads = [{"type": "event_callback", "event": mentioned(message, slack.workspace)} for message in asked]
    return await handled(naru, slack, payloads, deaths)


async def asks(slack: SlackStandIn, user: User, channel: Channel, times: int) -> list[Message]:
    """A number in each says whose question a request to the model carries."""
    bot = slack.workspace.bot.id
    return [await slack.says(user, channel, f"<@{bot}> 연차는 며칠인가요? #{n:04d}") for n in range(times)]


@pytest.mark.parametrize("streaming", [False, True], ids=["edits", "streams"])
async def test_a_mention_whose_worker_is_killed_anywhere_is_answered_exactly_once(
    streaming: bool, fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    made = Workspace()
    user = made.user("haneul")
    channel = made.channel("general", members=[user, made.bot])
    async with (
        company(tmp_path, fresh_url, DOCUMENTS, cloud=(DRAFTED,)) as naru,
        SlackStandIn(made, subscriptions=(), relaxed=RELAXED) as slack,
    ):
        with (naru.folder / "naru.toml").open("a", encoding="utf-8") as config:
            config.write(f"[slack]\nstreaming = {str(streaming).lower()}\n")
        (whole,) = await answered(naru, slack, await asks(slack, user, channel, 1), [None])
        steps = whole["steps"]
        assert steps > 100
        calls = len(naru.cloud.requests)
        count = steps if os.environ.get("NARU_TEST_EVERY_AWAIT") else SAMPLED
        deaths = [number * steps // count for number in range(count)]
        asked = await asks(slack, user, channel, count)
        killed = await answered(naru, slack, asked, deaths)
        # The last few steps may not come: how many there are differs a little from run to run.
        assert [each["killed"] for each in killed[: count * 9 // 10]] == [True] * (count * 9 // 10)

        for message in asked:
            (only,) = slack.replies(message)
            assert "feedback_good" in str(only.blocks)
            assert only.streaming_since is None
        heard = Counter(str(request.json["messages"]).rpartition("#")[2][:4] for request in naru.cloud.requests[calls:])
        assert len(heard) == count
        assert max(heard.values()) <= 2
        states = [(row.state, row.outcome, row.attempt <= 2) for row in await rows(fresh_database)]
        assert states == [("done", "answered", True)] * (count + 1)


@dataclass(frozen=True)
class Desk:
    """One mention in the inbox, and what answers it."""

    naru: Company
    slack: SlackStandIn
    inbox: Inbox
    answering: Answering
    asked: Message


@asynccontextmanager
async def a_mention(folder: Path, database: Database, url: str, *cloud: Says) -> AsyncIterator[Desk]:
    made = Workspace()
    user, bot = made.user("haneul"), made.bot.id
    channel = made.channel("general", members=[user, made.bot])
    async with (
        company(folder, url, DOCUMENTS, cloud=cloud) as naru,
        SlackStandIn(made, subscriptions=(), relaxed=RELAXED) as slack,
        http_session() as session,
    ):
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        people, inbox = SlackPeople(client, TEAM, no_directory), an_inbox(database, folder)
        door = SlackDoor(client, bot_user=bot, budget=UpdateBudget())
        answering = Answering(
            inbox=inbox,
            door=door,
            people=people,
            deps=replace(naru.app.deps, people=people),
            commands=Commands(inbox, door, people, naru.app.deps.records, SlackOperations(naru.app)),
            bot_user=bot,
            team=TEAM,
            longest=1000,
            posted=Posted(database, naru.app.seal),
        )
        (asked,) = await asks(slack, user, channel, 1)
        event = event_of({"type": "event_callback", "event": mentioned(asked, made)}, bot, datetime.now(UTC))
        assert event is not None
        await inbox.put(event)
        yield Desk(naru, slack, inbox, answering, asked)
        await people.close()


@pytest.mark.parametrize("noticed_at_once", [False, True])
async def test_a_worker_that_was_overtaken_while_it_posted_takes_its_post_back(
    noticed_at_once: bool, fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    async with a_mention(tmp_path, fresh_database, fresh_url, Says("연차는 15일입니다. [1]")) as here:
        here.slack.scripts("chat.postMessage", Delayed(2))
        slow = asyncio.create_task(here.answering.handle(await claimed(here.inbox)))
        await until(lambda: len(here.slack.calls_of("chat.postMessage")), 1)
        await lease_runs_out(fresh_database)
        assert await here.answering.handle(await claimed(here.inbox)) == "answered"
        if noticed_at_once:
            slow.cancel()
        with suppress(Fenced, asyncio.CancelledError):
            await slow
        await until(lambda: len(here.slack.calls_of("chat.delete")), 1)
        await until(lambda: len(here.slack.replies(here.asked)), 1)
        assert "15일" in str(here.slack.replies(here.asked)[0].blocks)


async def test_a_worker_that_was_overtaken_while_it_asked_the_model_does_not_replace_what_is_shown(
    fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    says = (Says("연차는 15일입니다. [1]", delay_first_s=0.45), Says("15일입니다. [1]"))
    async with a_mention(tmp_path, fresh_database, fresh_url, *says) as here:
        slow = asyncio.create_task(here.answering.handle(await claimed(here.inbox)))
        await until(lambda: len(here.naru.cloud.requests), 1)
        await lease_runs_out(fresh_database)
        assert await here.answering.handle(await claimed(here.inbox)) == "answered"
        with pytest.raises(Fenced):
            await slow
        (shown,) = here.slack.replies(here.asked)
        async with fresh_database.transaction() as connection:
            stored = await connection.scalar(text("select id from answer"))
        assert str(stored) in str(shown.blocks)


async def test_a_worker_that_was_overtaken_shows_no_draft_over_the_answer(
    fresh_url: str, fresh_database: Database, tmp_path: Path
) -> None:
    sentences = (*(f"{n}흘입니다. " for n in "하이사나닷엿"), "끝 [1]")
    slowly = Says("".join(sentences), chunks=sentences, delay_s=0.4)
    async with a_mention(tmp_path, fresh_database, fresh_url, slowly, Says("15일입니다. [1]")) as here:
        slow = asyncio.create_task(here.answering.handle(await claimed(here.inbox)))
        await until(lambda: len(here.slack.calls_of("chat.update")), 1)
        await lease_runs_out(fresh_database)
        assert await here.answering.handle(await claimed(here.inbox)) == "answered"
        with pytest.raises(Fenced):
            await slow
        assert "15일" in str(here.slack.replies(here.asked)[0].blocks)
        assert "15일" in str(here.slack.calls_of("chat.update")[-1].arguments)
        await here.answering.again.close()
        assert "15일" in str(here.slack.replies(here.asked)[0].blocks)
