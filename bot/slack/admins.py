"""Telling the admins what they should know, unasked: once a day for each thing, in their direct messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from bot.slack.blocks import told
from bot.slack.faults import SlackFault
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor

_log = logging.getLogger(__name__)

MOST = 10
"""Admins who are told; more of them would only be told the same."""
EVERY_S = 2.0

Problem = Callable[[], str | None]
"""What is wrong now, in words for an admin; None: nothing. Never a document's or question's text."""


@dataclass(frozen=True, slots=True)
class Admins:
    door: SlackDoor
    people: SlackPeople

    async def tell(self, key: str, text: str) -> int:
        """Say it to each admin who has no message of that key yet, whoever sent it: several processes see the same
        trouble, and one that is started again sees it anew. How many know it now."""
        know = 0
        for user in (await self.people.admins())[:MOST]:
            try:
                channel = await self.door.direct(user)
                if await self.door.adopt(channel, None, key) is None:
                    await self.door.placeholder(channel, None, key, told(text))
                know += 1
            except SlackFault as fault:
                _log.warning("an admin could not be told: %s", fault)
        return know

    async def watch(self, problems: Mapping[str, Problem], every_s: float = EVERY_S) -> None:
        """For ever: tell them of each problem that two looks in a row find: a file that is being written is wrong for a
        moment, and no trouble. problems: by name."""
        said: dict[str, str] = {}
        seen: dict[str, str] = {}
        while True:
            for name, problem in problems.items():
                text = await asyncio.to_thread(problem) or ""
                lasting = text == seen.get(name)
                seen[name] = text
                if not lasting:
                    continue
                if text and text != said.get(name):
                    day = datetime.now(UTC).date().isoformat()
                    key = f"{name} {day} {sha256(text.encode()).hexdigest()}"
                    if not await self.tell(key, text):
                        continue  # nobody knows yet: again the next time
                said[name] = text
            await asyncio.sleep(every_s)
