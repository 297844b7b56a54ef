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
        return sum([await self.tell_one(user, key, text) for user in (await self.people.admins())[:MOST]])

    async def tell_one(self, user: str, key: str, text: str) -> bool:
        """The same for one person, whoever it is; whether they know it now."""
        try:
            channel = await self.door.direct(user)
            if await self.door.adopt(channel, None, key) is None:
                await self.door.placeholder(channel, None, key, told(text))
        except SlackFault as fault:
            _log.warning("somebody could not be told: %s", fault)
            return False
        return True
