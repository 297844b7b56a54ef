"""Who may read what, as Slack and the company's directory say it. What one of them does not say, or not in time, nobody
may read.

What Slack says is kept for a while and dropped when an event says that it changed. Right before an answer is shown,
`fresh=True` asks again: for members and groups always, for people unless the workspace is too large for that. The
directory is looked at every time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any, Generic, TypeVar

from bot.directory import Directory
from bot.domain import Room
from bot.people import Enough
from bot.slack.fetched import Changes, Clock, Fetched, Kept, Pace, UnsureFault
from bot.slack.lookup import Client, Lookup
from bot.slack.users import NO_GROUPS, Channel, Groups, Member, User, principals, unknown_user, user_of
from bot.toml_file import SettingsFault
from retrieval.passage import NOBODY, Principal, Readers

_log = logging.getLogger(__name__)

T = TypeVar("T")

USERS_S, GROUPS_S, ROOM_S = 600.0, 600.0, 60.0
"""Seconds for which people, usergroups, and a channel with its members are kept."""
PATIENCE_S = 3.0
"""Seconds that a question waits for Slack to say who may read."""
FRESH_PATIENCE_S = 10.0
"""Seconds that a finished answer waits: longer than the pace of any method, so that a busy hour delays answers and
does not turn them into nothing."""
MOST_ROOMS = 20
"""Channels beside the one in which somebody asks whose members may read what was said there. Each look costs one of the
100 conversations.members of a minute, and nobody reads by those that are over."""
FEW = 5
"""So many people are looked up one by one; for more the list of all is read. Five of the 100 users.info of a minute
are the same share as one of its 20 users.list."""
PER_MINUTE = {
    "conversations.info": 50,
    "conversations.members": 100,
    "users.info": 100,
    "users.list": 20,
    "usergroups.list": 20,
}
"""docs.slack.dev/apis/web-api/rate-limits: tiers 3, 4, 4, 2, 2. They hold for all processes of the app together."""

_USERGROUPS, _EVERYBODY = "usergroups", "everybody"
_MOVES = ("channel_", "group_", "member_", "im_", "mpim_", "shared_channel_")


@dataclass(frozen=True, slots=True)
class _Age:
    """How old what is known may be, in seconds; 0: asked for after this moment. modest: see Fetched.get."""

    users_s: float
    groups_s: float
    room_s: float
    modest: bool = False


_KEPT = _Age(USERS_S, GROUPS_S, ROOM_S)
_FRESH = _Age(0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Roster:
    users: Mapping[str, User]
    pages: int


@dataclass(frozen=True, slots=True)
class _Found(Generic[T]):
    """keys: all that it rests on; when one of them has changed meanwhile, it is not true any more."""

    value: T
    keys: Collection[str]


async def _nowhere() -> Collection[str]:
    """Where no document is for the members of a channel."""
    return ()


class SlackPeople:
    """bot.people.People over Slack's Web API.

    team: our workspace's id. directory: the company's, as it is now; may raise SettingsFault. everyone: the usergroup
    (id or handle) of those who are `everyone`; None: all full members. admins: principals (`user:U1`, `group:ops`,
    `email:a@b.c`) who are admins beside those of Slack. limits: calls a minute, by method; with several processes, each
    one's share. rooms: the channels, by id, whose members are readers of some document.
    """

    def __init__(
        self,
        client: Client,
        team: str,
        directory: Callable[[], Directory],
        *,
        everyone: str | None = None,
        admins: Iterable[str] = (),
        limits: Mapping[str, int] = PER_MINUTE,
        patience_s: float = PATIENCE_S,
        fresh_patience_s: float = FRESH_PATIENCE_S,
        rooms: Callable[[], Awaitable[Collection[str]]] = _nowhere,
        clock: Clock = time.monotonic,
    ) -> None:
        self._team = team
        self._directory = directory
        self._everyone = everyone
        self._admins = frozenset(Principal(admin) for admin in admins)
        self._patience_s = patience_s
        self._fresh_patience_s = fresh_patience_s
        self._rooms = rooms
        self._changes = changes = Changes()
        paces = {method: Pace(limit, clock) for method, limit in limits.items()}
        lookup = Lookup(client, team)

        async def members(channel: str) -> tuple[str, ...]:
            return await lookup.members(channel, paces["conversations.members"])

        async def groups(_: str) -> Groups:
            return await lookup.groups()

        async def roster(_: str) -> _Roster:
            return _Roster(*await lookup.users(paces["users.list"]))

        self._page_s = paces["users.list"].interval_s
        self._channels = Fetched(lookup.channel, paces["conversations.info"], changes, clock)
        self._members = Fetched(members, paces["conversations.members"], changes, clock)
        self._groups = Fetched(groups, paces["usergroups.list"], changes, clock)
        self._user = Fetched(lookup.user, paces["users.info"], changes, clock)
        self._roster = Fetched(roster, paces["users.list"], changes, clock)

    async def room(self, id: str) -> Room:
        """The room as Slack knows it; when it does not say, one of an unknown kind with outsiders in it."""
        unsure = Room(id, id, "unknown", shared=True)
        return await self._settled(lambda: self._room(id), unsure, self._patience_s)

    async def readers(self, asker: str, room: Room, *, fresh: bool = False, enough: Enough | None = None) -> Readers:
        """What everyone present shares, see bot.people.People. fresh: by calls that begin after this one. enough: asked
        before the usergroups are, which Slack tells 20 times a minute only."""
        patience_s = self._fresh_patience_s if fresh else self._patience_s
        age = _FRESH if fresh else _KEPT
        return await self._settled(lambda: self._readers(asker, room, age, enough), NOBODY, patience_s)

    async def present(self, room: Room) -> Readers | None:
        """What all who are in the room now share, whoever asks; None where Slack does not say."""

        async def look() -> _Found[Readers | None]:
            found = await self._readers(None, room, _FRESH, None)
            return _Found(found.value, found.keys)

        return await self._settled(look, None, self._fresh_patience_s)

    async def recent(self, asker: str, room: Room, within_s: float, enough: Enough) -> Readers:
        """What everyone present shares, for a draft."""
        age = _Age(within_s, within_s, within_s, modest=True)
        look = partial(self._readers, asker, room, age, enough)
        return await self._settled(look, NOBODY, self._patience_s, logging.DEBUG)

    async def alone(self, asker: str) -> Readers:
        """What one person may read where nobody else is present."""
        return await self._settled(lambda: self._alone(asker), NOBODY, self._patience_s)

    async def is_admin(self, user: str) -> bool:
        """An admin or owner of the workspace, or one of the configured; a guest or anybody unsure is none."""
        # It is always asked afresh, so in a busy minute it waits for its turn: to an admin a no would be wrong.
        return await self._settled(lambda: self._is_admin(user), False, self._fresh_patience_s)

    async def manages(self, user: str, channel: str) -> bool:
        """Whether somebody made that channel and is in it, or is an admin; where Slack does not say, not."""
        if await self.is_admin(user):
            return True
        return await self._settled(lambda: self._made(user, channel), False, self._fresh_patience_s)

    async def is_member(self, user: str) -> bool:
        """A full member of the company; a guest, somebody of another organisation or anybody unsure is none."""
        return await self._settled(lambda: self._is_member(user), False, self._patience_s)

    async def admins(self) -> tuple[str, ...]:
        """Those whom `is_admin` would confirm, as far as Slack lists its people; nobody where it does not say."""
        nobody: tuple[str, ...] = ()
        listed = await self._settled(self._listed_admins, nobody, self._fresh_patience_s)
        return tuple(sorted(listed))

    def changed(self, event: Mapping[str, Any]) -> None:
        """Drop what an event says has changed. Events that say nothing about people are nothing to it."""
        kind = str(event.get("type", ""))
        if kind.startswith("subteam_"):
            self._changes.mark(_USERGROUPS)
        elif kind.startswith(_MOVES):
            for key in ("channel", "old_channel_id", "new_channel_id"):
                self._changes.mark(_id(event.get(key)))
        elif kind.startswith("user_") or kind == "team_join":
            self._user_changed(event.get("user"))

    def forget(self) -> None:
        """Drop everything: after a time in which events may have been missed."""
        self._changes.mark_all()

    async def close(self) -> None:
        """After the last question, and before the client's session is closed."""
        kept = (self._channels, self._members, self._groups, self._user, self._roster)
        await asyncio.gather(*(fetched.close() for fetched in kept))

    def _user_changed(self, body: object) -> None:
        id = _id(body)
        kept = self._known(id)
        # Most of these events are about a status or a picture. Yet a call under way may bring what was before.
        under_way = self._user.is_running(id) or self._roster.is_running(_EVERYBODY)
        if kept is None or under_way or not isinstance(body, Mapping) or user_of(body, self._team) != kept:
            self._changes.mark(id)

    async def _settled(
        self, look: Callable[[], Awaitable[_Found[T]]], unsure: T, patience_s: float, log_as: int = logging.WARNING
    ) -> T:
        """What `look` finds, once no event has made it untrue while it was looking; `unsure` without that."""
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    seen = self._changes.now
                    found = await look()
                    if not self._changes.touched(found.keys, seen):
                        return found.value
        except UnsureFault as fault:
            _log.log(log_as, "Nobody may read until it is known who is present: %s", fault)
        except TimeoutError:
            took = "Nobody may read until it is known who is present: that took more than %s s."
            _log.log(log_as, took, patience_s)
        return unsure

    async def _room(self, id: str) -> _Found[Room]:
        channel = (await self._channels.get(id, ROOM_S)).value
        ids = await self._present(channel, _KEPT)
        users = await self._users(ids, _KEPT)
        return _Found(channel.room(_here(users, await self._directory_now())), {id, *ids})

    async def _readers(self, asker: str | None, room: Room, age: _Age, enough: Enough | None) -> _Found[Readers]:
        channel = (await self._channels.get(room.id, ROOM_S)).value
        if channel.kind != room.kind or channel.kind == "unknown":
            return _Found(NOBODY, {room.id})
        ids = await self._present(channel, age)
        users = await self._users(ids, age)
        if enough is not None and enough(found := await self._shared(asker, room, channel, users, NO_GROUPS)):
            return _Found(found, {room.id, *ids})
        groups = await self._groups.get(_USERGROUPS, age.groups_s, modest=age.modest)
        found = await self._shared(asker, room, channel, users, groups.value)
        # Where outsiders are present, or the asker is nobody, there is nothing but the room, and nothing to add.
        ours = found.principals - {Principal(f"channel:{room.id}")}
        more = await self._elsewhere(users, room.id, age) if ours else _Found(NOBODY, ())
        both = Readers(found.principals | more.value.principals)
        return _Found(both, {room.id, _USERGROUPS, *ids, *more.keys})

    async def _alone(self, asker: str) -> _Found[Readers]:
        users, groups = await asyncio.gather(self._users([asker], _KEPT), self._groups.get(_USERGROUPS, GROUPS_S))
        directory = await self._directory_now()
        here = _here(users, directory)
        own = self._principals(here[0], groups.value, directory) if here else frozenset[Principal]()
        more = await self._elsewhere(users, "", _KEPT) if own else _Found(NOBODY, ())
        return _Found(Readers(own | more.value.principals), {asker, _USERGROUPS, *more.keys})

    async def _shared(
        self, asker: str | None, room: Room, channel: Channel, users: Iterable[User], groups: Groups
    ) -> Readers:
        directory = await self._directory_now()
        here = _here(users, directory)
        if not any(asker in (None, member.user.id) and not member.left for member in here):
            return NOBODY
        own = [self._principals(member, groups, directory) for member in here]
        if channel.kind == "dm":
            return Readers(own[0])
        alone = room.shared or channel.room(here).shared
        common = frozenset() if alone else reduce(frozenset.intersection, own)
        return Readers(common | {Principal(f"channel:{room.id}")})

    async def _elsewhere(self, users: Iterable[User], but: str, age: _Age) -> _Found[Readers]:
        """The channels whose members are readers of something and that all of these are in now, where all are full
        members. What Slack does not say of a channel takes only that channel away."""
        here = _here(users, await self._directory_now())
        rooms = sorted(set(await self._rooms()) - {but})[:MOST_ROOMS] if here and all(one.full for one in here) else []
        found: list[Principal] = []
        for id in rooms:
            with suppress(UnsureFault):
                members = (await self._members.get(id, age.room_s, modest=age.modest)).value
                found += [Principal(f"channel:{id}")] if {one.user.id for one in here} <= set(members) else []
        return _Found(Readers(frozenset(found)), rooms)

    def _principals(self, member: Member, groups: Groups, directory: Directory) -> frozenset[Principal]:
        return principals(member, groups, self._everyone, directory)

    async def _directory_now(self) -> Directory:
        """Asked after Slack has answered, so that it is the later of the two. In a thread: a changed file is read."""
        try:
            return await asyncio.to_thread(self._directory)
        except SettingsFault as fault:
            raise UnsureFault(str(fault)) from fault

    async def _is_admin(self, id: str) -> _Found[bool]:
        one, groups = await asyncio.gather(self._user.get(id, 0), self._groups.get(_USERGROUPS, 0))
        member = Member.of(one.value, directory := await self._directory_now())
        return _Found(self._administers(member, groups.value, directory), {id, _USERGROUPS})

    async def _made(self, user: str, id: str) -> _Found[bool]:
        channel = (await self._channels.get(id, 0)).value
        present = () if channel.kind in ("dm", "unknown") else await self._present(channel, _FRESH)
        return _Found(channel.creator == user and user in present, {id, user})

    async def _is_member(self, id: str) -> _Found[bool]:
        (user,) = await self._users([id], _KEPT)
        return _Found(Member.of(user, await self._directory_now()).full, {id})

    async def _listed_admins(self) -> _Found[tuple[str, ...]]:
        listed, groups = await asyncio.gather(
            self._roster.get(_EVERYBODY, USERS_S), self._groups.get(_USERGROUPS, GROUPS_S)
        )
        directory = await self._directory_now()
        here = _here(listed.value.users.values(), directory)
        found = tuple(one.user.id for one in here if self._administers(one, groups.value, directory))
        return _Found(found, {_USERGROUPS, _EVERYBODY})

    def _administers(self, member: Member, groups: Groups, directory: Directory) -> bool:
        own = self._principals(member, groups, directory)
        return member.full and (member.user.admin or not own.isdisjoint(self._admins))

    async def _present(self, channel: Channel, age: _Age) -> tuple[str, ...]:
        if channel.kind == "dm":
            return (channel.with_,) if channel.with_ else ()
        return (await self._members.get(channel.id, age.room_s, modest=age.modest)).value

    def _known(self, id: str, within_s: float = USERS_S) -> User | None:
        """The latest that is kept of one person, from users.info or from the list."""
        one = self._user.kept(id, within_s)
        listed = self._listed(self._roster.kept(_EVERYBODY, within_s), id)
        found = [kept for kept in (one, listed) if kept is not None]
        return max(found, key=lambda kept: kept.asked_at).value if found else None

    def _listed(self, roster: Kept[_Roster] | None, id: str) -> Kept[User] | None:
        user = roster.value.users.get(id) if roster else None
        if roster is None or user is None or self._changes.touched([id], roster.seen):
            return None
        return Kept(user, roster.asked_at, roster.seen)

    async def _users(self, ids: Collection[str], age: _Age) -> list[User]:
        """The people of those ids. More than a FEW whom the workspace does not list count as strangers unasked."""
        known = {id: user for id in ids if (user := self._known(id, age.users_s))}
        listing = True
        if len(ids) - len(known) > FEW:
            within_s = max(age.users_s, self._roster_age_s())
            roster = await self._roster.get(_EVERYBODY, within_s, modest=age.modest)
            listed = {id: kept.value for id in ids if (kept := self._listed(roster, id))}
            known |= {id: self._known(id) or user for id, user in listed.items()}
            listing = roster.value.pages > 0
        missing = [id for id in ids if id not in known]
        if listing and len(missing) > FEW:
            known.update((id, unknown_user(id)) for id in missing)
        else:
            found = await asyncio.gather(*(self._user.get(id, age.users_s, modest=age.modest) for id in missing))
            known.update((kept.value.id, kept.value) for kept in found)
        return [known[id] for id in ids]

    def _roster_age_s(self) -> float:
        """How old the list of people may be for a fresh look. One page is read every time; more pages than that
        would use up what a minute allows, so the list may then be as old as its pages take."""
        kept = self._roster.kept(_EVERYBODY, USERS_S)
        return self._page_s * (kept.value.pages - 1) if kept else 0


def _here(users: Iterable[User], directory: Directory) -> list[Member]:
    return [Member.of(user, directory) for user in users if user.here]


def _id(value: object) -> str:
    """An id as events give it: bare, or in an object."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else ""
