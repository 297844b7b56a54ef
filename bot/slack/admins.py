"""Telling the admins what they should know, unasked, in their direct messages: the one way of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.slack.blocks import told
from bot.slack.faults import SlackFault
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor

_log = logging.getLogger(__name__)

MOST = 10
"""Admins who are told; more of them would only be told the same."""


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
