"""Answers that stand in Slack and may not any more: somebody came into the room, or lost a right, or a document went,
or is labelled higher than the room takes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.answer import Search
from bot.domain import Room
from bot.policy.rules import Rules
from bot.slack.posted import Posted, Standing, Why
from retrieval.errors import Fault
from retrieval.passage import Readers

_log = logging.getLogger(__name__)

EVERY_S = 60.0
"""Between two looks at what the documents say of themselves now."""
REMEMBERED_S = 1800.0
"""For so long nobody asks Slack again who is in a room of which no event told otherwise."""
_MOVES = ("channel_", "group_", "member_", "im_", "mpim_", "shared_channel_")

Existing = Callable[[Collection[int]], Awaitable[Collection[int]]]
"""Those of the documents that there are."""


class Present(Protocol):
    """bot/slack/people.py: who is in a room, as far as Slack says."""

    async def room(self, id: str) -> Room: ...
    async def present(self, room: Room) -> Readers | None: ...


@dataclass(frozen=True, slots=True)
class _Here:
    """A room with what all in it may read, as of a moment."""

    room: Room
    readers: Readers
    at: float


class Sweep:
    """every_s: between two looks at all that stands. Several processes may do it: what one marks, the others do not.

    A room of which Slack says nothing is left as it is, and looked at the next time: to take back every answer because
    Slack is away would help nobody.
    """

    def __init__(
        self,
        posted: Posted,
        people: Present,
        search: Search,
        existing: Existing,
        rules: Callable[[], Rules],
        *,
        every_s: float = EVERY_S,
        remembered_s: float = REMEMBERED_S,
    ) -> None:
        self._posted = posted
        self._people = people
        self._search = search
        self._existing = existing
        self._rules = rules
        self._every_s = every_s
        self._remembered_s = remembered_s
        self._here: dict[str, _Here] = {}
        self._changed = asyncio.Event()

    def changed(self, event: Mapping[str, Any]) -> None:
        """Slack says that people or rooms changed: what stands there is looked at now."""
        kind = str(event.get("type", ""))
        if kind.startswith(_MOVES):
            for key in ("channel", "old_channel_id", "new_channel_id"):
                id = event.get(key)
                self._here.pop(str(id.get("id") if isinstance(id, Mapping) else id), None)
        elif kind.startswith("subteam_") or _became_less(event.get("user")):
            self._here.clear()
        else:
            return
        self._changed.set()

    def forget(self) -> None:
        """Slack may have told of changes that did not arrive: ask again who is where."""
        self._here.clear()
        self._changed.set()

    def look(self) -> None:
        """The documents may have changed: look now."""
        self._changed.set()

    async def run(self) -> None:
        """Does not end."""
        while True:
            self._changed.clear()
            try:
                await self.once()
            except Fault as fault:
                _log.warning("what stands in Slack was not looked at: %s", fault)
            try:
                async with asyncio.timeout(self._every_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def once(self) -> int:
        """Mark what may not stand any more; how many answers. Raises DatabaseFault, and what the policy raises."""
        marked = 0
        for channel, shown in (await self._posted.standing()).items():
            if (here := await self._who(channel)) is None:
                continue
            for why, those in (await self._judged(here, shown)).items():
                marked += await self._posted.mark(why, those)
        return marked

    async def _who(self, channel: str) -> _Here | None:
        known = self._here.get(channel)
        if known is not None and time.monotonic() - known.at < self._remembered_s:
            return known
        room = await self._people.room(channel)
        readers = None if room.kind == "unknown" else await self._people.present(room)
        if readers is None:
            return None
        self._here[channel] = here = _Here(room, readers, time.monotonic())
        return here

    async def _judged(self, here: _Here, shown: Sequence[Standing]) -> Mapping[Why, list[Standing]]:
        documents = tuple({id for one in shown for id in one.documents})
        if not documents:
            return {}
        present = await self._search.present(documents, here.readers)
        there = await self._existing(documents)
        rules = self._rules()
        ceiling = rules.shown_in(here.room).ceiling
        found: dict[Why, list[Standing]] = {}
        for one in shown:
            if any(id not in there for id in one.documents):
                found.setdefault("erased", []).append(one)
            elif any(id not in present for id in one.documents):
                found.setdefault("readers", []).append(one)
            elif any(rules.document_label(present[id]).level > ceiling for id in one.documents):
                found.setdefault("level", []).append(one)
        return found


def _became_less(user: object) -> bool:
    """Whether an event is about somebody who may read less than a member: most others are about a status."""
    lesser = ("deleted", "is_restricted", "is_ultra_restricted")
    return isinstance(user, Mapping) and any(user.get(name) for name in lesser)
