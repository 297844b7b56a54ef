"""Takes back what was posted: a message that may not stand any more says so, and offers to ask again."""

from __future__ import annotations

import asyncio
import logging
import time

from bot.audit import Audit
from bot.slack.blocks import withdrawn as taken_back
from bot.slack.faults import SlackFault
from bot.slack.post import SlackDoor
from bot.slack.posted import Standing, next_to_withdraw, withdrawn
from retrieval.database import Database, DatabaseFault

_log = logging.getLogger(__name__)

EVERY_S = 2.0
PACE_S = 2.0
"""Between two messages: 30 of the 50 edits of a minute (bot/slack/budget.py), so that answers still have theirs."""
AGAIN_S = 600.0
PATIENCE_S = 20.0
"""How long one edit may hold its row: a new answer to an edited question waits for it."""
_UNCHANGEABLE = frozenset({"cant_update_message", "edit_window_closed"})
"""Where a workspace lets nobody edit what is old, it may still be deleted."""


class Withdrawing:
    """One process at a time does it; another goes on where it was killed. every_s: between two looks for what is to be
    withdrawn. pace_s: between two messages. again_s: until Slack is asked once more for what it did not take."""

    def __init__(
        self,
        database: Database,
        door: SlackDoor,
        audit: Audit,
        *,
        every_s: float = EVERY_S,
        pace_s: float = PACE_S,
        again_s: float = AGAIN_S,
    ) -> None:
        self._database = database
        self._door = door
        self._audit = audit
        self._every_s = every_s
        self._pace_s = pace_s
        self._again_s = again_s
        self._refused: dict[tuple[str, str], float] = {}

    async def run(self) -> None:
        """Does not end. What Slack does not take now is tried again later."""
        while True:
            try:
                async with self._database.exclusively("withdrawing") as alone:
                    if alone:
                        await self.all()
            except DatabaseFault as fault:
                _log.warning("nothing was withdrawn from Slack: %s", fault)
            await asyncio.sleep(self._every_s)

    async def all(self) -> int:
        """Withdraw what is marked; how many messages. Raises DatabaseFault."""
        self._refused = {at: until for at, until in self._refused.items() if until > time.monotonic()}
        done, after = 0, ("", "")
        while True:
            # Held while Slack is told: whoever sets a new answer in this message does so afterwards.
            async with self._database.transaction() as connection:
                shown = await next_to_withdraw(connection, after)
                if shown is None:
                    return done
                after = shown.channel, shown.ts
                if after in self._refused:
                    continue
                if gone := await self._taken_back(shown):
                    why = await withdrawn(connection, shown)
                    body = {"question": str(shown.question), "why": why}
                    await self._audit.note(connection, "withdrawn", body)
            if gone:
                done += 1
            else:
                self._refused[after] = time.monotonic() + self._again_s
            await asyncio.sleep(self._pace_s)

    async def _taken_back(self, shown: Standing) -> bool:
        """Whether nothing of the answer stands there any more."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                try:
                    await self._door.update(shown.channel, shown.ts, taken_back(shown.question))
                except SlackFault as fault:
                    if fault.code not in _UNCHANGEABLE:
                        raise
                    await self._door.remove(shown.channel, shown.ts)
        except TimeoutError:
            _log.warning("an answer was not withdrawn: Slack takes too long")
            return False
        except SlackFault as fault:
            if fault.code == "message_not_found":
                return True
            _log.warning("an answer was not withdrawn: %s", fault)
            return False
        return True
