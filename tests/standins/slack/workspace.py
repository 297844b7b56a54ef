"""What a workspace holds. Tests build it, Slack's methods and people's acts change it.

workspace = Workspace()
hana = workspace.user("hana", email="hana@example.com")
general = workspace.channel("general", members=[hana, workspace.bot])
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["public", "private", "im", "mpim"]

TEAM, OTHER_TEAM, APP, BOT_ID = "T0STANDIN", "T0ELSEWHERE", "A0STANDIN", "B0STANDIN"


@dataclass
class User:
    id: str
    name: str
    email: str | None = None
    team_id: str = TEAM
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False
    locale: str = "ko-KR"
    profile: Json | None = field(default_factory=dict)
    """What the profile holds besides name and e-mail; None is a user without any."""


@dataclass
class Usergroup:
    id: str
    handle: str
    users: list[str]
    disabled: bool = False


@dataclass
class Channel:
    id: str
    name: str
    kind: Kind
    members: list[str]
    is_archived: bool = False
    other_teams: list[str] = field(default_factory=list)
    """Organisations that it is shared with: any makes it is_shared and is_ext_shared."""
    messages: dict[str, Message] = field(default_factory=dict)
    """By ts, oldest first, replies too."""
    creator: str | None = None
    """Who made it; None: the bot."""
    topic: tuple[str, str] = ("", "")
    """What it says, and who set it."""

    @property
    def is_shared(self) -> bool:
        return bool(self.other_teams)

    def replies(self, ts: str) -> list[Message]:
        return [message for message in self.messages.values() if message.thread_ts == ts != message.ts]


@dataclass
class Message:
    """A message as it stands now; one that is deleted keeps its last content and says so."""

    channel: str
    ts: str
    text: str
    user: str | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    subtype: str | None = None
    username: str | None = None
    client_msg_id: str | None = None
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    edited: Json | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    arguments: Json = field(default_factory=dict)
    """What the bot's last call about it said: unfurl_links, parse, link_names ..."""
    is_broadcast: bool = False
    seen_only_by: str | None = None
    """The user of an ephemeral message."""
    streaming_since: float | None = None
    deleted: bool = False


@dataclass
class View:
    id: str
    user: str
    body: Json
    hash: str
    is_open: bool = True
    errors: Json = field(default_factory=dict)
    """By block_id: what the last submission was answered with."""


@dataclass
class File:
    id: str
    name: str
    mimetype: str
    content: bytes
    user: str
    channels: list[str] = field(default_factory=list)
    over_connect: bool = False
    """Events say its id alone, and files.info the rest: it belongs to another organisation."""
    moved: str | None = None
    """Where its address redirects to."""


class Workspace:
    """Users, groups, channels and files of one team, with the bot among them."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.base_url = ""
        self.users: dict[str, User] = {}
        self.usergroups: dict[str, Usergroup] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.ephemerals: list[Message] = []
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.statuses: dict[tuple[str, str], str] = {}
        """By (channel, thread_ts): what assistant.threads.setStatus said last."""
        self.bot = self.user("naru", is_bot=True)

    def user(self, name: str, **fields: Any) -> User:
        """Adds one; `fields` are those of User."""
        user = User(self.new_id("U"), name, **fields)
        self.users[user.id] = user
        return user

    def usergroup(self, handle: str, users: Iterable[User] = ()) -> Usergroup:
        group = Usergroup(self.new_id("S"), handle, [user.id for user in users])
        self.usergroups[group.id] = group
        return group

    def channel(
        self, name: str, *, members: Iterable[User] = (), kind: Kind = "public", other_teams: Iterable[str] = ()
    ) -> Channel:
        # Private channels made since March 2021 have a C too: only `is_private` tells.
        ids = [user.id for user in members]
        channel = Channel(
            self.new_id({"im": "D", "mpim": "G"}.get(kind, "C")), name, kind, ids, other_teams=[*other_teams]
        )
        self.channels[channel.id] = channel
        return channel

    def im(self, user: User) -> Channel:
        """The bot's conversation with one person, made at the first use."""
        found = next((c for c in self.channels.values() if c.kind == "im" and user.id in c.members), None)
        return found or self.channel("", members=[user, self.bot], kind="im")

    def file(self, name: str, content: bytes, *, user: User, mimetype: str = "text/plain") -> File:
        file = File(self.new_id("F"), name, mimetype, content, user.id)
        self.files[file.id] = file
        return file

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):010X}"
