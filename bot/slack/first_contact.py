"""The notice that people get before their first answer, and again once it says something else."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.inbox import Claimed
from bot.notices import Noticed, Notices
from bot.slack.blocks import told
from bot.slack.faults import SlackFault
from bot.slack.people import SlackPeople
from bot.slack.post import SlackDoor
from bot.words import Language

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FirstContact:
    notices: Notices
    noticed: Noticed
    people: SlackPeople
    door: SlackDoor

    async def tell(self, claimed: Claimed, tongue: Language) -> None:
        """Show the asker of this event the notice, unless they have seen it. Where Slack does not let us it is tried
        again at their next question: it keeps no answer back. Raises DatabaseFault."""
        user = claimed.event.body["user"]
        notice = self.notices.of(member=await self.people.is_member(user))

        async def show() -> None:
            await self._show(claimed, notice.version, notice.texts[tongue])

        try:
            await self.noticed.once(user, notice.version, show)
        except (SlackFault, TimeoutError) as error:
            why = error if isinstance(error, SlackFault) else "Slack took too long"
            _log.warning("event %d: its asker was not shown the notice: %s", claimed.id, why)

    async def _show(self, claimed: Claimed, version: str, text: str) -> None:
        """In a direct message as a message of its own, which stays; in a room to the asker alone."""
        event, body = claimed.event, claimed.event.body
        if not body.get("direct"):
            await self.door.ephemeral(event.channel, body["user"], told(text), body["thread_ts"])
            return
        key = f"notice/{version}/{body['user']}"
        # Only then can an earlier attempt have posted it without living to say so.
        if claimed.attempt == 1 or await self.door.adopt(event.channel, None, key) is None:
            await self.door.placeholder(event.channel, None, key, told(text))
