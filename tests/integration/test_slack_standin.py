"""The stand-in speaks for Slack in every other test: here Slack's own clients hold it to Slack's documents."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.models.blocks import ContextActionsBlock, FeedbackButtonObject, FeedbackButtonsElement
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.standins.slack import (
    SCOPES,
    TEAM,
    Answers,
    Channel,
    Delayed,
    Delivery,
    Dropped,
    Limit,
    LostReply,
    Message,
    SlackStandIn,
    Timings,
    User,
    rate_limited,
    refuses,
)
from tests.standins.slack.timing import Clock

Json = dict[str, Any]
QUICK = Timings(ack=1.0, retries=(0.0, 0.1), ping=0.05, goodbye=0.1)
SECTION: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "연차는 15일입니다 [1]."}}


@dataclass
class Office:
    """A workspace with two people, the bot and a channel, and the bot's client."""

    slack: SlackStandIn
    client: AsyncWebClient
    hana: User
    minsu: User
    general: Channel

    @property
    def mention(self) -> str:
        return f"<@{self.slack.workspace.bot.id}>"


@asynccontextmanager
async def office(**options: Any) -> AsyncIterator[Office]:
    async with SlackStandIn(timings=QUICK, **options) as slack, aiohttp.ClientSession() as session:
        workspace = slack.workspace
        hana = workspace.user("hana", email="hana@example.com", is_admin=True)
        minsu = workspace.user("minsu", email="minsu@example.com")
        general = workspace.channel("general", members=[hana, minsu, workspace.bot])
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session)
        yield Office(slack, client, hana, minsu, general)


@pytest.fixture
async def at() -> AsyncIterator[Office]:
    async with office() as here:
        yield here


async def error_of(call: Awaitable[Any]) -> str | None:
    """Slack's word for why it refused, None when it did not."""
    try:
        await call
    except SlackApiError as refusal:
        error: str = refusal.response["error"]
        return error
    return None


# Limits: at the limit a call passes, above it Slack refuses, and with the limit turned off it passes again.

Over = Callable[[Office, int], Awaitable[Any]]


def post(**fields: Any) -> Callable[[Office], Awaitable[Any]]:
    # Not chat_postMessage: that warns about blocks without text, and here warnings are errors.
    return lambda at: at.client.api_call("chat.postMessage", json={"channel": at.general.id, **fields})


def blocks(make: Callable[[int], list[Json]]) -> Over:
    return lambda at, n: post(blocks=make(n))(at)


def button(**fields: Any) -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": "좋아요"}, "action_id": "good"} | fields


def plain(length: int) -> Json:
    return {"type": "plain_text", "text": "가" * length}


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def metadata(length: int) -> Json:
    """As long as that in JSON."""
    empty = {"event_type": "a", "event_payload": {"q": ""}}
    return empty | {"event_payload": {"q": "x" * (length - len(json.dumps(empty)))}}


async def update(at: Office, text: str) -> None:
    posted = await at.client.chat_postMessage(channel=at.general.id, text="찾고 있습니다")
    await at.client.chat_update(channel=at.general.id, ts=posted["ts"], text=text)


async def open_view(at: Office, **fields: Any) -> None:
    view = {"type": "modal", "title": plain(3), "blocks": [SECTION]} | fields
    await at.client.views_open(trigger_id=at.slack.state.new_trigger(at.hana.id), view=view)


async def started(at: Office) -> str:
    asked = await at.slack.says(at.hana, at.general, "연차?")
    reply = await at.client.chat_startStream(
        channel=at.general.id, thread_ts=asked.ts, recipient_user_id=at.hana.id, recipient_team_id=TEAM
    )
    ts: str = reply["ts"]
    return ts


async def stream(at: Office, length: int) -> None:
    ts = await started(at)
    for size in (length // 2, length - length // 2):
        await at.client.chat_appendStream(channel=at.general.id, ts=ts, markdown_text="가" * size)


async def stream_for(at: Office, seconds: int) -> None:
    ts = await started(at)
    at.slack.advance(seconds)
    await at.client.chat_stopStream(channel=at.general.id, ts=ts, markdown_text="끝")


async def trigger_after(at: Office, seconds: int) -> None:
    trigger = at.slack.state.new_trigger(at.hana.id)
    at.slack.advance(seconds)
    view = {"type": "modal", "title": plain(3), "blocks": [SECTION]}
    await at.client.views_open(trigger_id=trigger, view=view)


async def updates(at: Office, times: int) -> None:
    posted = await at.client.chat_postMessage(channel=at.general.id, text="0")
    for number in range(times):
        await at.client.chat_update(channel=at.general.id, ts=posted["ts"], text=str(number))


async def posts(at: Office, times: int) -> None:
    for number in range(times):
        await at.client.chat_postMessage(channel=at.general.id, text=str(number))


LENGTHS: list[tuple[Limit, int, str, Over]] = [
    (Limit.TEXT, 40_000, "msg_too_long", lambda at, n: post(text="가" * n)(at)),
    (Limit.UPDATE_TEXT, 4_000, "msg_too_long", lambda at, n: update(at, "가" * n)),
    (Limit.MARKDOWN_TEXT, 12_000, "msg_too_long", lambda at, n: post(markdown_text="가" * n)(at)),
    (Limit.BLOCK_COUNT, 50, "invalid_blocks", blocks(lambda n: [SECTION] * n)),
    (Limit.BLOCK_COUNT, 25, "invalid_blocks", blocks(lambda n: actions(*(button(action_id=f"{i}") for i in range(n))))),
    (Limit.BLOCK_COUNT, 5, "invalid_blocks", blocks(lambda n: [
        {"type": "context_actions", "elements": [button(action_id=f"{i}") for i in range(n)]}])),
    (Limit.BLOCK_TEXT, 3000, "invalid_blocks", blocks(lambda n: [{"type": "section", "text": plain(n)}])),
    (Limit.BLOCK_TEXT, 2000, "invalid_blocks", blocks(lambda n: [{"type": "section", "fields": [plain(n)]}])),
    (Limit.BLOCK_TEXT, 150, "invalid_blocks", blocks(lambda n: [{"type": "header", "text": plain(n)}])),
    (Limit.BLOCK_TEXT, 12_000, "invalid_blocks", blocks(lambda n: [{"type": "markdown", "text": "가" * n}])),
    (Limit.BLOCK_SET, 13_200, "msg_blocks_too_long", blocks(
        lambda n: [{"type": "section", "text": plain(2640)}] * 4 + [{"type": "section", "text": plain(n - 4 * 2640)}])),
    (Limit.BUTTON, 75, "invalid_blocks", blocks(lambda n: actions(button(text=plain(n))))),
    (Limit.BUTTON, 2000, "invalid_blocks", blocks(lambda n: actions(button(value="v" * n)))),
    (Limit.BUTTON, 255, "invalid_blocks", blocks(lambda n: actions(button(action_id="a" * n)))),
    (Limit.METADATA, 8_000, "metadata_too_large", lambda at, n: post(text="답", metadata=metadata(n))(at)),
    (Limit.VIEW, 3000, "invalid_arguments", lambda at, n: open_view(at, private_metadata="m" * n)),
    (Limit.VIEW, 24, "invalid_arguments", lambda at, n: open_view(at, title=plain(n))),
    (Limit.BLOCK_COUNT, 100, "invalid_arguments", lambda at, n: open_view(at, blocks=[SECTION] * n)),
    (Limit.STREAM_SIZE, 11_000, "msg_too_long", stream),
    (Limit.STREAM_AGE, 299, "message_not_in_streaming_state", stream_for),
    (Limit.TRIGGER, 2, "expired_trigger_id", trigger_after),
    (Limit.METHOD_RATE, 50, "ratelimited", updates),
    (Limit.POST_RATE, 1, "ratelimited", posts),
]  # fmt: skip


@pytest.mark.parametrize(("limit", "most", "error", "over"), LENGTHS)
async def test_slack_refuses_what_is_over_a_limit_and_nothing_below(
    limit: Limit, most: int, error: str, over: Over
) -> None:
    async with office() as strict:
        assert await error_of(over(strict, most)) is None
    async with office() as strict:
        assert await error_of(over(strict, most + 1)) == error
    async with office(relaxed={limit: "this shows that it is the limit that refused"}) as lenient:
        assert await error_of(over(lenient, most + 1)) is None


SHAPES: list[tuple[str, list[Json]]] = [
    ("a block of no known type", [{"type": "sektion"}]),
    ("a section without text", [{"type": "section"}]),
    ("a text that is no text object", [{"type": "section", "text": "연차"}]),
    ("a button whose label is mrkdwn", actions(button(text={"type": "mrkdwn", "text": "*좋아요*"}))),
    ("an element of no known type", actions({"type": "knob"})),
    ("one block_id twice", [SECTION | {"block_id": "a"}, SECTION | {"block_id": "a"}]),
    ("one action_id twice", actions(button(), button())),
    ("actions without elements", actions()),
]


@pytest.mark.parametrize(("what", "given_blocks"), SHAPES, ids=[what for what, _ in SHAPES])
async def test_blocks_of_a_wrong_shape_are_refused(what: str, given_blocks: list[Json]) -> None:
    async with office() as strict:
        assert await error_of(post(blocks=given_blocks)(strict)) == "invalid_blocks"


async def test_a_refused_block_is_named(at: Office) -> None:
    with pytest.raises(SlackApiError) as refused:
        await post(blocks=[SECTION, {"type": "section", "text": plain(3001)}])(at)
    assert refused.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    ]


def test_every_limit_is_shown_to_hold() -> None:
    by_their_own_tests = {
        Limit.BLOCK_SHAPE, Limit.SCOPES, Limit.MEMBERSHIP, Limit.RESPONSE_URL, Limit.CONNECTIONS
    }  # fmt: skip
    assert {limit for limit, *_ in LENGTHS} | by_their_own_tests == set(Limit)


def test_a_limit_is_not_turned_off_without_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        SlackStandIn(relaxed={Limit.TEXT: " "})


async def test_a_wrong_shape_passes_when_shapes_are_not_looked_at() -> None:
    async with office(relaxed={Limit.BLOCK_SHAPE: "a block type that Slack has not got yet"}) as lenient:
        assert await error_of(post(text="답", blocks=[{"type": "sektion"}])(lenient)) is None


# Tokens, scopes, membership, rates.


async def test_auth_test_names_the_bot_and_its_scopes(at: Office) -> None:
    reply = await at.client.auth_test()
    assert (reply["user_id"], reply["team_id"]) == (at.slack.workspace.bot.id, TEAM)
    assert set(reply.headers["x-oauth-scopes"].split(",")) == SCOPES


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "xoxb-nobody", "invalid_auth"),
        ("auth.test", "", "not_authed"),
        ("chat.postMessage", SlackStandIn.app_token, "not_allowed_token_type"),
        ("apps.connections.open", SlackStandIn.bot_token, "not_allowed_token_type"),
        ("chat.sendTelegram", SlackStandIn.bot_token, "unknown_method"),
    ],
)
async def test_the_wrong_token_or_method_is_refused(at: Office, method: str, token: str, error: str) -> None:
    at.client.token = None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    assert await error_of(at.client.api_call(method, headers=headers)) == error


async def test_a_revoked_token_is_good_for_nothing(at: Office) -> None:
    await at.slack.uninstalls()
    assert await error_of(at.client.auth_test()) == "account_inactive"
    assert len(at.slack.delivered("app_uninstalled")) == 1


async def test_a_token_in_the_address_is_not_read(at: Office) -> None:
    async with aiohttp.ClientSession() as session:
        reply = await session.get(f"{at.slack.api_url}auth.test", params={"token": at.slack.bot_token})
        assert (await reply.json())["error"] == "not_authed"
        reply = await session.post(f"{at.slack.api_url}auth.test", data={"token": at.slack.bot_token})
        assert (await reply.json())["ok"]


NEEDED = {
    "app_mentions:read": None,
    "chat:write": lambda at: at.client.chat_postMessage(channel=at.general.id, text="답"),
    "channels:history": lambda at: at.client.conversations_history(channel=at.general.id),
    "channels:read": lambda at: at.client.conversations_members(channel=at.general.id),
    "groups:history": lambda at: at.client.conversations_history(channel=room(at, "private")),
    "groups:read": lambda at: at.client.conversations_info(channel=room(at, "private")),
    "im:history": lambda at: at.client.conversations_history(channel=room(at, "im")),
    "im:read": lambda at: at.client.conversations_info(channel=room(at, "im")),
    "mpim:history": lambda at: at.client.conversations_history(channel=room(at, "mpim")),
    "mpim:read": lambda at: at.client.conversations_list(types="mpim"),
    "im:write": lambda at: at.client.conversations_open(users=[at.hana.id]),
    "mpim:write": lambda at: at.client.conversations_open(users=[at.hana.id, at.minsu.id]),
    "users:read": lambda at: at.client.users_info(user=at.hana.id),
    "usergroups:read": lambda at: at.client.usergroups_list(),
    "reactions:read": lambda at: at.client.reactions_get(channel=at.general.id, timestamp="1"),
    "reactions:write": lambda at: at.client.reactions_add(channel=at.general.id, timestamp="1", name="eyes"),
    "files:read": lambda at: at.client.files_info(file="F1"),
    "files:write": lambda at: at.client.files_getUploadURLExternal(filename="a", length=1),
    "dnd:read": lambda at: at.client.dnd_info(user=at.hana.id),
}


def room(at: Office, kind: Any) -> str:
    return at.slack.workspace.channel("room", members=[at.hana, at.slack.workspace.bot], kind=kind).id


@pytest.mark.parametrize("scope", sorted(scope for scope, call in NEEDED.items() if call))
async def test_a_missing_scope_is_named(scope: str) -> None:
    call = NEEDED[scope]
    assert call is not None
    async with office(scopes=SCOPES - {scope}) as narrow:
        with pytest.raises(SlackApiError) as refused:
            await call(narrow)
    assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", scope)
    why = {Limit.SCOPES: "the same call without the scope's check"}
    async with office(scopes=SCOPES - {scope}, relaxed=why) as lenient:
        assert await error_of(call(lenient)) != "missing_scope"


async def test_without_its_scope_an_address_is_left_out_and_nothing_is_said() -> None:
    async with office(scopes=SCOPES - {"users:read.email"}) as narrow:
        reply = await narrow.client.users_info(user=narrow.hana.id)
    assert reply["ok"]
    assert "email" not in reply["user"]["profile"]


async def test_events_need_their_scope_and_their_subscription() -> None:
    async with office(scopes=SCOPES - {"app_mentions:read"}) as narrow:
        await narrow.slack.says(narrow.hana, narrow.general, f"{narrow.mention} 연차?")
        assert not narrow.slack.delivered("app_mention")
        assert narrow.slack.delivered("message")
    async with office(subscriptions=["app_mention"]) as narrow:
        await narrow.slack.says(narrow.hana, narrow.general, f"{narrow.mention} 연차?")
        assert narrow.slack.delivered("app_mention")
        assert not narrow.slack.delivered("message")


@pytest.mark.parametrize(("kind", "error"), [("public", "not_in_channel"), ("private", "channel_not_found")])
async def test_a_channel_without_the_bot_takes_and_shows_nothing(kind: Any, error: str) -> None:
    def calls(at: Office) -> list[Awaitable[Any]]:
        elsewhere = at.slack.workspace.channel("elsewhere", members=[at.hana], kind=kind).id
        return [
            at.client.chat_postMessage(channel=elsewhere, text="답"),
            at.client.conversations_history(channel=elsewhere),
            at.client.conversations_replies(channel=elsewhere, ts="1"),
        ]

    async with office() as strict:
        assert [await error_of(call) for call in calls(strict)] == [error] * 3
        await strict.slack.says(strict.hana, list(strict.slack.workspace.channels.values())[-1], "여기 없지?")
        assert not strict.slack.deliveries
        with pytest.raises(ValueError, match="minsu cannot write"):
            await strict.slack.says(strict.minsu, list(strict.slack.workspace.channels.values())[-1], "나도 없어")
    async with office(relaxed={Limit.MEMBERSHIP: "the same calls as a member"}) as lenient:
        assert [await error_of(call) for call in calls(lenient)] == [None, None, "thread_not_found"]


async def test_a_rate_says_when_to_come_back_and_the_sdk_does(at: Office) -> None:
    at.client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await posts(at, 2)
    statuses = [call.answer and call.answer.get("error") for call in at.slack.calls_of("chat.postMessage")]
    assert statuses == [None, "ratelimited", None]


@pytest.mark.parametrize(
    ("method", "per_minute"),
    [
        ("chat.startStream", 20),
        ("chat.stopStream", 20),
        ("chat.appendStream", 100),
        ("chat.update", 50),
        ("usergroups.users.list", 20),
        ("conversations.history", 50),
        ("conversations.replies", 50),
        ("users.info", 100),
        ("views.open", 100),
    ],
)
async def test_each_method_has_its_own_rate_and_even_refused_calls_count(
    at: Office, method: str, per_minute: int
) -> None:
    errors = [await error_of(at.client.api_call(method)) for _ in range(per_minute + 1)]
    assert [error == "ratelimited" for error in errors] == [False] * per_minute + [True]
    at.slack.advance(60)
    assert await error_of(at.client.api_call(method)) != "ratelimited"


async def test_rates_recover_with_time_and_channels_are_counted_apart(at: Office) -> None:
    await posts(at, 1)
    await at.client.chat_postMessage(channel=at.slack.workspace.im(at.hana).id, text="답")
    at.slack.advance(1)
    await posts(at, 1)


# Messages.


async def test_a_placeholder_is_found_again_by_its_metadata(at: Office) -> None:
    asked = await at.slack.says(at.hana, at.general, "연차는 며칠인가요?")
    metadata = {"event_type": "naru_placeholder", "event_payload": {"question": "q1"}}
    posted = await at.client.chat_postMessage(
        channel=at.general.id, text="찾고 있습니다", thread_ts=asked.ts, metadata=metadata
    )
    plain_reply = await at.client.conversations_replies(channel=at.general.id, ts=asked.ts)
    full = await at.client.conversations_replies(channel=at.general.id, ts=asked.ts, include_all_metadata=True)
    assert "metadata" not in plain_reply["messages"][1]
    assert (full["messages"][1]["ts"], full["messages"][1]["metadata"]) == (posted["ts"], metadata)
    await at.client.chat_update(channel=at.general.id, ts=posted["ts"], text="15일입니다")
    assert at.slack.message(at.general, posted["ts"]).metadata == metadata
    await at.client.chat_update(channel=at.general.id, ts=posted["ts"], text="15일입니다", metadata={})
    assert at.slack.message(at.general, posted["ts"]).metadata is None


async def test_an_update_without_blocks_removes_them(at: Office) -> None:
    posted = await at.client.chat_postMessage(channel=at.general.id, text="답", blocks=[SECTION])
    await at.client.chat_update(channel=at.general.id, ts=posted["ts"], text="새 답")
    message = at.slack.message(at.general, posted["ts"])
    assert (message.text, message.blocks) == ("새 답", [])


async def test_only_the_bots_own_messages_can_be_changed_and_only_while_they_are_there(at: Office) -> None:
    theirs = await at.slack.says(at.hana, at.general, "연차?")
    here: Json = {"channel": at.general.id, "ts": theirs.ts}
    assert await error_of(at.client.chat_update(**here, text="x")) == "cant_update_message"
    assert await error_of(at.client.chat_delete(**here)) == "cant_delete_message"
    posted = await at.client.chat_postMessage(channel=at.general.id, text="답")
    here = {"channel": at.general.id, "ts": posted["ts"]}
    await at.slack.archives(at.general)
    assert await error_of(at.client.chat_update(**here, text="x")) == "is_inactive"
    assert await error_of(at.client.chat_postMessage(channel=at.general.id, text="x")) == "is_archived"
    await at.client.chat_delete(**here)
    assert await error_of(at.client.chat_update(**here, text="x")) == "message_not_found"
    assert await error_of(at.client.chat_update(channel="C0", ts="1", text="x")) == "channel_not_found"


async def test_a_reply_hangs_on_a_threads_first_message(at: Office) -> None:
    first = await at.slack.says(at.hana, at.general, "연차?")
    reply = await at.slack.says(at.minsu, at.general, "나도", first.ts)
    post_to: Json = {"channel": at.general.id, "text": "답"}
    assert await error_of(at.client.chat_postMessage(**post_to, thread_ts=reply.ts)) == "cannot_reply_to_message"
    assert await error_of(at.client.chat_postMessage(**post_to, thread_ts="soon")) == "invalid_thread_ts"
    assert await error_of(at.client.api_call("chat.postMessage", json={"channel": at.general.id})) == "no_text"
    await at.client.chat_postMessage(**post_to, thread_ts=first.ts)
    history = await at.client.conversations_history(channel=at.general.id)
    assert [(m["ts"], m["reply_count"]) for m in history["messages"]] == [(first.ts, 2)]
    assert [message.text for message in at.slack.replies(first)] == ["나도", "답"]
    at.slack.advance(1)
    await at.client.chat_postMessage(**post_to, thread_ts=first.ts, reply_broadcast=True)
    history = await at.client.conversations_history(channel=at.general.id)
    assert [m.get("subtype") for m in history["messages"]] == ["thread_broadcast", None]


async def test_history_comes_in_pages_newest_first_between_its_bounds(at: Office) -> None:
    said = [(await at.slack.says(at.hana, at.general, str(number))).ts for number in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        reply = await at.client.conversations_history(
            channel=at.general.id, limit=2, cursor=cursor, oldest=said[0], latest=said[4]
        )
        seen += [message["ts"] for message in reply["messages"]]
        if not reply["has_more"]:
            break
        cursor = reply["response_metadata"]["next_cursor"]
    assert seen == [said[3], said[2], said[1]]
    reply = await at.client.conversations_history(channel=at.general.id, oldest=said[3], inclusive=True)
    assert [message["ts"] for message in reply["messages"]] == [said[4], said[3]]
    assert await error_of(at.client.conversations_history(channel=at.general.id, limit=1000)) == "invalid_limit"
    assert await error_of(at.client.conversations_history(channel=at.general.id, cursor="x")) == "invalid_cursor"
    soon = at.client.conversations_history(channel=at.general.id, oldest="soon")
    assert await error_of(soon) == "invalid_ts_oldest"


async def test_a_deleted_question_leaves_a_tombstone_over_its_replies(at: Office) -> None:
    lonely = await at.slack.says(at.hana, at.general, "아무도 없나요")
    await at.slack.deletes(lonely)
    asked = await at.slack.says(at.hana, at.general, "연차?")
    await at.client.chat_postMessage(channel=at.general.id, text="답", thread_ts=asked.ts)
    await at.slack.deletes(asked)
    thread = await at.client.conversations_replies(channel=at.general.id, ts=asked.ts)
    assert [message.get("subtype") for message in thread["messages"]] == ["tombstone", None]
    assert await error_of(at.client.conversations_replies(channel=at.general.id, ts=lonely.ts)) == "thread_not_found"


async def test_an_ephemeral_message_is_for_one_member_and_in_no_history(at: Office) -> None:
    stranger = at.slack.workspace.user("stranger")
    await at.client.chat_postEphemeral(channel=at.general.id, user=at.hana.id, text="당신만")
    call = at.client.chat_postEphemeral(channel=at.general.id, user=stranger.id, text="당신만")
    assert await error_of(call) == "user_not_in_channel"
    assert [(m.text, m.seen_only_by) for m in at.slack.workspace.ephemerals] == [("당신만", at.hana.id)]
    assert not at.slack.shown(at.general)


async def test_a_permalink_of_a_reply_names_its_thread(at: Office) -> None:
    first = await at.slack.says(at.hana, at.general, "연차?")
    reply = await at.slack.says(at.hana, at.general, "반차는?", first.ts)
    link = await at.client.chat_getPermalink(channel=at.general.id, message_ts=reply.ts)
    assert link["permalink"].endswith(f"/p{reply.ts.replace('.', '')}?thread_ts={first.ts}&cid={at.general.id}")


async def test_reactions_are_counted_once_a_person(at: Office) -> None:
    thanks = await at.slack.says(at.hana, at.general, "고마워요")
    here: Json = {"channel": at.general.id, "timestamp": thanks.ts}
    await at.client.reactions_add(**here, name="pray")
    assert await error_of(at.client.reactions_add(**here, name="pray")) == "already_reacted"
    await at.slack.reacts(at.minsu, thanks, "pray")
    reply = await at.client.reactions_get(**here)
    assert reply["message"]["reactions"][0]["users"] == [at.slack.workspace.bot.id, at.minsu.id]
    await at.client.reactions_remove(**here, name="pray")
    assert await error_of(at.client.reactions_remove(**here, name="pray")) == "no_reaction"


# Streams.


async def test_the_sdks_stream_becomes_one_message_with_blocks_below(at: Office) -> None:
    asked = await at.slack.says(at.hana, at.general, "연차?")
    stream = await at.client.chat_stream(
        channel=at.general.id, thread_ts=asked.ts, recipient_user_id=at.hana.id, recipient_team_id=TEAM, buffer_size=4
    )
    await stream.append(markdown_text="연차는 ")
    await stream.append(markdown_text="15일입니다 [1].")
    ts = str(stream.ts)
    busy = at.client.chat_update(channel=at.general.id, ts=ts, text="x")
    assert await error_of(busy) == "streaming_state_conflict"
    metadata = {"event_type": "naru", "event_payload": {"question": "q1"}}
    await stream.stop(blocks=[SECTION], metadata=metadata)
    message = at.slack.message(at.general, ts)
    assert (message.text, message.metadata, message.thread_ts) == ("연차는 15일입니다 [1].", metadata, asked.ts)
    assert [block["type"] for block in message.blocks] == ["markdown", "section"]
    late = at.client.chat_appendStream(channel=at.general.id, ts=ts, markdown_text="더")
    assert await error_of(late) == "message_not_in_streaming_state"


async def test_an_expired_stream_keeps_its_text_and_is_finished_by_an_update(at: Office) -> None:
    ts = await started(at)
    await at.client.chat_appendStream(channel=at.general.id, ts=ts, markdown_text="연차는")
    at.slack.advance(300)
    assert at.slack.message(at.general, ts).text == "연차는"
    await at.client.chat_update(channel=at.general.id, ts=ts, text="연차는 15일입니다.")
    assert at.slack.message(at.general, ts).text == "연차는 15일입니다."


@pytest.mark.parametrize("missing", ["recipient_user_id", "recipient_team_id"])
async def test_a_stream_in_a_channel_names_its_reader(at: Office, missing: str) -> None:
    asked = await at.slack.says(at.hana, at.general, "연차?")
    names: Json = {"recipient_user_id": at.hana.id, "recipient_team_id": TEAM}
    del names[missing]
    call = at.client.chat_startStream(channel=at.general.id, thread_ts=asked.ts, **names)
    assert await error_of(call) == f"missing_{missing}"
    room_of_two = at.slack.workspace.im(at.hana)
    asked = await at.slack.says(at.hana, room_of_two, "연차?")
    await at.client.chat_startStream(channel=room_of_two.id, thread_ts=asked.ts)


async def test_a_status_stands_in_its_thread(at: Office) -> None:
    await at.client.assistant_threads_setStatus(channel_id=at.general.id, thread_ts="1", status="찾는 중")
    assert at.slack.workspace.statuses == {(at.general.id, "1"): "찾는 중"}


# People and conversations.


async def test_people_come_with_their_rank_and_strangers_without(at: Office) -> None:
    guest = at.slack.workspace.user("guest", is_restricted=True, profile=None)
    stranger = at.slack.workspace.user("stranger", team_id="T0ELSEWHERE", is_stranger=True)
    hana = (await at.client.users_info(user=at.hana.id))["user"]
    assert (hana["is_admin"], hana["profile"]["email"], hana["is_restricted"]) == (True, "hana@example.com", False)
    shown = (await at.client.users_info(user=guest.id))["user"]
    assert (shown["is_restricted"], "profile" in shown) == (True, False)
    shown = (await at.client.users_info(user=stranger.id))["user"]
    assert (shown["is_stranger"], "is_restricted" in shown) == (True, False)
    listed = {member["id"] for member in (await at.client.users_list())["members"]}
    assert guest.id in listed
    assert stranger.id not in listed
    assert await error_of(at.client.users_info(user="U0")) == "user_not_found"


async def test_groups_list_their_members(at: Office) -> None:
    group = at.slack.workspace.usergroup("hr", [at.hana])
    gone = at.slack.workspace.usergroup("old", [at.hana])
    gone.disabled = True
    listed = await at.client.usergroups_list(include_users=True)
    assert [(one["handle"], one["users"]) for one in listed["usergroups"]] == [("hr", [at.hana.id])]
    assert (await at.client.usergroups_users_list(usergroup=group.id))["users"] == [at.hana.id]
    assert await error_of(at.client.usergroups_users_list(usergroup=gone.id)) == "no_such_subteam"


async def test_a_private_channel_looks_like_a_public_one_but_for_one_flag(at: Office) -> None:
    secret = at.slack.workspace.channel("pay", members=[at.hana, at.slack.workspace.bot], kind="private")
    shared = at.slack.workspace.channel("partner", members=[at.slack.workspace.bot], other_teams=["T0ELSEWHERE"])
    info = (await at.client.conversations_info(channel=secret.id, include_num_members=True))["channel"]
    assert (info["id"][0], info["is_channel"], info["is_group"], info["is_private"]) == ("C", True, False, True)
    assert info["num_members"] == 2
    info = (await at.client.conversations_info(channel=shared.id))["channel"]
    assert (info["is_shared"], info["is_ext_shared"]) == (True, True)
    listed = await at.client.conversations_list(types=["public_channel", "private_channel"])
    assert {one["id"] for one in listed["channels"]} == {at.general.id, secret.id, shared.id}


async def test_members_come_in_pages(at: Office) -> None:
    first = await at.client.conversations_members(channel=at.general.id, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    last = await at.client.conversations_members(channel=at.general.id, limit=2, cursor=cursor)
    assert first["members"] + last["members"] == at.general.members
    assert last["response_metadata"]["next_cursor"] == ""


async def test_a_conversation_with_a_person_is_opened_once(at: Office) -> None:
    opened = [(await at.client.conversations_open(users=[at.hana.id]))["channel"]["id"] for _ in range(2)]
    group = (await at.client.conversations_open(users=[at.hana.id, at.minsu.id]))["channel"]["id"]
    assert opened == [at.slack.workspace.im(at.hana).id] * 2
    assert at.slack.workspace.channels[group].kind == "mpim"


async def test_a_file_is_given_to_the_token_and_a_login_page_to_others(at: Office) -> None:
    file = at.slack.workspace.file("휴가.txt", "연차 15일".encode(), user=at.hana)
    assert await error_of(at.client.files_info(file=file.id)) == "file_not_found"
    await at.slack.says(at.hana, at.general, "이 파일 봐줘", files=(file,))
    address = (await at.client.files_info(file=file.id))["file"]["url_private_download"]
    async with aiohttp.ClientSession() as session:
        page = await session.get(address)
        assert (page.status, page.content_type) == (200, "text/html")
        page = await session.get(address, headers={"Authorization": f"Bearer {at.slack.bot_token}"})
        assert await page.read() == "연차 15일".encode()


async def test_an_uploaded_file_is_posted_where_it_belongs(at: Office) -> None:
    await at.client.files_upload_v2(channel=at.general.id, filename="a.csv", content="x,y", initial_comment="자료")
    posted = at.slack.shown(at.general)[0]
    assert (posted.text, at.slack.workspace.files[posted.files[0]].content) == ("자료", b"x,y")


# Views and response addresses.


async def test_a_view_is_opened_once_for_a_trigger_and_updated_by_its_hash(at: Office) -> None:
    view: Json = {"type": "modal", "title": plain(3), "blocks": [SECTION]}
    trigger = at.slack.state.new_trigger(at.hana.id)
    opened = (await at.client.views_open(trigger_id=trigger, view=view))["view"]
    assert await error_of(at.client.views_open(trigger_id=trigger, view=view)) == "exchanged_trigger_id"
    assert await error_of(at.client.views_open(trigger_id="1", view=view)) == "invalid_trigger_id"
    new = view | {"title": plain(5)}
    updated = (await at.client.views_update(view_id=opened["id"], hash=opened["hash"], view=new))["view"]
    again = at.client.views_update(view_id=opened["id"], hash=opened["hash"], view=new)
    assert (updated["title"], await error_of(again)) == (plain(5), "hash_conflict")
    await at.slack.closes(at.slack.workspace.views[opened["id"]])
    assert await error_of(at.client.views_update(view_id=opened["id"], view=new)) == "not_found"


async def test_a_home_is_published_for_one_person_and_is_no_modal(at: Office) -> None:
    await at.client.views_publish(user_id=at.hana.id, view={"type": "home", "blocks": [SECTION]})
    assert at.slack.workspace.homes[at.hana.id].body["blocks"][0]["text"] == SECTION["text"]
    modal = {"type": "modal", "title": plain(3), "blocks": [SECTION]}
    assert await error_of(at.client.views_publish(user_id=at.hana.id, view=modal)) == "invalid_arguments"


@pytest.mark.parametrize(("part", "longest"), [("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)])
async def test_a_dialog_before_a_click_has_short_words(at: Office, part: str, longest: int) -> None:
    async def published(confirm: dict[str, Any]) -> str | None:
        button = {"type": "button", "action_id": "a", "text": plain(3), "confirm": confirm}
        view = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
        return await error_of(at.client.views_publish(user_id=at.hana.id, view=view))

    whole = {name: plain(3) for name in ("title", "text", "confirm", "deny")}
    assert await published(whole | {part: plain(longest)}) is None
    assert await published(whole | {part: plain(longest + 1)}) == "invalid_arguments"


async def test_a_persons_language_comes_for_who_asks_for_it(at: Office) -> None:
    at.hana.locale = "en-US"
    with_locale = await at.client.users_info(user=at.hana.id, include_locale=True)
    assert with_locale["user"]["locale"] == "en-US"
    assert "locale" not in (await at.client.users_info(user=at.hana.id))["user"]


async def test_a_response_is_ephemeral_unless_it_says_otherwise(at: Office) -> None:
    command = await at.slack.slash(at.hana, at.general, "/naru", "help")
    webhook = AsyncWebhookClient(command.payload["response_url"])
    assert (await webhook.send(text="당신만")).body == "ok"
    await webhook.send(text="모두", response_type="in_channel")
    assert [m.text for m in at.slack.workspace.ephemerals] == ["당신만"]
    assert [m.text for m in at.slack.shown(at.general)] == ["모두"]


async def respond(at: Office, *, uses: int, after: float) -> tuple[int, str | None]:
    command = await at.slack.slash(at.hana, at.general, "/naru")
    at.slack.advance(after)
    webhook = AsyncWebhookClient(command.payload["response_url"])
    replies = [await webhook.send(text="답") for _ in range(uses)]
    return replies[-1].status_code, replies[-1].body


@pytest.mark.parametrize(("uses", "after", "word"), [(6, 0.0, "used_url"), (1, 1801.0, "expired_url")])
async def test_a_response_address_is_good_for_five_uses_in_half_an_hour(uses: int, after: float, word: str) -> None:
    async with office() as strict:
        assert await respond(strict, uses=5, after=1799.0) == (200, "ok")
        assert await respond(strict, uses=uses, after=after) == (404, word)
    async with office(relaxed={Limit.RESPONSE_URL: "the same responses without the limit"}) as lenient:
        assert await respond(lenient, uses=uses, after=after) == (200, "ok")


async def test_a_response_to_a_click_replaces_or_deletes_the_message(at: Office) -> None:
    await at.client.chat_postMessage(channel=at.general.id, text="답", blocks=actions(button()))
    message = at.slack.shown(at.general)[0]
    click = await at.slack.clicks(at.hana, message, "good")
    webhook = AsyncWebhookClient(click.payload["response_url"])
    await webhook.send(text="고쳤습니다", replace_original=True)
    assert (message.text, message.blocks) == ("고쳤습니다", [])
    await webhook.send(delete_original=True)
    assert not at.slack.shown(at.general)


# Scripted trouble.


async def test_a_script_fails_the_next_calls_and_then_no_more(at: Office) -> None:
    at.slack.relax(Limit.POST_RATE, reason="three posts at once are what is tested")
    at.slack.scripts("chat.postMessage", rate_limited(7), Answers(503, b"upstream"), refuses("fatal_error"), None)
    with pytest.raises(SlackApiError) as refused:
        await posts(at, 1)
    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "7")
    with pytest.raises(SlackApiError) as refused:
        await posts(at, 1)
    assert refused.value.response.status_code == 503
    assert await error_of(posts(at, 1)) == "fatal_error"
    assert not at.slack.shown(at.general)
    await posts(at, 2)
    assert len(at.slack.shown(at.general)) == 2


async def test_a_lost_reply_has_happened_and_a_dropped_request_has_not(at: Office) -> None:
    at.client.retry_handlers.clear()
    at.slack.scripts("chat.postMessage", Dropped(), LostReply())
    with pytest.raises(aiohttp.ClientError):
        await at.client.chat_postMessage(channel=at.general.id, text="하나")
    assert not at.slack.shown(at.general)
    with pytest.raises(aiohttp.ClientError):
        await at.client.chat_postMessage(channel=at.general.id, text="둘")
    assert [message.text for message in at.slack.shown(at.general)] == ["둘"]
    assert [call.arguments["text"] for call in at.slack.calls_of("chat.postMessage")] == ["하나", "둘"]


async def test_left_to_itself_the_sdk_posts_again_after_a_lost_reply(at: Office) -> None:
    """Its default retry handler does not know that the message is there: whoever posts once clears the handlers."""
    at.slack.relax(Limit.POST_RATE, reason="the second post comes at once")
    at.slack.scripts("chat.postMessage", LostReply())
    await at.client.chat_postMessage(channel=at.general.id, text="답")
    assert [message.text for message in at.slack.shown(at.general)] == ["답", "답"]


async def test_a_delay_holds_one_call_and_not_the_others(at: Office) -> None:
    at.slack.scripts("users.info", Delayed(float("inf")))
    hanging = asyncio.create_task(at.client.users_info(user=at.hana.id))
    await asyncio.sleep(0.05)
    await at.client.users_info(user=at.hana.id)
    assert not hanging.done()
    hanging.cancel()


async def test_a_disturbance_is_asked_about_every_call() -> None:
    def every_second(call: Any) -> Any:
        numbers.append(call.method)
        return refuses("internal_error") if len(numbers) % 2 else None

    numbers: list[str] = []
    async with office(disturb=every_second) as at:
        assert [await error_of(at.client.auth_test()) for _ in range(4)] == ["internal_error", None] * 2


async def test_calls_are_recorded_as_they_came_in_every_encoding(at: Office) -> None:
    await at.client.conversations_open(users=[at.hana.id])
    await at.client.users_info(user=at.hana.id, include_locale=True)
    await at.client.chat_postMessage(channel=at.general.id, text="답", blocks=[SECTION])
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {at.slack.bot_token}"}) as session:
        form = {"channel": at.slack.workspace.im(at.hana).id, "blocks": json.dumps([SECTION]), "text": "답"}
        reply = await session.post(f"{at.slack.api_url}chat.postMessage", data=form)
        assert (await reply.json())["message"]["blocks"][0]["text"] == SECTION["text"]
    first, second, third, fourth = at.slack.calls
    assert (first.arguments, second.arguments["user"]) == ({"users": at.hana.id}, at.hana.id)
    assert third.arguments["blocks"] == [SECTION]
    assert fourth.token == at.slack.bot_token
    assert [call.at for call in at.slack.calls] == sorted(call.at for call in at.slack.calls)


@given(st.lists(st.sampled_from([0.0, 0.000001, 5.0, -3.0]), max_size=50))
def test_a_timestamp_is_never_given_twice_and_always_grows(jumps: list[float]) -> None:
    clock, stamps = Clock(), []
    for jump in jumps:
        clock.advance(jump)
        stamps.append(clock.stamp())
    assert stamps == sorted(set(stamps))


# The app, by Bolt, in both delivery modes.


class App:
    """A Bolt app that notes what it hears. `trouble` is raised by listeners while it is set."""

    def __init__(self, slack: SlackStandIn, **client: Any) -> None:
        self.heard: list[tuple[str, Json]] = []
        self.headers: list[Any] = []
        self.trouble: Exception | None = None
        self.delay = 0.0
        web_client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, **client)
        quiet = logging.getLogger("tests.bolt")
        quiet.setLevel(logging.CRITICAL)
        self.bolt = AsyncApp(
            client=web_client, signing_secret=slack.signing_secret, process_before_response=True, logger=quiet
        )
        for event in ("app_mention", "message", "app_home_opened", "member_joined_channel", "user_change"):
            self.bolt.event(event)(self._event)
        self.bolt.command("/naru")(self._command)
        self.bolt.action("good")(self._action)
        self.bolt.view("reason")(self._view)

    def of(self, kind: str) -> list[Json]:
        return [body for heard, body in self.heard if heard == kind]

    async def _event(self, event: Json, body: Json, request: Any) -> None:
        await asyncio.sleep(self.delay)
        if self.trouble:
            raise self.trouble
        self.headers.append(request.headers)
        self.heard.append((event["type"], body))

    async def _command(self, ack: AsyncAck, body: Json) -> None:
        self.heard.append(("command", body))
        await ack("도움말입니다")

    async def _action(self, ack: AsyncAck, body: Json) -> None:
        self.heard.append(("action", body))
        await ack()

    async def _view(self, ack: AsyncAck, body: Json, view: Json) -> None:
        self.heard.append(("view", body))
        if not view["state"]["values"]["why"]["text"]["value"]:
            await ack(response_action="errors", errors={"why": "이유를 적어 주세요"})
        else:
            await ack()


@asynccontextmanager
async def by_socket(slack: SlackStandIn, app: App) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app.bolt, slack.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    yield handler
    await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def by_http(slack: SlackStandIn, app: App) -> AsyncIterator[str]:
    async def serve(request: web.Request) -> web.Response:
        response = await app.bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    server = web.Application()
    server.router.add_post("/slack/events", serve)
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    target = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        await slack.moves_to(target)
        yield target
    finally:
        await runner.cleanup()


@pytest.fixture(params=[by_socket, by_http], ids=["socket", "http"])
async def running(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Office, App]]:
    """Everything in here is heard in both ways that Slack has."""
    async with office() as at:
        app = App(at.slack)
        async with request.param(at.slack, app):
            yield at, app


async def until(done: Callable[[], object], within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not done():  # noqa: ASYNC110 - what is waited for is the stand-in's state, which has no event
            await asyncio.sleep(0.01)


async def test_one_mention_arrives_as_message_and_as_app_mention(running: tuple[Office, App]) -> None:
    at, app = running
    said = await at.slack.says(at.hana, at.general, f"{at.mention} 연차는 며칠?")
    await at.slack.settled()
    message, mention = app.of("message")[0], app.of("app_mention")[0]
    assert message["event_id"] != mention["event_id"]
    assert {body["event"]["ts"] for body in (message, mention)} == {said.ts}
    assert {body["event"]["client_msg_id"] for body in (message, mention)} == {said.client_msg_id}
    assert message["authorizations"][0]["user_id"] == at.slack.workspace.bot.id
    assert message["event"]["blocks"][0]["elements"][0]["elements"][0] == {
        "type": "user",
        "user_id": at.slack.workspace.bot.id,
    }


@pytest.mark.parametrize(
    ("kind", "channel_type"), [("public", "channel"), ("private", "group"), ("im", "im"), ("mpim", "mpim")]
)
async def test_every_kind_of_conversation_is_named(at: Office, kind: Any, channel_type: str) -> None:
    channel = at.slack.workspace.channel("room", members=[at.hana, at.slack.workspace.bot], kind=kind)
    await at.slack.says(at.hana, channel, f"{at.mention} 연차?")
    assert at.slack.delivered("message")[0].payload["event"]["channel_type"] == channel_type
    assert len(at.slack.delivered("app_mention")) == (0 if kind == "im" else 1)


async def test_edits_deletions_and_the_bots_own_words_are_events_too(running: tuple[Office, App]) -> None:
    at, app = running
    said = await at.slack.says(at.hana, at.general, "연차?")
    await at.slack.edits(said, "반차?")
    await at.slack.unfurls(said)
    await at.slack.deletes(said)
    await at.slack.integration_says(at.general, "빌드 성공")
    await at.client.chat_postMessage(channel=at.general.id, text="답")
    await at.slack.settled()
    heard = {body["event"]["event_ts"]: body["event"] for body in app.of("message")}
    events = [heard[ts] for ts in sorted(heard)]
    changed = [None, "message_changed", "message_changed", "message_deleted", "bot_message"]
    assert [event.get("subtype") for event in events] == changed
    assert (events[1]["message"]["text"], events[1]["previous_message"]["text"]) == ("반차?", "연차?")
    assert events[1]["message"]["edited"]["user"] == at.hana.id
    assert "user" not in events[4]
    # Bolt acks what the app itself said and passes it to no listener.
    own = at.slack.deliveries[-1]
    assert (own.payload["event"]["user"], own.acked) == (at.slack.workspace.bot.id, True)


async def test_what_people_type_arrives_as_slack_writes_it(at: Office) -> None:
    said = await at.slack.says(at.hana, at.general, "a<b & https://example.com/x hana@example.com")
    assert said.text == "a&lt;b &amp; <https://example.com/x> <mailto:hana@example.com|hana@example.com>"


async def test_people_come_and_go_and_change(running: tuple[Office, App]) -> None:
    at, app = running
    jisu = at.slack.workspace.user("jisu")
    await at.slack.joins(jisu, at.general)
    await at.slack.changes(jisu, is_restricted=True)
    await at.slack.opens_home(jisu)
    await at.slack.settled()
    assert app.of("member_joined_channel")[0]["event"]["user"] == jisu.id
    assert app.of("user_change")[0]["event"]["user"]["is_restricted"]
    assert app.of("app_home_opened")[0]["event"]["tab"] == "home"
    await at.slack.leaves(jisu, at.general)
    assert at.slack.delivered("member_left_channel")
    await at.slack.leaves(at.slack.workspace.bot, at.general)
    assert at.slack.delivered("channel_left")
    assert await error_of(at.client.chat_postMessage(channel=at.general.id, text="답")) == "not_in_channel"


async def test_groups_shares_and_archives_are_told(at: Office) -> None:
    group = at.slack.workspace.usergroup("hr", [at.hana])
    await at.slack.changes_group(group, [at.minsu])
    await at.slack.shares(at.general)
    await at.slack.archives(at.general)
    change = at.slack.delivered("subteam_members_changed")[0].payload["event"]
    assert (change["added_users"], change["removed_users"]) == ([at.minsu.id], [at.hana.id])
    assert at.slack.delivered("channel_shared")[0].payload["is_ext_shared_channel"]
    assert at.slack.delivered("channel_archive")


async def test_a_commands_answer_is_shown_to_its_person_alone(running: tuple[Office, App]) -> None:
    at, app = running
    delivery = await at.slack.slash(at.hana, at.general, "/naru", "help")
    await delivery.ended()
    assert app.of("command")[0]["text"] == "help"
    assert [(m.text, m.seen_only_by) for m in at.slack.workspace.ephemerals] == [("도움말입니다", at.hana.id)]


async def test_feedback_is_clicked_and_names_the_message(running: tuple[Office, App]) -> None:
    at, app = running
    element = FeedbackButtonsElement(
        action_id="good",
        positive_button=FeedbackButtonObject(text="좋아요", value="up"),
        negative_button=FeedbackButtonObject(text="별로예요", value="down"),
    )
    await at.client.chat_postMessage(channel=at.general.id, text="답", blocks=[ContextActionsBlock(elements=[element])])
    message = at.slack.shown(at.general)[0]
    click = await at.slack.clicks(at.minsu, message, "good", value="down")
    assert (await click.ended()).acked
    body = app.of("action")[0]
    assert (body["actions"][0]["type"], body["actions"][0]["value"]) == ("feedback_buttons", "down")
    assert (body["message"]["ts"], body["container"]["message_ts"]) == (message.ts, message.ts)
    with pytest.raises(LookupError):
        await at.slack.clicks(at.minsu, message, "bad")


async def test_a_click_on_a_message_that_is_gone_still_comes(running: tuple[Office, App]) -> None:
    at, app = running
    posted = await at.client.chat_postMessage(channel=at.general.id, text="답", blocks=actions(button()))
    await at.client.chat_delete(channel=at.general.id, ts=posted["ts"])
    await (await at.slack.clicks(at.hana, at.general.messages[posted["ts"]], "good")).ended()
    assert len(app.of("action")) == 1


async def test_a_form_stays_open_with_its_errors_until_it_is_right(running: tuple[Office, App]) -> None:
    at, _ = running
    field: Json = {"type": "plain_text_input", "action_id": "text"}
    form = {
        "type": "modal",
        "callback_id": "reason",
        "title": plain(3),
        "submit": plain(2),
        "blocks": [{"type": "input", "block_id": "why", "label": plain(2), "element": field}],
    }
    await at.client.views_open(trigger_id=at.slack.state.new_trigger(at.hana.id), view=form)
    view = next(iter(at.slack.workspace.views.values()))
    await (await at.slack.submits(view)).ended()
    assert (view.is_open, view.errors) == (True, {"why": "이유를 적어 주세요"})
    await (await at.slack.submits(view, {("why", "text"): "옛 규정"})).ended()
    assert not view.is_open


async def test_an_event_that_is_not_acked_comes_again_with_the_same_id(running: tuple[Office, App]) -> None:
    at, app = running
    app.trouble = RuntimeError("the database is away")
    await at.slack.says(at.hana, at.general, "연차?")
    delivery = at.slack.deliveries[0]
    await until(lambda: len(delivery.attempts) == 2)
    app.trouble = None
    await delivery.ended()
    assert [attempt.retry for attempt in delivery.attempts] == [0, 1, 2]
    assert app.of("message")[0]["event_id"] == delivery.payload["event_id"]
    assert app.headers[0]["x-slack-retry-num"] == ["2"]


async def test_slack_gives_up_after_its_retries_and_never_repeats_a_click(running: tuple[Office, App]) -> None:
    at, app = running
    app.delay = 1.3
    await at.slack.says(at.hana, at.general, "연차?")
    await at.slack.deliveries[0].ended()
    assert [attempt.failure for attempt in at.slack.deliveries[0].attempts] in (
        ["timeout"] * 3,
        ["http_timeout"] * 3,
    )
    await until(lambda: len(app.of("message")) == 3)
    unknown = await at.slack.slash(at.hana, at.general, "/nobody")
    assert len((await unknown.ended()).attempts) == 1
    assert not unknown.acked


async def test_duplicates_and_disorder_are_made_on_demand(running: tuple[Office, App]) -> None:
    at, app = running
    at.slack.courier.hold()
    for text in ("하나", "둘"):
        await at.slack.says(at.hana, at.general, text)
    assert not app.heard
    first, second = at.slack.deliveries
    at.slack.courier.release(lambda held: [held[1]])
    await second.ended()
    at.slack.courier.again(first)
    await first.ended()
    await at.slack.courier.repeat(first)
    assert [body["event"]["text"] for body in app.of("message")] == ["둘", "하나", "하나"]
    assert len({body["event_id"] for body in app.of("message")}) == 2


# Socket Mode.


async def test_the_first_delivery_counts_as_attempt_zero(at: Office) -> None:
    app = App(at.slack)
    async with by_socket(at.slack, app):
        await at.slack.says(at.hana, at.general, "연차?")
        await at.slack.settled()
    assert app.headers[0]["x-slack-retry-num"] == ["0"]


async def test_a_socket_address_is_good_once_and_for_an_app_token(at: Office) -> None:
    reply = await at.client.apps_connections_open(app_token=at.slack.app_token)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(reply["url"]) as ws:
            hello = await ws.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(reply["url"])


async def connected(at: Office, sockets: int) -> list[Json]:
    """What each of so many sockets is told first."""
    async with aiohttp.ClientSession() as session:
        opened = []
        for _ in range(sockets):
            address = (await at.client.apps_connections_open(app_token=at.slack.app_token))["url"]
            opened.append(await session.ws_connect(address))
        return [await ws.receive_json() for ws in opened]


async def test_the_eleventh_socket_is_sent_away() -> None:
    async with office() as strict:
        told = await connected(strict, 11)
        assert [message["type"] for message in told] == ["hello"] * 10 + ["disconnect"]
        assert told[-1]["reason"] == "too_many_websockets"
    async with office(relaxed={Limit.CONNECTIONS: "the same sockets without the limit"}) as lenient:
        assert {message["type"] for message in await connected(lenient, 11)} == {"hello"}


async def test_each_event_goes_to_one_of_the_sockets(at: Office) -> None:
    one, two = App(at.slack), App(at.slack)
    async with by_socket(at.slack, one), by_socket(at.slack, two):
        for number in range(10):
            await at.slack.says(at.hana, at.general, str(number))
        await at.slack.settled()
    texts = [body["event"]["text"] for app in (one, two) for body in app.of("message")]
    assert sorted(texts) == [str(number) for number in range(10)]
    assert one.heard
    assert two.heard


async def test_a_told_disconnect_and_a_cut_are_both_followed_by_a_new_socket(at: Office) -> None:
    app = App(at.slack)
    async with by_socket(at.slack, app):
        await at.slack.sockets.disconnect("warning")
        await until(lambda: at.slack.sockets.opened == 2)
        await until(lambda: len(at.slack.sockets.open) == 1)
        at.slack.sockets.cut()
        await until(lambda: at.slack.sockets.opened == 3)
        await at.slack.says(at.hana, at.general, "아직 있나요?")
        await at.slack.settled()
    assert len(app.of("message")) == 1


async def test_an_event_in_flight_when_the_socket_is_cut_comes_again(at: Office) -> None:
    app = App(at.slack)
    app.delay = 0.1
    async with by_socket(at.slack, app):
        await at.slack.says(at.hana, at.general, "연차?")
        await asyncio.sleep(0.05)
        at.slack.sockets.cut()
        await until(lambda: at.slack.deliveries[0].attempts)
    assert at.slack.deliveries[0].attempts[0].failure == "connection_failed"


async def test_a_deaf_socket_answers_pings_and_delivers_nothing(at: Office) -> None:
    app = App(at.slack)
    async with by_socket(at.slack, app) as handler:
        at.slack.sockets.set_health("deaf")
        await at.slack.says(at.hana, at.general, "들리나요?")
        await at.slack.deliveries[0].ended()
        assert await handler.client.is_connected()
        assert at.slack.sockets.opened == 1
    assert not app.heard
    assert not at.slack.deliveries[0].acked


async def test_a_frozen_socket_is_found_out_by_its_missing_pongs(at: Office) -> None:
    async with by_socket(at.slack, App(at.slack)):
        at.slack.sockets.set_health("frozen")
        await until(lambda: at.slack.sockets.opened > 1)


async def test_slack_pings(at: Office) -> None:
    address = (await at.client.apps_connections_open(app_token=at.slack.app_token))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(address, autoping=False) as ws:
        await ws.receive_json()
        assert (await ws.receive()).type is aiohttp.WSMsgType.PING


# HTTP.


async def test_the_address_is_verified_by_its_challenge(at: Office) -> None:
    async with by_http(at.slack, App(at.slack)):
        assert at.slack.requests is not None
        assert await at.slack.requests.verify()


@pytest.mark.parametrize("signature", ["wrong", "stale", "missing"])
async def test_a_request_that_slack_did_not_sign_is_made_on_demand(at: Office, signature: Any) -> None:
    app = App(at.slack)
    async with by_http(at.slack, app):
        at.slack.courier.hold()
        await at.slack.says(at.hana, at.general, "연차?")
        assert at.slack.requests is not None
        bad = await at.slack.requests.post(at.slack.deliveries[0], signature=signature)
        good = await at.slack.requests.post(at.slack.deliveries[0])
    assert (bad.status, good.status, len(app.of("message"))) == (401, 200, 1)


async def test_no_retry_is_asked_for_by_a_header(at: Office) -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

    server = web.Application()
    server.router.add_post("/", refuse)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await at.slack.moves_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await at.slack.says(at.hana, at.general, "연차?")
    assert [attempt.failure for attempt in (await at.slack.deliveries[0].ended()).attempts] == ["http_error"]
    await runner.cleanup()


async def test_an_app_that_is_away_is_tried_again(at: Office) -> None:
    app = App(at.slack)
    async with by_http(at.slack, app) as target:
        pass
    await at.slack.moves_to(target)
    await at.slack.says(at.hana, at.general, "연차?")
    delivery: Delivery = await at.slack.deliveries[0].ended()
    assert [attempt.failure for attempt in delivery.attempts] == ["connection_failed"] * 3


# Leaving nothing behind.


async def test_a_busy_end_leaves_no_task_and_no_socket() -> None:
    before = asyncio.all_tasks()
    async with office() as at:
        app = App(at.slack)
        app.delay = 0.2
        at.slack.scripts("users.info", Delayed(float("inf")))
        hanging = asyncio.create_task(at.client.users_info(user=at.hana.id))
        async with by_socket(at.slack, app):
            said = [at.slack.says(at.hana, at.general, f"{at.mention} {n}") for n in range(50)]
            messages: list[Message] = await asyncio.gather(*said)
            await asyncio.sleep(0.05)
            await at.slack.sockets.disconnect()
    assert len(messages) == 50
    with pytest.raises(aiohttp.ClientError):
        await hanging
    await until(lambda: not (asyncio.all_tasks() - before))
    assert not at.slack.sockets.open
    gc.collect()
