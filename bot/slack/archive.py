"""All that was written in a channel, from the newest on: for the source of kind slack. What Slack only failed to
deliver is in history.py.

Slack asks apps to go slowly: conversations.history and conversations.replies 50 times a minute and, since 2025, apps
that are given to other companies outside of its Marketplace once a minute for 15 messages
(docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps). An app of one's own is not concerned.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.faults import SlackFault, translated
from bot.slack.fetched import Pace
from bot.slack.history_kind import SLOW

_log = logging.getLogger(__name__)

CALLS_A_MINUTE = 20
"""Of the 50: as many are left for what Slack did not deliver (history.py), the rest for looking up placeholders."""
PEOPLE_A_MINUTE = 15
"""Of the 20 of users.list: readers are looked up by it too."""
PAGE, PEOPLE = 999, 999
LIMITED = 15
"""Messages a page that an app is given which Slack holds to the limits of 2025."""
TRIES = 5
UNSAID_S = 30.0
"""How long is waited where Slack asks to wait and does not say for how long; each time twice as long."""
LONGEST_S = 300.0
"""Where Slack asks for more the next run goes on: meanwhile this one would keep its source from every other."""
_STANDING = 3
"""So many pages that bring nothing new, in a row, are no list any more."""
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Self:
    """Who we are. url: of the workspace, ending with a slash."""

    team: str
    bot_user: str
    url: str


class Archive:
    """Each method raises SlackFault, after it has waited as Slack asked. unsaid_s: as UNSAID_S."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        calls_a_minute: int = CALLS_A_MINUTE,
        people_a_minute: int = PEOPLE_A_MINUTE,
        unsaid_s: float = UNSAID_S,
    ) -> None:
        self._client = client
        self._unsaid_s = unsaid_s
        self._pace = Pace(calls_a_minute, time.monotonic)
        self._people_pace = Pace(people_a_minute, time.monotonic)
        self._limited = False

    async def who(self) -> Self:
        told = await self._patiently("auth.test", self._client.auth_test, {})
        return Self(str(told.get("team_id")), str(told.get("user_id")), str(told.get("url") or ""))

    async def channel(self, id: str) -> Json:
        """A conversation object (docs.slack.dev/reference/objects/conversation-object)."""
        told = await self._patiently("conversations.info", self._client.conversations_info, {"channel": id})
        return _object(told, "channel", "conversations.info")

    async def messages(self, channel: str, oldest: float, latest: float | None = None) -> AsyncIterator[Json]:
        """The newest first, without replies, both times included."""
        what, call = "conversations.history", self._client.conversations_history
        bounds = {"oldest": f"{oldest:.6f}", "inclusive": True, "limit": PAGE}
        bounds |= {} if latest is None else {"latest": f"{latest:.6f}"}
        advance = _Advance(what)
        async for page in self._pages(what, call, self._pace, {"channel": channel, **bounds}):
            found = _objects(page, "messages", what)
            self._tell_if_limited(page, len(found))
            for message in found:
                yield message
            advance.to(max((-float(one["ts"]) for one in found), default=advance.reached))

    async def thread(self, channel: str, ts: str) -> list[Json]:
        """Its first message, as far as that is left, and all replies, in the order in which they were written."""
        what, call = "conversations.replies", self._client.conversations_replies
        found: dict[str, Json] = {}
        advance = _Advance(what)
        async for page in self._pages(what, call, self._pace, {"channel": channel, "ts": ts, "limit": PAGE}):
            found.update((one["ts"], one) for one in _objects(page, "messages", what))
            advance.to(len(found))
        return sorted(found.values(), key=lambda one: float(one["ts"]))

    async def people(self) -> dict[str, str]:
        """By id, what everybody of the workspace is called; nobody where there is no such list."""
        names: dict[str, str] = {}
        advance = _Advance("users.list")
        try:
            async for page in self._pages("users.list", self._client.users_list, self._people_pace, {"limit": PEOPLE}):
                names.update((str(one["id"]), _name(one)) for one in page.get("members") or [])
                advance.to(len(names))
        except SlackFault as fault:
            if fault.code != "unknown_method":
                raise
        return names

    async def person(self, id: str) -> str:
        """What one is called who is not in that list; their id where Slack does not say."""
        try:
            told = await self._patiently("users.info", self._client.users_info, {"user": id})
        except SlackFault as fault:
            if fault.code not in ("user_not_found", "user_not_visible", "unknown_method"):
                raise
            return id
        return _name(_object(told, "user", "users.info"))

    async def _pages(
        self, what: str, call: Callable[..., Awaitable[Any]], pace: Pace, arguments: Json
    ) -> AsyncIterator[Json]:
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            page = await self._patiently(what, call, {**arguments, "cursor": cursor}, pace)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return
            if cursor in seen:
                raise _repeats(what)
            seen.add(cursor)

    async def _patiently(
        self, what: str, call: Callable[..., Awaitable[Any]], arguments: Json, pace: Pace | None = None
    ) -> Json:
        """Another try where it may help: as late as Slack says."""
        for n in range(TRIES):
            if pace is not None:
                await pace.turn()
            try:
                with translated(what):
                    answer = await call(**arguments)
                return answer.data if isinstance(answer.data, dict) else {}
            except SlackFault as fault:
                if not fault.retry or n + 1 == TRIES or (fault.after or 0) > LONGEST_S:
                    raise
                await asyncio.sleep(self._unsaid_s * 2**n if fault.after is None else fault.after)
        raise AssertionError("unreachable")

    def _tell_if_limited(self, page: Json, messages: int) -> None:
        if page.get("has_more") and messages <= LIMITED and not self._limited:
            self._limited = True
            _log.warning("Slack gives 15 messages of history at a time. %s", SLOW)


@dataclass(slots=True)
class _Advance:
    """How far a list was given. One that stays where it is under other cursors has no end."""

    what: str
    reached: float = float("-inf")
    standing: int = 0

    def to(self, reached: float) -> None:
        """Raises SlackFault when it stands."""
        self.standing = 0 if reached > self.reached else self.standing + 1
        self.reached = max(reached, self.reached)
        if self.standing == _STANDING:
            raise _repeats(self.what)


def _name(user: Json) -> str:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((str(name) for name in names if name), str(user.get("id")))


def _object(told: Json, key: str, what: str) -> Json:
    found = told.get(key)
    if not isinstance(found, dict):
        raise _garbled(what)
    return found


def _objects(told: Json, key: str, what: str) -> list[Json]:
    """What has no time that can be read is no message."""
    found = told.get(key)
    if not isinstance(found, list) or not all(isinstance(one, dict) and _is_time(one.get("ts")) for one in found):
        raise _garbled(what)
    return found


def _is_time(ts: object) -> bool:
    return isinstance(ts, str) and ts.replace(".", "", 1).isdecimal()


def _repeats(what: str) -> SlackFault:
    return SlackFault(f"{what} gives the same page again and again: nothing of it can be relied on.", code="repeats")


def _garbled(what: str) -> SlackFault:
    return SlackFault(f"{what} answered what is no answer of Slack's: nothing of it can be relied on.", code="garbled")
