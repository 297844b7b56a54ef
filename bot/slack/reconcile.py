"""What Slack never delivered is read from history: Slack gives up after its retries, and a socket can be open and
deaf (no error, no close, pings answered, and nothing arrives).

A message becomes the Event that its delivery would have made, under the same key, so that whatever comes twice is
one. Left out: edits and deletions that did not arrive, replies below a message that is older than a day, and what
nobody waits for any more (LATE_S).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.inbox import Event, Inbox
from bot.slack.events import event_of
from bot.slack.faults import SlackFault
from bot.slack.fetched import Clock
from bot.slack.history import History, Json, written_at
from bot.waiting import happens
from retrieval.errors import Fault

_log = logging.getLogger(__name__)

EVERY_S = 60.0
LATE_S = 1800.0
"""An answer that comes later than this surprises more than it helps."""
STRANGE_S = 600.0
"""The same where nothing came from for a day: a new database does not know what was answered before it."""
GRACE_S = 15.0
"""How long a message is left to the socket, which brings it within seconds or not at all."""
_DAY_S = 86_400.0
_BATCH = 20


class Reconciler:
    """follows: as in slack_app. clock: seconds since 1970, as Slack counts them. every_s: how often a conversation is
    read while the calls of a minute suffice; where they do not, the one that was not read for longest is next."""

    def __init__(
        self,
        history: History,
        inbox: Inbox,
        bot_user: str,
        *,
        follows: Callable[[Event], Awaitable[bool]] | None = None,
        clock: Clock = time.time,
        every_s: float = EVERY_S,
    ) -> None:
        self._history = history
        self._inbox = inbox
        self._bot_user = bot_user
        self._follows = follows
        self._clock = clock
        self._every_s = every_s
        self._due = asyncio.Event()
        self._reconnect: Callable[[], Awaitable[object]] | None = None
        self._connected_at = self._heard_at = 0.0
        self._deaf = False
        self._read_at: dict[str, float] = {}
        self._threads: dict[str, dict[str, object]] = {}
        self._troubles: dict[str, str] = {}

    def connected(self, reconnect: Callable[[], Awaitable[object]]) -> None:
        """A socket is open now. reconnect: replaces it by another, should it turn out to be deaf."""
        self._reconnect = reconnect
        self._connected_at = self._heard_at = self._clock()
        self._deaf = False
        self.look()

    def delivered(self) -> None:
        """The socket brought something, whatever it was."""
        self._heard_at = self._clock()

    def look(self) -> None:
        """Read every conversation now, those with the newest questions first."""
        self._read_at.clear()
        self._due.set()

    async def run(self) -> None:
        """Does not end. What Slack or the database refuses is logged once, and tried again."""
        while True:
            await happens(self._due, self._every_s)
            self._due.clear()
            try:
                await self._read_some()
                if self._deaf and self._reconnect is not None:
                    _log.warning("Slack's socket is open and delivers nothing: connecting again")
                    await self._reconnect()
                self._complain("", None)
            except Fault as fault:
                self._complain("", fault)

    async def _read_some(self) -> None:
        """Read the conversations whose turn it is. One that cannot be read keeps no other waiting."""
        known = await self._inbox.newest(self._clock() - _DAY_S)
        try:
            rooms = await self._history.conversations()
            self._complain("conversations", None)
        except SlackFault as fault:
            rooms = frozenset(known)
            self._complain("conversations", fault)
        soon = self._clock() - self._every_s
        due = [room for room in rooms if self._read_at.get(room, 0.0) <= soon]
        due.sort(key=lambda room: (self._read_at.get(room, 0.0), -known.get(room, 0.0)))
        for room in due[:_BATCH]:
            self._read_at[room] = self._clock()
            try:
                await self._read(room, self._clock() - (LATE_S if room in known else STRANGE_S))
                self._complain(room, None)
            except SlackFault as fault:
                self._complain(room, fault)
        if len(due) > _BATCH:
            self._due.set()

    async def _read(self, room: str, since: float) -> None:
        messages, threads = await self._messages(room, since)
        seen = {_message_of(key) for key in await self._inbox.keys(room, since)}
        missed = 0
        for message in sorted(messages, key=written_at):
            event = self._event(room, message)
            if event is None or event.key in seen or not await self._is_for_us(event):
                continue
            if await self._inbox.put(event):
                missed += 1
                self._deaf |= self._connected_at > 0 and written_at(message) > self._heard_at
        self._threads[room] = threads  # only now: what could not be kept is read again
        if missed:
            _log.info("%d questions that Slack had not delivered were read from history", missed)

    async def _messages(self, room: str, since: float) -> tuple[list[Json], dict[str, object]]:
        """What was written since then, less what the socket may still bring; and how far each thread was read."""
        found = await self._history.messages(room, since, self._clock() - _DAY_S)
        threads: dict[str, object] = {}
        for first in [message for message in found if self._has_new_replies(message, since)]:
            thread, state = first["ts"], (first["reply_count"], first.get("latest_reply"))
            if self._threads.get(room, {}).get(thread) == state:
                threads[thread] = state
                continue
            replies = await self._history.replies(room, thread, since)
            found += replies
            if not any(map(self._may_still_come, replies)):
                threads[thread] = state
        return [m for m in found if written_at(m) >= since and not self._may_still_come(m)], threads

    def _has_new_replies(self, message: Json, since: float) -> bool:
        if not message.get("reply_count") or message.get("thread_ts") != message["ts"]:
            return False
        only_ours = message.get("reply_users_count") == 1 and message.get("reply_users") == [self._bot_user]
        return not only_ours and float(message.get("latest_reply") or self._clock()) >= since

    def _may_still_come(self, message: Json) -> bool:
        at = written_at(message)
        return 0 < self._connected_at < at and self._clock() - at < GRACE_S

    def _event(self, room: str, message: Json) -> Event | None:
        # As it reads now, under the key of its first writing: should that still arrive, it is the same event.
        first = {name: value for name, value in message.items() if name != "edited"}
        event = {**first, "type": "message", "channel": room}
        return event_of({"type": "event_callback", "event": event}, self._bot_user, datetime.now(UTC))

    async def _is_for_us(self, event: Event) -> bool:
        return bool(event.body["addressed"] or (self._follows and await self._follows(event)))

    def _complain(self, where: str, trouble: Fault | None) -> None:
        """One sentence in the log for as long as it lasts, wherever else it happens too."""
        if trouble is None:
            self._troubles.pop(where, None)
            return
        if str(trouble) not in self._troubles.values():
            _log.warning("history cannot be searched everywhere for what Slack did not deliver: %s", trouble)
        self._troubles[where] = str(trouble)


def _message_of(key: str) -> str:
    """`channel/ts`, of the key of a message, of its edit or of its deletion."""
    return "/".join(key.split("/")[:2])
