"""Slack's own record of what was said: which conversations we are in, and what was written there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.faults import SlackFault, translated
from bot.slack.fetched import Pace

CALLS_A_MINUTE = 20
"""Of the 50 that conversations.history and conversations.replies allow: the rest is for looking up placeholders."""
_PAGE, _LIST_PAGE = 200, 999
_MOST_PAGES, _MOST_LIST_PAGES = 5, 20
_A_PAGE_LASTS_S = 60.0
_LONGEST_S = 60.0
"""Who is asked to wait for longer asks again with the next look, and looks into other conversations meanwhile."""
_KINDS = "public_channel,private_channel,mpim,im"

Json = Mapping[str, Any]


class History:
    """Times are seconds since 1970. Each method raises SlackFault; where Slack asks to wait for a while, it waits
    once."""

    def __init__(self, client: AsyncWebClient, calls_a_minute: int = CALLS_A_MINUTE) -> None:
        self._client = client
        self._pace = Pace(calls_a_minute, time.monotonic)
        self._rooms: frozenset[str] = frozenset()
        self._listed_until = 0.0

    async def conversations(self) -> frozenset[str]:
        """The ids of those that we are in and that are not archived. A list of many pages is asked for less often."""
        if time.monotonic() < self._listed_until:
            return self._rooms
        call = self._client.conversations_list
        arguments = {"types": _KINDS, "exclude_archived": True, "limit": _LIST_PAGE}
        pages = [page async for page in self._pages("conversations.list", call, most=_MOST_LIST_PAGES, **arguments)]
        self._rooms = frozenset(room["id"] for page in pages for room in page.get("channels") or [] if _is_inside(room))
        self._listed_until = time.monotonic() + _A_PAGE_LASTS_S * (len(pages) - 1)
        return self._rooms

    async def messages(self, room: str, since: float, threads_since: float) -> list[Json]:
        """Newest first: all since then, and what more since `threads_since` comes with them, for the threads below."""
        call, found = self._client.conversations_history, list[Json]()
        async for page in self._pages(
            "conversations.history", call, channel=room, oldest=f"{threads_since:.6f}", limit=_PAGE
        ):
            found += page.get("messages") or []
            if not found or written_at(found[-1]) < since:
                break
        return found

    async def replies(self, room: str, thread: str, since: float) -> list[Json]:
        """Oldest first, without the message that they are below."""
        call = self._client.conversations_replies
        pages = self._pages("conversations.replies", call, channel=room, ts=thread, oldest=f"{since:.6f}", limit=_PAGE)
        return [reply async for page in pages for reply in page.get("messages") or [] if reply["ts"] != thread]

    async def _pages(
        self, what: str, call: Callable[..., Awaitable[Any]], *, most: int = _MOST_PAGES, **arguments: object
    ) -> AsyncIterator[Json]:
        cursor: str | None = None
        for _ in range(most):
            page = await self._patiently(what, call, arguments | {"cursor": cursor})
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    async def _patiently(self, what: str, call: Callable[..., Awaitable[Any]], arguments: Json) -> Json:
        try:
            return await self._said(what, call, arguments)
        except SlackFault as fault:
            if fault.after is None or fault.after > _LONGEST_S:
                raise
            await asyncio.sleep(fault.after)
        return await self._said(what, call, arguments)

    async def _said(self, what: str, call: Callable[..., Awaitable[Any]], arguments: Json) -> Json:
        await self._pace.turn()
        with translated(what):
            answer = await call(**arguments)
        return answer.data if isinstance(answer.data, dict) else {}


def written_at(message: Json) -> float:
    return float(message["ts"])


def _is_inside(room: Json) -> bool:
    """Public channels are listed whether we are in them or not; of direct messages only our own are."""
    return bool(room.get("is_member") or room.get("is_im") or room.get("is_mpim"))
