"""What Slack's methods work on: the workspace, the rules, and a way to tell the app what happened."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.standins.slack import limits
from tests.standins.slack.limits import ApiError, Limit, Strictness
from tests.standins.slack.rates import Rates
from tests.standins.slack.timing import Clock
from tests.standins.slack.workspace import Channel, Json, Message, Workspace

PREFIX = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
"""Scopes about conversations are named by their kind: groups:history is for private channels."""


@dataclass
class Trigger:
    user: str
    given_at: float
    used: bool = False


@dataclass
class ResponseUrl:
    channel: str
    user: str
    given_at: float
    message: Message | None = None
    uses: int = 0


@dataclass
class State:
    workspace: Workspace
    strictness: Strictness
    clock: Clock
    rates: Rates
    scopes: frozenset[str]
    publish: Callable[[Json, Channel | None], None]
    """Tells the app of an event, when it is subscribed to it and may see the channel."""
    new_socket_url: Callable[[], str]
    base_url: str = ""
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    uploads: dict[str, Json] = field(default_factory=dict)
    is_limited: bool = False
    """An app of the cohort of 2025: history by 15 messages a call, once a minute."""

    @property
    def a_page(self) -> int | None:
        """Messages of history that a call gives at most."""
        return limits.MESSAGES_OF_A_LIMITED_APP if self.is_limited else None

    def need(self, scope: str) -> None:
        if self.strictness.holds(Limit.SCOPES) and scope not in self.scopes:
            raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))

    def need_for(self, channel: Channel, verb: str) -> None:
        """E.g. groups:history, when `channel` is private and the verb is history."""
        self.need(f"{PREFIX[channel.kind]}:{verb}")

    def channel(self, id: str) -> Channel:
        """One that the bot can see: public, or with the bot in it. The rest does not exist for it."""
        channel = self.workspace.channels.get(id)
        if channel is None or (channel.kind != "public" and not self.is_inside(channel)):
            raise ApiError("channel_not_found")
        return channel

    def joined_channel(self, id: str) -> Channel:
        channel = self.channel(id)
        if not self.is_inside(channel):
            raise ApiError("not_in_channel")
        return channel

    def is_inside(self, channel: Channel) -> bool:
        return self.workspace.bot.id in channel.members or not self.strictness.holds(Limit.MEMBERSHIP)

    def new_trigger(self, user: str) -> str:
        id = f"{len(self.triggers) + 1}.{uuid.uuid4().hex}"
        self.triggers[id] = Trigger(user, self.clock.now())
        return id

    def use_trigger(self, id: str) -> Trigger:
        """Raises invalid_trigger_id, exchanged_trigger_id (used before) or expired_trigger_id (after 3 s)."""
        trigger = self.triggers.get(id)
        if trigger is None:
            raise ApiError("invalid_trigger_id")
        if self.strictness.holds(Limit.TRIGGER):
            if trigger.used:
                raise ApiError("exchanged_trigger_id")
            if self.clock.now() - trigger.given_at > limits.TRIGGER_AGE:
                raise ApiError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_response_url(self, channel: str, user: str, message: Message | None = None) -> str:
        id = uuid.uuid4().hex
        self.response_urls[id] = ResponseUrl(channel, user, self.clock.now(), message)
        return f"{self.base_url}/respond/{id}"
