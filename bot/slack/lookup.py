"""Slack's reading methods: who somebody is, who is in a channel, which usergroups there are. Errors become ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.fetched import Pace, UnsureFault
from bot.slack.users import Channel, Groups, Json, User, channel_of, groups_of, unknown_user, user_of

PAGE = 999
"""Members or people a page: Slack takes less than 1,000."""
MAX_PAGES = 100
"""No list is read further: what has more than that counts as not known."""
CALL_S = 10.0
"""Seconds for one call, with the waiting that a retry handler of the client may do inside."""


_UNKNOWN = "unknown_method"


class _RefusedFault(UnsureFault):
    def __init__(self, method: str, code: str) -> None:
        super().__init__(f"Slack's {method} answered {code}.")
        self.code = code


class Response(Protocol):
    def get(self, key: str, /) -> Any: ...


class Client(Protocol):
    """What is needed of slack_sdk's AsyncWebClient."""

    async def conversations_info(self, *, channel: str) -> Response: ...
    async def conversations_members(self, *, channel: str, cursor: str | None, limit: int) -> Response: ...
    async def users_info(self, *, user: str, include_locale: bool = False) -> Response: ...
    async def users_list(self, *, cursor: str | None, limit: int) -> Response: ...
    async def usergroups_list(self, *, include_users: bool) -> Response: ...


class Lookup:
    """team: our own workspace's id, as auth.test gives it. All methods raise UnsureFault."""

    def __init__(self, client: Client, team: str) -> None:
        self._client = client
        self._team = team

    async def channel(self, id: str) -> Channel:
        response = await _said("conversations.info", self._client.conversations_info(channel=id))
        return channel_of(id, _object(response, "channel"), self._team)

    async def user(self, id: str) -> User:
        """Somebody whom Slack does not know is a stranger, not a failure."""
        try:
            response = await _said("users.info", self._client.users_info(user=id))
        except _RefusedFault as fault:
            if fault.code in ("user_not_found", "user_not_visible"):
                return unknown_user(id)
            raise
        return user_of({**_object(response, "user"), "id": id}, self._team)

    async def locale(self, id: str) -> str:
        """The language that somebody has Slack in, such as ko-KR; empty where Slack does not say."""
        response = await _said("users.info", self._client.users_info(user=id, include_locale=True))
        return str(_object(response, "user").get("locale") or "")

    async def groups(self) -> Groups:
        """Where the plan, or a server that is not Slack's own, has no usergroups there are none, and that is
        certain."""
        try:
            response = await _said("usergroups.list", self._client.usergroups_list(include_users=True))
        except _RefusedFault as fault:
            if fault.code in ("plan_upgrade_required", _UNKNOWN):
                return groups_of([])
            raise
        return groups_of(_objects(response, "usergroups"))

    async def members(self, channel: str, pace: Pace) -> tuple[str, ...]:
        call = self._client.conversations_members
        pages = _pages("conversations.members", pace, lambda cursor: call(channel=channel, cursor=cursor, limit=PAGE))
        ids = [id async for page in pages for id in _list(page, "members")]
        if not all(isinstance(id, str) for id in ids):
            raise UnsureFault("Slack's conversations.members did not say who is in the channel.")
        return tuple(dict.fromkeys(ids))

    async def users(self, pace: Pace) -> tuple[dict[str, User], int]:
        """Everybody whom the workspace lists, by id, and how many pages that took: none where there is no such list."""
        call = self._client.users_list
        found: dict[str, User] = {}
        pages = 0
        try:
            async for page in _pages("users.list", pace, lambda cursor: call(cursor=cursor, limit=PAGE)):
                pages += 1
                found.update((body["id"], user_of(body, self._team)) for body in _objects(page, "members"))
        except _RefusedFault as fault:
            if fault.code != _UNKNOWN:
                raise
        return found, pages


async def _pages(method: str, pace: Pace, call: Callable[[str | None], Awaitable[Response]]) -> AsyncIterator[Response]:
    """The first call is the caller's turn already; the further ones wait for theirs."""
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await _said(method, call(cursor))
        yield page
        after = (page.get("response_metadata") or {}).get("next_cursor")
        if not after:
            return
        if after == cursor:
            raise UnsureFault(f"Slack's {method} gives the same page again and again.")
        cursor = after
        await pace.turn()
    raise UnsureFault(f"Slack's {method} has more than {MAX_PAGES} pages.")


async def _said(method: str, call: Awaitable[Response]) -> Response:
    try:
        async with asyncio.timeout(CALL_S):
            return await call
    except SlackApiError as error:
        raise _RefusedFault(method, _code(error)) from error
    # ValueError: a body that is not what its header says, which the client lets through.
    except (SlackClientError, ClientError, TimeoutError, OSError, ValueError) as error:
        raise UnsureFault(f"Slack's {method} could not be reached ({type(error).__name__}).") from error


def _code(error: SlackApiError) -> str:
    # Of a body that is not JSON the client hands on aiohttp's response, which has no error to read.
    get = getattr(error.response, "get", None)
    return str(get("error") or "no reason") if get else "with something that is not JSON"


def _list(response: Response, key: str) -> list[Any]:
    found = response.get(key)
    if not isinstance(found, list):
        raise UnsureFault(f"Slack's answer has no list of {key}.")
    return found


def _objects(response: Response, key: str) -> list[Json]:
    found = _list(response, key)
    if not all(isinstance(body, dict) and isinstance(body.get("id"), str) for body in found):
        raise UnsureFault(f"Slack's answer has {key} without an id.")
    return found


def _object(response: Response, key: str) -> Json:
    found = response.get(key)
    if not isinstance(found, dict):
        raise UnsureFault(f"Slack's answer has no {key}.")
    return found
