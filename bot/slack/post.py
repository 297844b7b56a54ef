"""The one door to Slack for what is written there."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from bot.slack.blocks import Block, Message
from bot.slack.budget import Budget, Rate, UpdateBudget
from bot.slack.faults import SlackFault, refusal, translated

EVENT_TYPE = "naru_question"

T = TypeVar("T")

_BACKOFF = wait_random_exponential(multiplier=0.5, max=8)
_APPENDS = 100
"""chat.appendStream a minute: tier 4 of docs.slack.dev/apis/web-api/rate-limits."""
_PAGE = 200
_MOST_PAGES = 10
_RESPONSE_URL = {404: "expired_url", 429: "ratelimited"}
"""Slack's code by the status: used five times or older than 30 minutes; too often."""
_LOOK_AFTER_S = 0.5
"""What is posted while we look is not found: Slack gets a moment to finish."""
_AS_IT_STANDS: Mapping[str, Any] = {
    "unfurl_links": False,
    "unfurl_media": False,
    "parse": "none",
    "link_names": False,
}
"""Slack fetches no address and makes nothing of a text; a preview would tell its server that somebody reads."""


class SlackDoor:
    """Everything that Naru says in Slack.

    bot_user: our own user id. attempts: tries in all; total_s: seconds for all of them together, waiting included.
    Each method raises SlackFault.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        bot_user: str,
        budget: Budget,
        attempts: int = 5,
        total_s: float = 90.0,
    ) -> None:
        self._client = client
        self._bot_user = bot_user
        self._budget = budget
        self._appends = UpdateBudget(Rate(_APPENDS, burst=_APPENDS // 2, reserve=0))
        self._attempts = attempts
        self._total_s = total_s

    async def direct(self, user: str) -> str:
        """The id of our conversation with one person, opened where there was none."""

        async def opened() -> str:
            with translated("conversations.open"):
                answer = await self._client.conversations_open(users=user)
                room = answer.get("channel") or {}
            if "id" not in room:
                raise refusal("conversations.open", "garbled")
            return str(room["id"])

        return await self._patiently("conversations.open", opened)

    async def placeholder(self, channel: str, thread_ts: str | None, inbox_key: str, message: Message) -> str:
        """Posts what the answer will stand in; returns its ts.

        A post of unknown outcome is looked up, and sent again only when Slack says that it is not there.
        """

        async def place() -> str:
            try:
                return await self._post(channel, thread_ts, inbox_key, message)
            except SlackFault as fault:
                if fault.unknown and (ts := await self._looked_up(channel, thread_ts, inbox_key)):
                    return ts
                raise

        return await self._patiently("chat.postMessage", place)

    async def adopt(self, channel: str, thread_ts: str | None, inbox_key: str) -> str | None:
        """The ts of the placeholder that an earlier attempt posted for this inbox row; None where there is none."""
        mark = _mark(inbox_key)
        async for message in self._ours(channel, thread_ts):
            if message.get("metadata") == mark:
                return str(message["ts"])
        return None

    async def update(self, channel: str, ts: str, message: Message, *, draft: bool = False) -> bool:
        """Sets a post's content; idempotent. False: a draft that was left out to leave the budget to final texts."""

        async def set_to() -> None:
            with translated("chat.update"):
                await self._client.chat_update(
                    channel=channel, ts=ts, text=message.text, blocks=_blocks(message), **_AS_IT_STANDS
                )

        async def set_finally() -> None:
            await self._budget.take()
            try:
                await set_to()
            except SlackFault as fault:
                if fault.code != "streaming_state_conflict":
                    raise
                await self.stop(channel, ts)  # an earlier attempt began it
                await set_to()

        if not draft:
            await self._patiently("chat.update", set_finally)
        elif await self._budget.spare():
            await set_to()
        else:
            return False
        return True

    async def start(self, channel: str, thread_ts: str, user: str, team: str, text: str) -> str:
        """Begins a stream for what `user`, of the workspace `team`, asked; returns its ts. One try: whoever is
        refused, or talks to a Slack that knows no streams, posts a placeholder. text: Markdown."""
        with translated("chat.startStream"):
            begun = await self._client.chat_startStream(
                channel=channel,
                thread_ts=thread_ts,
                recipient_user_id=user,
                recipient_team_id=team,
                markdown_text=text,
            )
            return str(begun["ts"])

    async def append(self, channel: str, ts: str, text: str) -> bool:
        """Adds to a stream, once. False: left out, because the workspace's minute is used up."""
        if not await self._appends.spare():
            return False
        with translated("chat.appendStream"):
            await self._client.chat_appendStream(channel=channel, ts=ts, markdown_text=text)
        return True

    async def stop(self, channel: str, ts: str) -> None:
        """Ends a stream, which cannot be edited before; one that has ended by itself is as good."""

        async def end() -> None:
            with translated("chat.stopStream"):
                await self._client.chat_stopStream(channel=channel, ts=ts)

        await self._unless("message_not_in_streaming_state", self._patiently("chat.stopStream", end))

    async def unmarked(self, channel: str, thread_ts: str, *, after: str) -> list[str]:
        """The posts of ours in a thread, later than `after`, that carry no mark; the oldest first."""
        return [
            str(message["ts"])
            async for message in self._ours(channel, thread_ts)
            if not message.get("metadata") and Decimal(message["ts"]) > Decimal(after)
        ]

    async def remove(self, channel: str, ts: str) -> None:
        """Deletes a post of ours; one that is gone already is as good."""

        async def delete() -> None:
            with translated("chat.delete"):
                await self._client.chat_delete(channel=channel, ts=ts)

        await self._unless("message_not_found", self._patiently("chat.delete", delete))

    async def ephemeral(self, channel: str, user: str, message: Message, thread_ts: str | None = None) -> None:
        """Says something to one person only. Slack does not keep it, so it may also get lost."""

        async def post() -> None:
            with translated("chat.postEphemeral"):
                await self._client.chat_postEphemeral(
                    channel=channel,
                    user=user,
                    thread_ts=thread_ts,
                    text=message.text,
                    blocks=_blocks(message),
                    parse="none",
                    link_names=False,
                )

        await self._patiently("chat.postEphemeral", post)

    async def respond(self, response_url: str, message: Message, *, replace: bool = False) -> None:
        """Answers a command or click to its person only, where the bot is no member too; five times in 30 minutes.
        replace: in the place of the message that was clicked."""

        async def send() -> None:
            hook = AsyncWebhookClient(
                response_url, session=self._client.session, logger=self._client.logger, retry_handlers=[]
            )
            hook.proxy = self._client.proxy
            with translated("response_url"):
                answer = await hook.send(
                    text=message.text,
                    blocks=_blocks(message),
                    unfurl_links=False,
                    unfurl_media=False,
                    replace_original=replace or None,
                )
            if answer.status_code != 200:
                status = answer.status_code
                raise refusal("response_url", _RESPONSE_URL.get(status, f"http_{status}"))

        await self._patiently("response_url", send)

    async def react(self, channel: str, ts: str, emoji: str) -> None:
        """Adds a reaction; one that is there already is as good."""

        async def add() -> None:
            with translated("reactions.add"):
                await self._client.reactions_add(channel=channel, timestamp=ts, name=emoji)

        await self._unless("already_reacted", self._patiently("reactions.add", add))

    async def open_view(self, trigger_id: str, view: Block) -> None:
        """Opens a form. Slack forgets a trigger after 3 s, so there is one try."""
        with translated("views.open"):
            await self._client.views_open(trigger_id=trigger_id, view=dict(view))

    async def publish(self, user: str, view: Block) -> None:
        """Sets what one person sees on the app's Home tab; idempotent."""

        async def set_to() -> None:
            with translated("views.publish"):
                await self._client.views_publish(user_id=user, view=dict(view))

        await self._patiently("views.publish", set_to)

    async def _post(self, channel: str, thread_ts: str | None, inbox_key: str, message: Message) -> str:
        with translated("chat.postMessage"):
            posted = await self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                text=message.text,
                blocks=_blocks(message),
                metadata=_mark(inbox_key),
                **_AS_IT_STANDS,
            )
            return str(posted["ts"])

    async def _looked_up(self, channel: str, thread_ts: str | None, inbox_key: str) -> str | None:
        await asyncio.sleep(_LOOK_AFTER_S)
        try:
            return await self.adopt(channel, thread_ts, inbox_key)
        except SlackFault as fault:
            # Nothing is known of the post, so it must not be sent again now: the next attempt looks first.
            raise SlackFault(str(fault), code=fault.code, gone=fault.gone, unknown=True) from None

    async def _ours(self, channel: str, thread_ts: str | None) -> AsyncIterator[Mapping[str, Any]]:
        """What we said in a thread or, without one, in the conversation."""
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._patiently("conversations.replies", partial(self._page, channel, thread_ts, cursor))
            for message in page.get("messages", ()):
                if message.get("user") == self._bot_user:
                    yield message
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break

    async def _page(self, channel: str, thread_ts: str | None, cursor: str | None) -> Mapping[str, Any]:
        with translated("conversations.replies"):
            if thread_ts is None:
                found = await self._client.conversations_history(
                    channel=channel, limit=_PAGE, cursor=cursor, include_all_metadata=True
                )
            else:
                found = await self._client.conversations_replies(
                    channel=channel, ts=thread_ts, limit=_PAGE, cursor=cursor, include_all_metadata=True
                )
        return found.data if isinstance(found.data, dict) else {}

    async def _patiently(self, what: str, call: Callable[[], Awaitable[T]]) -> T:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._attempts),
            wait=_wait,
            retry=retry_if_exception(lambda error: isinstance(error, SlackFault) and error.retry),
            reraise=True,
        )
        try:
            async with asyncio.timeout(self._total_s):
                return await retrying(call)
        except TimeoutError:
            raise refusal(what, "timeout") from None

    @staticmethod
    async def _unless(code: str, call: Awaitable[None]) -> None:
        try:
            await call
        except SlackFault as fault:
            if fault.code != code:
                raise


def _mark(inbox_key: str) -> dict[str, Any]:
    """The metadata by which a post is found again. Everybody in a conversation can read it, so the key is hashed."""
    digest = hashlib.sha256(inbox_key.encode()).hexdigest()
    return {"event_type": EVENT_TYPE, "event_payload": {"key": digest}}


def _blocks(message: Message) -> list[dict[str, Any]]:
    return [dict(block) for block in message.blocks]


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.after if isinstance(error, SlackFault) else None
    return asked if asked is not None else _BACKOFF(state)
