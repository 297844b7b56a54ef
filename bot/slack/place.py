"""Where the answer to one message stands in Slack: the post that is its placeholder, then its drafts, then its text."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial

from bot.inbox import Claimed, Inbox
from bot.slack.blocks import Message, draft, notice, told
from bot.slack.faults import SlackFault
from bot.slack.post import SlackDoor
from bot.slack.shown import placeholder
from bot.words import Language, ahead_name

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Place:
    """One attempt's. channel, thread: where it stands; thread is None outside any. team: of the workspace; streams:
    whether drafts go through Slack's own streaming.

    Everything may be run again by another attempt: the post is looked up before a second one is made, and setting
    its text twice changes nothing. Each method raises SlackFault, Fenced, DatabaseFault.
    """

    claimed: Claimed
    inbox: Inbox
    door: SlackDoor
    channel: str
    thread: str | None
    team: str
    streams: bool = False
    unsure: bool = field(default=False, init=False)
    """Whether a draft of ours may still come over the final text: Slack did not say what became of it."""
    _streamed: str | None = field(default=None, init=False)

    async def taken(self, tongue: Language, *, stream: bool = False) -> str:
        """The post's ts: as stored, as posted by an earlier attempt, that of the question before its edit, or a new
        one. stream: drafts will follow."""
        body = self.claimed.event.body
        edited = self.claimed.placeholder is None and body.get("edited")
        if edited and (ts := await self.inbox.placeholder_of(self.channel, body["ts"])):
            await self.inbox.placed(self.claimed, ts)
            return ts
        post = partial(self._new, tongue, stream and self.streams)
        return await placeholder(self.inbox, self.door, self.claimed, self.channel, self.begun, post)

    async def drafted(self, ts: str, text: str, tongue: Language) -> None:
        """Show whole sentences of an answer that is being written, if the budget has room for it."""
        await self.inbox.renew(self.claimed)
        try:
            if self._streamed is None:
                await self.door.update(self.channel, ts, draft(text, tongue), draft=True)
                return
            more = text.removeprefix(self._streamed)
            if text.startswith(self._streamed) and await self.door.append(self.channel, ts, more):
                self._streamed = text
        except SlackFault as fault:
            self.unsure = fault.unknown
            raise

    async def waits(self, ts: str, before: int, tongue: Language) -> None:
        """Show how many questions are before this one, if the budget has room for it."""
        await self.inbox.renew(self.claimed)
        try:
            if self._streamed is None:
                await self.door.update(self.channel, ts, told(ahead_name(tongue, before)), draft=True)
        except SlackFault as fault:
            self.unsure = self.unsure or fault.unknown
            raise

    async def set(self, ts: str, message: Message) -> None:
        """Show the final text."""
        if self._streamed is not None:
            try:
                await self.door.stop(self.channel, ts)
            except SlackFault as fault:
                # Slack ends it by itself in the end, and the answer may be shown all the same.
                _log.info("a stream was not ended: %s", fault)
        await self.door.update(self.channel, ts, message)

    async def begun(self) -> str | None:
        """The ts of what an earlier attempt posted and did not live to store; None: nothing."""
        if ts := await self.door.adopt(self.channel, self.thread, self.claimed.event.key):
            return ts
        if not self.streams or self.thread is None:
            return None
        # A stream carries no mark until it ends: it is the post of ours after the question that no event has.
        ours = await self.door.unmarked(self.channel, self.thread, after=self.claimed.event.body["ts"])
        owned = await self.inbox.owned(self.channel, ours)
        return next((ts for ts in ours if ts not in owned), None)

    async def _new(self, tongue: Language, stream: bool) -> str:
        event, looking = self.claimed.event, notice(tongue, "looking")
        if stream and self.thread is not None:
            begins = looking.text + "\n\n"
            try:
                ts = await self.door.start(self.channel, self.thread, event.body["user"], self.team, begins)
            except SlackFault as fault:
                if fault.gone or fault.unknown:
                    raise
            else:
                self._streamed = ""
                return ts
        return await self.door.placeholder(self.channel, self.thread, event.key, looking)
