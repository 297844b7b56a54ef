"""A company in memory that answers as Slack's Web API does, and an oracle that says who may read what."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError

TEAM, ELSEWHERE = "T1", "T2"
Json = dict[str, Any]


@dataclass
class Person:
    id: str
    team: str = TEAM
    guest: bool = False
    single_channel: bool = False
    stranger: bool = False
    bot: bool = False
    deleted: bool = False
    admin: bool = False
    email: str | None = None
    confirmed: bool = True
    locale: str | None = None

    def body(self) -> Json:
        body: Json = {"id": self.id, "team_id": self.team, "deleted": self.deleted, "is_bot": self.bot}
        body["profile"] = {"email": self.email} if self.email else {}
        body["is_email_confirmed"] = self.confirmed
        if self.team != TEAM or self.stranger:
            return body | {"is_stranger": self.stranger}
        guest = self.guest or self.single_channel
        return body | {"is_restricted": guest, "is_ultra_restricted": self.single_channel, "is_admin": self.admin}

    @property
    def is_full(self) -> bool:
        odd = (self.guest, self.single_channel, self.stranger, self.bot, self.deleted)
        return self.team == TEAM and not any(odd)

    @property
    def is_present(self) -> bool:
        return self.team != TEAM or self.stranger or not (self.bot or self.deleted)


@dataclass
class Channel:
    id: str
    members: list[str]
    flags: Json = field(default_factory=dict)


def refusal(code: str) -> SlackApiError:
    return SlackApiError("Slack refused.", {"ok": False, "error": code})  # type: ignore[no-untyped-call]


class Company:
    """The methods of AsyncWebClient that are needed. page: how many the server puts on a page. fails: by method, what
    is raised, or answered, instead. on_call: awaited before ("before") and after ("after") the state is read."""

    def __init__(self, *people: Person, page: int = 100) -> None:
        self.people = {person.id: person for person in people}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, tuple[str, list[str]]] = {}
        self.fails: dict[str, Exception | Json] = {}
        self.calls: Counter[str] = Counter()
        self.page = page
        self.on_call: Callable[[str, str], Awaitable[None]] | None = None
        self.hangs = False

    def channel(self, id: str, *members: str, **flags: Any) -> Channel:
        flags = {"name": id.lower(), "is_private": False, **flags}
        self.channels[id] = Channel(id, list(members), flags)
        return self.channels[id]

    def dm(self, user: str) -> Channel:
        return self.channel(f"D{user}", user, "UBOT", is_im=True, user=user)

    def may_read(self, user: str) -> set[str]:
        """What one person reads by. The oracle: by plain rules, and by none of the code under test."""
        person = self.people[user]
        found = {f"user:{user}"}
        found |= {f"group:{n}" for id, (handle, users) in self.groups.items() if user in users for n in (id, handle)}
        if person.is_full:
            found.add("everyone")
        if person.email and person.confirmed and person.team == TEAM and not person.stranger:
            found.add(f"email:{person.email}")
        return found

    def may_all_read(self, channel: str) -> set[str]:
        """What everyone present reads by; nothing but the channel's own with anybody from outside in it."""
        present = [self.people.get(id) for id in self.channels[channel].members]
        here = [person for person in present if person is None or person.is_present]
        own = [self.may_read(person.id) for person in here if person is not None and person.is_full]
        shared = set.intersection(*own) if own and len(own) == len(here) else set()
        return shared | {f"channel:{channel}"}

    async def conversations_info(self, *, channel: str) -> Json:
        def read() -> Json:
            if channel not in self.channels:
                raise refusal("channel_not_found")
            return {"channel": {"id": channel} | self.channels[channel].flags}

        return await self._answer("conversations.info", read)

    async def conversations_members(self, *, channel: str, cursor: str | None, limit: int) -> Json:
        return await self._answer(
            "conversations.members", lambda: self._page("members", list(self.channels[channel].members), cursor)
        )

    async def users_info(self, *, user: str, include_locale: bool = False) -> Json:
        def read() -> Json:
            if user not in self.people:
                raise refusal("user_not_found")
            person = self.people[user]
            return {"user": person.body() | ({"locale": person.locale} if include_locale and person.locale else {})}

        return await self._answer("users.info", read)

    async def users_list(self, *, cursor: str | None, limit: int) -> Json:
        own = [person.body() for person in self.people.values() if person.team == TEAM]
        return await self._answer("users.list", lambda: self._page("members", own, cursor))

    async def usergroups_list(self, *, include_users: bool) -> Json:
        assert include_users
        return await self._answer(
            "usergroups.list",
            lambda: {
                "usergroups": [
                    {"id": id, "handle": handle, "users": list(users), "date_delete": 0}
                    for id, (handle, users) in self.groups.items()
                ]
            },
        )

    def _page(self, key: str, found: list[Any], cursor: str | None) -> Json:
        start = int(cursor or 0)
        after = start + self.page
        return {
            key: found[start:after],
            "response_metadata": {"next_cursor": str(after) if after < len(found) else ""},
        }

    async def _answer(self, method: str, read: Callable[[], Json]) -> Json:
        self.calls[method] += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.on_call:
            await self.on_call(method, "before")
        await asyncio.sleep(0)
        failure = self.fails.get(method)
        if isinstance(failure, Exception):
            raise failure
        answer = read() if failure is None else failure
        await asyncio.sleep(0)
        if self.on_call:
            await self.on_call(method, "after")
        return answer
