"""In which language people have their Slack."""

from __future__ import annotations

import time

from bot.slack.fetched import Changes, Clock, Fetched, Pace, UnsureFault
from bot.slack.lookup import Client, Lookup
from bot.words import Language

KEPT_S = 600.0
PER_MINUTE = 20
"""Calls of users.info, of the 100 that a minute allows: who may read is the more urgent thing to ask."""


class Locales:
    def __init__(self, client: Client, team: str, *, clock: Clock = time.monotonic) -> None:
        self._found = Fetched(Lookup(client, team).locale, Pace(PER_MINUTE, clock), Changes(), clock)

    async def of(self, user: str) -> Language:
        """Korean for whoever has Slack in Korean, or where Slack does not say."""
        try:
            locale = (await self._found.get(user, KEPT_S)).value
        except UnsureFault:
            return "ko"
        return "en" if locale and not locale.startswith("ko") else "ko"

    async def close(self) -> None:
        """Before the client's session is closed."""
        await self._found.close()
