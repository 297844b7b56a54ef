"""What is written to Slack arrives once, as it was meant, or is refused with a sentence: against the stand-in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain import Answer, Citation, Route
from bot.slack.app import http_session, web_client
from bot.slack.blocks import GOOD, answered, draft, notice, told
from bot.slack.budget import Rate, UpdateBudget
from bot.slack.faults import SlackFault
from bot.slack.feedback_blocks import feedback_form
from bot.slack.post import SlackDoor
from retrieval.label import NOTHING_SENSITIVE
from tests.standins.slack import (
    Answers,
    Channel,
    Dropped,
    Limit,
    LostReply,
    Message,
    Reply,
    SlackStandIn,
    User,
    rate_limited,
    refuses,
)

LOOKING = notice("ko", "looking")
KEY = "C1/1763800000.000100"


@dataclass(frozen=True)
class Desk:
    """A channel of the stand-in, somebody in it with a question, and the door."""

    slack: SlackStandIn
    client: AsyncWebClient
    door: SlackDoor
    person: User
    room: Channel
    question: Message

    @property
    def thread(self) -> str:
        return self.question.ts

    async def place(self, key: str = KEY) -> str:
        return await self.door.placeholder(self.room.id, self.thread, key, LOOKING)

    def posts(self) -> list[Message]:
        return [m for m in self.slack.shown(self.room) if m.bot_id]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    relaxed = {Limit.POST_RATE: "these tests post more than once a second, and not about that"}
    async with SlackStandIn(relaxed=relaxed) as slack, http_session() as session:
        client = web_client(slack.bot_token, session, api_url=slack.api_url)
        door = SlackDoor(client, bot_user=slack.workspace.bot.id, budget=UpdateBudget(), attempts=3)
        person = slack.workspace.user("hana")
        room = slack.workspace.channel("general", members=[person, slack.workspace.bot])
        question = await slack.says(person, room, f"<@{slack.workspace.bot.id}> 연차는?")
        yield Desk(slack, client, door, person, room, question)


def answer(text: str = "연차는 **15일**입니다 [1].") -> Answer:
    citations = (Citation(1, "휴가 규정", "연차", "hr/1.md", "https://handbook.example/hr/1.md"),)
    ids = (uuid4(), UUID(int=1), UUID(int=2))
    return Answer(*ids, text, citations, Route.CLOUD, NOTHING_SENSITIVE, known=True)


# Placeholders


async def test_a_placeholder_stands_in_the_thread_and_nothing_is_fetched_for_it(desk: Desk) -> None:
    ts = await desk.place()
    (post,) = desk.posts()
    assert (post.ts, post.thread_ts) == (ts, desk.thread)
    assert post.arguments["unfurl_links"] is False
    assert post.arguments["unfurl_media"] is False


async def test_the_metadata_does_not_tell_the_key(desk: Desk) -> None:
    await desk.place()
    assert KEY not in str(desk.posts()[0].metadata)


@pytest.mark.parametrize("reply", [LostReply(), Answers(500, b"oops"), refuses("internal_error"), Dropped()])
async def test_a_post_of_unknown_outcome_is_there_once(desk: Desk, reply: Reply) -> None:
    desk.slack.scripts("chat.postMessage", reply)
    ts = await desk.place()
    assert [post.ts for post in desk.posts()] == [ts]


async def test_a_post_of_unknown_outcome_that_cannot_be_looked_up_is_not_sent_again(desk: Desk) -> None:
    desk.slack.scripts("chat.postMessage", LostReply())
    desk.slack.scripts("conversations.replies", refuses("missing_scope"))
    with pytest.raises(SlackFault) as caught:
        await desk.place()
    assert caught.value.unknown
    assert len(desk.posts()) == 1
    assert await desk.door.adopt(desk.room.id, desk.thread, KEY) == desk.posts()[0].ts


async def test_a_rate_limit_is_waited_for_without_a_look(desk: Desk) -> None:
    desk.slack.scripts("chat.postMessage", rate_limited(1))
    await desk.place()
    assert len(desk.posts()) == 1
    assert desk.slack.calls_of("conversations.replies") == []


async def test_a_second_worker_finds_the_placeholder_of_the_first_among_many(desk: Desk) -> None:
    for number in range(230):
        await desk.slack.says(desk.person, desk.room, f"{number}", thread_ts=desk.thread)
    ts = await desk.place()
    await desk.place("another key")
    assert await desk.door.adopt(desk.room.id, desk.thread, KEY) == ts


async def test_a_placeholder_outside_a_thread_is_found_too(desk: Desk) -> None:
    ts = await desk.door.placeholder(desk.room.id, None, KEY, LOOKING)
    assert await desk.door.adopt(desk.room.id, None, KEY) == ts


async def test_where_nothing_was_posted_nothing_is_adopted(desk: Desk) -> None:
    await desk.place("another key")
    assert await desk.door.adopt(desk.room.id, desk.thread, KEY) is None


# Updates


async def test_an_answer_replaces_the_placeholder(desk: Desk) -> None:
    ts = await desk.place()
    assert await desk.door.update(desk.room.id, ts, draft("연차는", "ko"), draft=True)
    assert await desk.door.update(desk.room.id, ts, answered(answer(), "ko"))
    (post,) = desk.posts()
    assert post.text == "연차는 *15일*\u200b입니다 [1]."
    assert post.metadata is not None
    assert await desk.door.adopt(desk.room.id, desk.thread, KEY) == ts


@pytest.mark.parametrize("text", ["연차는 15일입니다. " * 4000, "<&>" * 20_000, "```\n" + "x | y\n" * 9000])
async def test_slack_takes_an_answer_of_50_kb(desk: Desk, text: str) -> None:
    ts = await desk.place()
    assert await desk.door.update(desk.room.id, ts, answered(answer(text), "ko"))


async def test_a_final_text_is_shown_in_spite_of_rate_limits_and_trouble(desk: Desk) -> None:
    ts = await desk.place()
    desk.slack.scripts("chat.update", rate_limited(1), refuses("internal_error"))
    assert await desk.door.update(desk.room.id, ts, told("끝"))
    assert desk.posts()[0].text == "끝"


async def test_drafts_give_way_to_final_texts(desk: Desk) -> None:
    budget = UpdateBudget(Rate(50, burst=4, reserve=2))
    door = SlackDoor(desk.client, bot_user=desk.slack.workspace.bot.id, budget=budget)
    ts = await desk.place()
    drafts = [await door.update(desk.room.id, ts, told(f"{n}"), draft=True) for n in range(5)]
    assert drafts == [True, True, False, False, False]
    async with asyncio.timeout(0.5):
        await door.update(desk.room.id, ts, told("끝"))
        await door.update(desk.room.id, ts, told("끝"))
    assert desk.posts()[0].text == "끝"


# What Slack refuses


@pytest.mark.parametrize(
    ("error", "gone", "retry", "again"),
    [
        ("is_archived", True, False, False),
        ("not_in_channel", True, False, False),
        ("channel_not_found", True, False, False),
        ("message_not_found", True, False, False),
        ("token_revoked", False, False, True),
        ("missing_scope", False, False, True),
        ("something_new", False, False, False),
        ("ratelimited", False, True, True),
    ],
)
async def test_a_refusal_says_what_can_be_done(desk: Desk, error: str, gone: bool, retry: bool, again: bool) -> None:
    desk.slack.scripts("chat.update", *[refuses(error)] * 3)
    with pytest.raises(SlackFault, match=error) as caught:
        await desk.door.update(desk.room.id, desk.thread, told("비밀 문장"))
    fault = caught.value
    assert (fault.gone, fault.retry, fault.again, fault.code) == (gone, retry, again, error)
    assert len(desk.slack.calls_of("chat.update")) == (3 if retry else 1)


async def test_the_bot_is_removed_in_the_middle(desk: Desk) -> None:
    ts = await desk.place()
    await desk.slack.archives(desk.room)
    with pytest.raises(SlackFault) as caught:
        await desk.door.update(desk.room.id, ts, told("끝"))
    assert caught.value.gone


@pytest.mark.parametrize(
    "reply", [refuses("invalid_blocks"), Answers(500, b"<html>oops"), Answers(200, b"{half"), Answers(200), Dropped()]
)
async def test_no_text_is_ever_in_an_error_or_a_log(desk: Desk, reply: Reply, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ts = await desk.place()
    desk.slack.scripts("chat.update", *[reply] * 3)
    with pytest.raises(SlackFault) as caught:
        await desk.door.update(desk.room.id, ts, told("비밀 문장"))
    said = f"{caught.value}{caught.value.__cause__}{caplog.text}"
    assert "비밀" not in said
    assert desk.slack.bot_token not in said
    assert str(caught.value).endswith(".")


# The rest


async def test_what_is_gone_already_is_removed(desk: Desk) -> None:
    ts = await desk.place()
    await desk.door.remove(desk.room.id, ts)
    await desk.door.remove(desk.room.id, ts)
    assert desk.posts() == []


async def test_a_reaction_that_is_there_already_is_as_good(desk: Desk) -> None:
    await desk.door.react(desk.room.id, desk.thread, "pray")
    await desk.door.react(desk.room.id, desk.thread, "pray")
    assert desk.question.reactions == {"pray": [desk.slack.workspace.bot.id]}


async def test_an_ephemeral_is_seen_by_one_person(desk: Desk) -> None:
    await desk.door.ephemeral(desk.room.id, desk.person.id, told("혼자만"), desk.thread)
    (seen,) = desk.slack.workspace.ephemerals
    assert (seen.seen_only_by, seen.text, seen.thread_ts) == (desk.person.id, "혼자만", desk.thread)


async def test_a_command_is_answered_where_the_bot_is_no_member(desk: Desk) -> None:
    elsewhere = desk.slack.workspace.channel("elsewhere", members=[desk.person])
    delivery = await desk.slack.slash(desk.person, elsewhere, "/naru", "help")
    await desk.door.respond(delivery.payload["response_url"], told("도움말"))
    assert [m.text for m in desk.slack.workspace.ephemerals] == ["도움말"]


async def test_a_response_url_that_is_used_up_or_too_old_is_a_place_that_is_gone(desk: Desk) -> None:
    """Another attempt would only do again what was asked for."""
    delivery = await desk.slack.slash(desk.person, desk.room, "/naru", "help")
    desk.slack.advance(2000)  # they live for 30 minutes
    with pytest.raises(SlackFault, match="expired_url") as caught:
        await desk.door.respond(delivery.payload["response_url"], told("x"))
    assert caught.value.gone


async def test_a_click_opens_the_form_of_its_answer(desk: Desk) -> None:
    ts, shown = await desk.place(), answer()
    await desk.door.update(desk.room.id, ts, answered(shown, "ko"))
    delivery = await desk.slack.clicks(desk.person, desk.posts()[0], GOOD)
    await desk.door.open_view(delivery.payload["trigger_id"], feedback_form(shown.id, "ko"))
    (view,) = desk.slack.workspace.views.values()
    assert view.body["private_metadata"] == str(shown.id)


async def test_a_form_for_a_click_long_ago_is_a_fault(desk: Desk) -> None:
    with pytest.raises(SlackFault) as caught:
        await desk.door.open_view("1.2.none", feedback_form(uuid4(), "ko"))
    assert caught.value.gone
